// Calling somebody by their identifier, being called, and the test call that plays back what you say.

import { CallClient } from "@azure/communication-calling";
import type { Call, CallAgent, IncomingCall } from "@azure/communication-calling";
import { createIdentifierFromRawId } from "@azure/communication-common";
import { element, getCredential, onPress } from "../shared/ui";

let callAgent: CallAgent | undefined;
let call: Call | undefined;
let incomingCall: IncomingCall | undefined;

const buttons = ["connect", "call", "echo", "accept", "reject", "hang-up"] as const;
const show = (): void => {
  const busy = call !== undefined && call.state !== "Disconnected";
  const enabled: Record<(typeof buttons)[number], boolean> = {
    connect: callAgent === undefined,
    call: callAgent !== undefined && !busy,
    echo: callAgent !== undefined && !busy,
    accept: incomingCall !== undefined && !busy,
    reject: incomingCall !== undefined,
    "hang-up": busy,
  };
  for (const id of buttons) element<HTMLButtonElement>(id).disabled = !enabled[id];
  element("caller").textContent = incomingCall ? `${incomingCall.callerInfo.displayName ?? "Somebody"} calls.` : "Nobody calls.";
  element("call-state").textContent = call?.state ?? "None";
  element("others").textContent = call?.remoteParticipants.map((each) => `${each.displayName} (${each.state})`).join(", ") || "nobody";
};

onPress("connect", async () => {
  const credential = await getCredential();
  callAgent = await new CallClient().createCallAgent(credential, { displayName: element<HTMLInputElement>("name").value });
  const { communicationUserId } = callAgent.identifier as { communicationUserId: string };
  element("own-id").textContent = communicationUserId;
  callAgent.on("incomingCall", ({ incomingCall: ringing }) => {
    incomingCall = ringing;
    ringing.on("callEnded", ({ callEndReason }) => {
      incomingCall = undefined;
      showEnd(callEndReason);
    });
    show();
  });
  show();
});

onPress("call", async () => {
  if (!callAgent) return;
  follow(callAgent.startCall([createIdentifierFromRawId(element<HTMLInputElement>("callee").value.trim())]));
});

onPress("echo", async () => {
  if (!callAgent) return;
  follow(callAgent.startCall([{ id: "8:echo123" }]));
});

onPress("accept", async () => {
  const accepted = incomingCall?.accept();
  incomingCall = undefined;
  if (accepted) follow(await accepted);
});

onPress("reject", async () => {
  await incomingCall?.reject();
});

onPress("hang-up", async () => {
  await call?.hangUp();
});

function follow(next: Call): void {
  call = next;
  next.on("remoteParticipantsUpdated", ({ added }) => {
    added.forEach((participant) => participant.on("stateChanged", show));
    show();
  });
  next.remoteParticipants.forEach((participant) => participant.on("stateChanged", show));
  next.on("stateChanged", () => {
    show();
    if (next.state === "Disconnected") showEnd(next.callEndReason);
  });
  show();
}

function showEnd(reason: { code: number; subCode?: number; message?: string } | undefined): void {
  element("call-end").textContent = reason ? `${reason.code}/${reason.subCode} ${reason.message ?? ""}` : "";
  show();
}
