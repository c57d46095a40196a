// Calling somebody by their identifier, being called, and the test call that plays back what you say.

import { CallClient } from "@azure/communication-calling";
import type { Call, CallAgent, IncomingCall } from "@azure/communication-calling";
import { AzureCommunicationTokenCredential, createIdentifierFromRawId } from "@azure/communication-common";
import { element, getCredential, onPress } from "../shared/ui";

let callAgent: CallAgent | undefined;
let call: Call | undefined;
let incomingCall: IncomingCall | undefined;
let token = "";

/** Who is called at a closed page has to come back as the same user. Your app knows who its users are; here the browser keeps the token. */
const KEPT_TOKEN = "convene-ringing-token";
let keptToken = localStorage.getItem(KEPT_TOKEN);

const buttons = ["connect", "push", "call", "echo", "accept", "reject", "hang-up"] as const;
const show = (): void => {
  const busy = call !== undefined && call.state !== "Disconnected";
  const enabled: Record<(typeof buttons)[number], boolean> = {
    connect: callAgent === undefined,
    push: callAgent !== undefined && "PushManager" in window,
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

onPress("connect", connect);

async function connect(): Promise<void> {
  const credential = keptToken ? new AzureCommunicationTokenCredential(keptToken) : await getCredential();
  token = (await credential.getToken()).token;
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
}

onPress("push", async () => {
  if (!callAgent) return;
  if ((await Notification.requestPermission()) !== "granted") throw new Error("Allow notifications for this page, so that it can ring when it is closed.");
  const worker = await navigator.serviceWorker.register("./push-worker.js");
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: await callAgent.convene.getPushKey() });
  await callAgent.convene.registerPush(subscription);
  localStorage.setItem(KEPT_TOKEN, token);
  element("push-state").textContent = "This browser rings when the page is closed.";
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

// Opened from a notification, the page is to ring at once.
if (keptToken) connect().catch(forget);

/** A token that is over is of no use: the next Connect is somebody new. */
function forget(error: unknown): void {
  localStorage.removeItem(KEPT_TOKEN);
  keptToken = null;
  element("call-end").textContent = String(error);
}
