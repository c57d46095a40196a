// What a person can do in the meeting. Each runs once at a time; a failure becomes a notice, never silence.

import { getIdentifierRawId } from "@azure/communication-common";
import type { Call, RemoteParticipant } from "@convene/calling";
import type { Devices } from "../shared/devices";
import { confirm } from "./confirm";

/** What the actions need of the page around them. */
export interface ActionContext {
  readonly call: Call;
  readonly devices: Devices;
  readonly changed: () => void;
  readonly fail: (text: string) => void;
  readonly togglePanel: (panel: "people" | "invite") => void;
}

/** The actions of one call. */
export class MeetingActions {
  private readonly busy = new Set<string>();

  constructor(private readonly context: ActionContext) {}

  /** True while an action of this name is under way. */
  isBusy(action: string): boolean {
    return this.busy.has(action);
  }

  setMicrophone(on: boolean): void {
    const { call } = this.context;
    this.run("microphone", "The microphone could not be switched", () => (on ? call.unmute() : call.mute()));
  }

  setCamera(on: boolean): void {
    const { call, devices } = this.context;
    this.run("camera", "The camera could not be switched", async () => {
      if (on) {
        await call.startVideo(devices.startCamera());
        return;
      }
      const stream = call.localVideoStreams.find((each) => each.mediaStreamType === "Video");
      if (stream) await call.stopVideo(stream);
      devices.stopCamera();
    });
  }

  setScreen(on: boolean): void {
    const { call } = this.context;
    this.run("screen", "The screen could not be shared", () => (on ? call.startScreenSharing() : call.stopScreenSharing()));
  }

  admit(person: RemoteParticipant): void {
    const { lobby } = this.context.call;
    this.run(decisionOn(person), "This person could not be let in", () => lobby.admit(person.identifier));
  }

  reject(person: RemoteParticipant): void {
    const { lobby } = this.context.call;
    this.run(decisionOn(person), "This person could not be sent away", () => lobby.reject(person.identifier));
  }

  admitAll(): void {
    const { lobby } = this.context.call;
    this.run("admitAll", "They could not be let in", async () => {
      const { failureCount } = await lobby.admitAll();
      if (failureCount > 0) throw new Error(`${failureCount} of them did not fit into the meeting.`);
    });
  }

  togglePanel(panel: "people" | "invite"): void {
    this.context.togglePanel(panel);
  }

  leave(): void {
    this.run("leave", "Leaving failed", () => this.context.call.hangUp());
  }

  endForAll(): void {
    this.run("leave", "The meeting could not be ended", async () => {
      const sure = await confirm({
        heading: "End the meeting for everybody?",
        text: "Everybody leaves, also those who wait in the lobby.",
        yes: "End for everybody",
        no: "Go on",
      });
      if (sure) await this.context.call.hangUp({ forEveryone: true });
    });
  }

  private run(action: string, whatFailed: string, work: () => Promise<void>): void {
    if (this.busy.has(action)) return;
    this.busy.add(action);
    this.context.changed();
    work()
      .catch((error: unknown) => {
        // Closing the browser's own dialog for choosing a screen is no failure.
        if (error instanceof DOMException && error.name === "NotAllowedError" && action === "screen") return;
        this.context.fail(`${whatFailed}: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        this.busy.delete(action);
        this.context.changed();
      });
  }
}

function decisionOn(person: RemoteParticipant): string {
  return `lobby ${getIdentifierRawId(person.identifier)}`;
}
