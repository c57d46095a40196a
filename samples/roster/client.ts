// Who is in the call: name, identifier, state, muted, speaking. And what may be done to them.

import { CallClient, Features } from "@azure/communication-calling";
import type { Call, CallAgent, RemoteParticipant } from "@azure/communication-calling";
import { getIdentifierRawId } from "@azure/communication-common";
import { connectWith, element, getCredential, onPress } from "../shared/ui";

const callClient = new CallClient();
let callAgent: CallAgent | undefined;
let call: Call | undefined;
const rows = new Map<RemoteParticipant, HTMLTableRowElement>();

connectWith(async (displayName, groupId) => {
  callAgent ??= await callClient.createCallAgent(await getCredential(), { displayName });
  call = callAgent.join({ groupId });
  call.on("remoteParticipantsUpdated", ({ added, removed }) => {
    added.forEach(addParticipant);
    removed.forEach(removeParticipant);
  });
  call.remoteParticipants.forEach(addParticipant);
  call.on("mutedByOthers", () => (element("call-end").textContent = "Somebody muted you."));
  call.on("isMutedChanged", () => (element("own-mute").textContent = call?.isMuted ? "Unmute" : "Mute"));
  return call;
});

onPress("own-mute", async () => {
  await (call?.isMuted ? call.unmute() : call?.mute());
});

function addParticipant(participant: RemoteParticipant): void {
  const row = element<HTMLTableElement>("roster").tBodies[0]?.insertRow();
  if (!row) return;
  rows.set(participant, row);
  const show = (): void => showParticipant(participant, row);
  participant.on("stateChanged", show);
  participant.on("isMutedChanged", show);
  participant.on("isSpeakingChanged", show);
  participant.on("displayNameChanged", show);
  show();
}

function showParticipant(participant: RemoteParticipant, row: HTMLTableRowElement): void {
  const { displayName, identifier, state, isMuted, isSpeaking } = participant;
  const words = [displayName ?? "", getIdentifierRawId(identifier), state, isMuted ? "muted" : "", isSpeaking ? "speaking" : ""];
  row.replaceChildren(...words.map((text) => cell(text)), cell(...actionsOn(participant)));
}

function actionsOn(participant: RemoteParticipant): HTMLButtonElement[] {
  const capabilities = call?.feature(Features.Capabilities).capabilities;
  const { displayName, identifier, isMuted } = participant;
  const actions: HTMLButtonElement[] = [];
  if (capabilities?.muteOthers.isPresent && !isMuted) actions.push(button(`Mute ${displayName}`, () => participant.mute()));
  if (capabilities?.removeParticipant.isPresent) actions.push(button(`Remove ${displayName}`, async () => call?.removeParticipant(identifier)));
  return actions;
}

function removeParticipant(participant: RemoteParticipant): void {
  rows.get(participant)?.remove();
  rows.delete(participant);
}

function cell(...content: (string | Node)[]): HTMLTableCellElement {
  const td = document.createElement("td");
  td.append(...content);
  return td;
}

function button(text: string, press: () => Promise<void>): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", () => void press().catch((error: unknown) => (element("call-end").textContent = String(error))));
  return made;
}
