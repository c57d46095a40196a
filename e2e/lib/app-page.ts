// An app of its own in a page: the SDK as the server serves it, driven call by call. For what the pages have no button for.

import { expect, type Locator, type Page } from "@playwright/test";

/** What the app keeps in its page. The SDK is loaded at run time, so its types are named as far as they are used. */
interface App {
  readonly call: {
    readonly id: string;
    readonly state: string;
    readonly role: string;
    readonly isMuted: boolean;
    readonly callEndReason?: { code: number; subCode?: number; message?: string };
    readonly remoteParticipants: readonly Participant[];
    readonly lobby: { readonly participants: readonly Participant[]; admit(who: object): Promise<void> };
    readonly convene: { setRole(who: object, role: string): Promise<void>; putBackIntoLobby(who: object): Promise<void>; liftBar(who: object): Promise<void> };
    feature(factory: object): { forbidAudio(who: object[]): Promise<void>; permitAudio(who: object[]): Promise<void> };
    mute(): Promise<void>;
    unmute(): Promise<void>;
    removeParticipant(who: object): Promise<void>;
    hangUp(): Promise<void>;
  };
  readonly Features: Record<string, object>;
  readonly events: string[];
}

interface Participant {
  readonly identifier: object;
  readonly displayName?: string;
  mute(): Promise<void>;
}

/** Commands of those who lead a call. */
export type Lead = "remove" | "mute" | "forbidAudio" | "permitAudio" | "putBack" | "liftBar" | "admit" | "makeCoOrganizer" | "makePresenter";

/** One person's app. */
export class AppPage {
  constructor(readonly page: Page) {}

  /** Loads the SDK, joins with camera and microphone, and shows everybody who is seen. */
  static async join(page: Page, token: string, target: object, displayName: string): Promise<AppPage> {
    await page.goto("/samples/");
    await page.evaluate(
      async ({ token, target, displayName }) => {
        const path = "/sdk/calling.js";
        const sdk = await import(path);
        const client = new sdk.CallClient();
        const devices = await client.getDeviceManager();
        const agent = await client.createCallAgent(new sdk.AzureCommunicationTokenCredential(token), { displayName });
        const [camera] = await devices.getCameras();
        const localVideoStreams = camera ? [new sdk.LocalVideoStream(camera)] : [];
        const call = agent.join(target, { videoOptions: { localVideoStreams } });
        const events: string[] = [];
        call.on("stateChanged", () => events.push(call.state));
        call.on("mutedByOthers", () => events.push("mutedByOthers"));
        call.on("roleChanged", () => events.push(`role ${call.role}`));
        document.body.replaceChildren();
        const show = async (name: string, stream: { isAvailable: boolean }): Promise<void> => {
          const old = document.querySelector(`figure[data-name="${name}"]`);
          old?.remove();
          if (!stream.isAvailable) return;
          const figure = document.createElement("figure");
          figure.dataset.name = name;
          document.body.append(figure);
          const view = await new sdk.VideoStreamRenderer(stream).createView();
          figure.append(view.target);
        };
        const watch = (participant: { displayName?: string; videoStreams: readonly { mediaStreamType: string; isAvailable: boolean; on: (name: string, listener: () => void) => void }[] }): void => {
          const stream = participant.videoStreams.find((each) => each.mediaStreamType === "Video");
          if (!stream) return;
          stream.on("isAvailableChanged", () => void show(participant.displayName ?? "", stream));
          void show(participant.displayName ?? "", stream);
        };
        call.remoteParticipants.forEach(watch);
        call.on("remoteParticipantsUpdated", ({ added, removed }: { added: never[]; removed: { displayName?: string }[] }) => {
          added.forEach(watch);
          for (const gone of removed) document.querySelector(`figure[data-name="${gone.displayName}"]`)?.remove();
        });
        Object.assign(window, { __app: { call, Features: sdk.Features, events } });
      },
      { token, target, displayName },
    );
    return new AppPage(page);
  }

  /** The picture of somebody else. */
  videoOf(name: string): Locator {
    return this.page.locator(`figure[data-name="${name}"] video`);
  }

  /** Waits for a state of the call. */
  async expectState(state: string): Promise<void> {
    await expect.poll(() => this.read((app) => app.call.state), { message: "the call's state" }).toBe(state);
  }

  /** Waits for the end with these codes and words. */
  async expectEnd(code: number, subCode: number, words: RegExp): Promise<void> {
    await this.expectState("Disconnected");
    const reason = await this.read((app) => app.call.callEndReason);
    expect([reason?.code, reason?.subCode]).toEqual([code, subCode]);
    expect(reason?.message).toMatch(words);
  }

  /** The names of those in the call, in order of the alphabet. */
  async others(): Promise<string[]> {
    return this.read((app) => app.call.remoteParticipants.map((each) => each.displayName ?? "").sort());
  }

  /** The call's id. */
  async callId(): Promise<string> {
    return this.read((app) => app.call.id);
  }

  /** What happened so far: states, and what others did to this person. */
  async events(): Promise<string[]> {
    return this.read((app) => app.events);
  }

  /** Does something as one who leads the call. Resolves with the error's codes if it is refused. */
  async lead(what: Lead, name: string): Promise<string> {
    return this.page.evaluate(
      async ({ what, name }): Promise<string> => {
        const app = (window as unknown as { __app: App }).__app;
        const people = [...app.call.remoteParticipants, ...app.call.lobby.participants];
        const known = ((window as unknown as { __known?: Map<string, object> }).__known ??= new Map());
        for (const each of people) known.set(each.displayName ?? "", each.identifier);
        const who = known.get(name);
        const participant = people.find((each) => each.displayName === name);
        if (!who) return `nobody called ${name}`;
        const access = app.call.feature(app.Features.MediaAccess ?? {});
        const doing: Record<string, () => Promise<void> | undefined> = {
          remove: () => app.call.removeParticipant(who),
          mute: () => participant?.mute(),
          forbidAudio: () => access.forbidAudio([who]),
          permitAudio: () => access.permitAudio([who]),
          putBack: () => app.call.convene.putBackIntoLobby(who),
          liftBar: () => app.call.convene.liftBar(who),
          admit: () => app.call.lobby.admit(who),
          makeCoOrganizer: () => app.call.convene.setRole(who, "Co-organizer"),
          makePresenter: () => app.call.convene.setRole(who, "Presenter"),
        };
        try {
          await doing[what]?.();
          return "done";
        } catch (error) {
          const { code, subCode } = error as { code?: number; subCode?: number };
          return `${code}/${subCode}`;
        }
      },
      { what, name },
    );
  }

  /** Mutes or unmutes itself; resolves with the error's code if it is refused. */
  async setMuted(muted: boolean): Promise<string> {
    return this.page.evaluate(async (muted): Promise<string> => {
      const { call } = (window as unknown as { __app: App }).__app;
      try {
        await (muted ? call.mute() : call.unmute());
        return "done";
      } catch (error) {
        return String((error as { code?: number }).code);
      }
    }, muted);
  }

  /** What a hostile client does: sends its microphone, whatever it was told. */
  async sendAudioAllTheSame(): Promise<void> {
    await this.page.evaluate(async () => {
      const microphone = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0];
      for (const connection of window.__observed.connections) {
        const sender = connection.getTransceivers().find((each) => each.direction === "sendonly" && each.receiver.track.kind === "audio")?.sender;
        if (sender && microphone) await sender.replaceTrack(microphone);
      }
    });
  }

  /** Packets of sound that this page sent so far. */
  async audioPacketsSent(): Promise<number> {
    return this.page.evaluate(async () => {
      let sent = 0;
      for (const connection of window.__observed.connections) {
        for (const stats of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
          if (stats.type === "outbound-rtp" && stats.kind === "audio") sent += Number(stats.packetsSent ?? 0);
        }
      }
      return sent;
    });
  }

  private read<Answer>(get: (app: App) => Answer): Promise<Answer> {
    return this.page.evaluate(`(${get.toString()})(window.__app)`) as Promise<Answer>;
  }
}
