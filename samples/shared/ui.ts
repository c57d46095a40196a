// What the pages of the samples have in common: their fields and buttons, the token, the call's state. The calls themselves are made
// in each sample's own client.ts.

import type { Call } from "@azure/communication-calling";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";

/** An element of the page, by its id. */
export const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** A token for a new user. A development server hands it out; in your app, your own server asks for it by the Identity API. */
export async function getCredential(): Promise<AzureCommunicationTokenCredential> {
  const response = await fetch("/api/token");
  if (!response.ok) throw new Error(`No token: the server answered ${response.status}. Start it with --dev.`);
  const { value } = await response.json();
  return new AzureCommunicationTokenCredential(value.item2.token);
}

/** Lets Connect join and Disconnect leave, and shows the call's state and its end. */
export function connectWith(join: (displayName: string, groupId: string) => Promise<Call>): void {
  const connect = element<HTMLButtonElement>("connect");
  const disconnect = element<HTMLButtonElement>("disconnect");
  const state = element<HTMLOutputElement>("call-state");
  const end = element<HTMLParagraphElement>("call-end");
  let call: Call | undefined;

  const showState = (): void => {
    if (!call) return;
    state.textContent = call.state;
    connect.disabled = call.state !== "Disconnected";
    disconnect.disabled = call.state === "Disconnected";
    for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-in-call]")) button.disabled = call.state !== "Connected";
    if (call.state !== "Disconnected") return;
    const { code, subCode, message } = { message: "", ...call.callEndReason };
    end.textContent = `${code}/${subCode} ${message}`;
  };

  connect.addEventListener("click", async () => {
    connect.disabled = true;
    end.textContent = "";
    try {
      call = await join(element<HTMLInputElement>("name").value, element<HTMLInputElement>("destination").value);
      call.on("stateChanged", showState);
      showState();
    } catch (error) {
      end.textContent = String(error);
      connect.disabled = false;
    }
  });
  disconnect.addEventListener("click", () => void call?.hangUp());
}

/** Does something when a button is pressed, and shows the error if it fails. */
export function onPress(id: string, work: () => Promise<void>): void {
  element(id).addEventListener("click", () => {
    element("call-end").textContent = "";
    work().catch((error: unknown) => (element("call-end").textContent = String(error)));
  });
}
