// An app of its own in a page: the SDK as the server serves it, driven call by call. For what the pages have no button for.

import { expect, type APIRequestContext, type Locator, type Page } from "@playwright/test";
import type * as Bundle from "../../sdk/calling/src/bundle.js";
import type { Camera } from "./devices";
import type { OpenPage } from "./fixtures";
import type { Server } from "./server";
import { installShowCall } from "./show-call";

/** What the app keeps in its page. */
export interface App {
  readonly sdk: typeof Bundle;
  readonly client: Bundle.CallClient;
  readonly devices: Bundle.DeviceManager;
  readonly agent: Bundle.CallAgent;
  readonly call: Bundle.Call;
  /** What happened so far: states, and what others did to this person. */
  readonly events: string[];
}

declare global {
  interface Window {
    __app: App;
    /** Makes a call the app's own: shows everybody who is seen in it, and writes down what happens. */
    __showCall: (call: Bundle.Call) => void;
  }
}

/** How somebody joins. With camera and microphone if nothing else is said. */
export interface JoinAs {
  readonly camera?: boolean;
  readonly muted?: boolean;
}

/** What a journey has. */
export interface Stage {
  readonly open: OpenPage;
  readonly request: APIRequestContext;
  readonly server: Server;
}

/** A token of a new user of the app. */
export async function guestToken({ request, server }: Pick<Stage, "request" | "server">): Promise<string> {
  const { token }: { token: string } = await (await request.get(`${server.url}/api/token`)).json();
  return token;
}

/** Commands of those who lead a call. */
export type Lead = "remove" | "mute" | "forbidAudio" | "permitAudio" | "putBack" | "liftBar" | "admit" | "makeCoOrganizer" | "makePresenter";

/** One person's app. */
export class AppPage {
  constructor(readonly page: Page) {}

  /** Loads the SDK, joins, and shows everybody who is seen. */
  static async join(page: Page, token: string, target: object, displayName: string, as: JoinAs = {}): Promise<AppPage> {
    const app = await AppPage.load(page, token, displayName);
    await app.joinAgain(target, as);
    return app;
  }

  /** A new user in a browser of their own joins a group call, and is connected. */
  static async inGroup(stage: Stage, groupId: string, camera: Camera, displayName: string, as?: JoinAs): Promise<AppPage> {
    const app = await AppPage.join(await stage.open(camera), await guestToken(stage), { groupId }, displayName, as);
    await app.expectState("Connected");
    return app;
  }

  /** Loads the SDK and makes a call agent; without a name, that of a user of the organization. */
  static async load(page: Page, token: string, displayName: string | undefined): Promise<AppPage> {
    await page.goto("/samples/");
    await page.evaluate(
      async ({ token, displayName }) => {
        const path = "/sdk/calling.js";
        const sdk = (await import(path)) as typeof Bundle;
        const client = new sdk.CallClient();
        const devices = await client.getDeviceManager();
        const credential = new sdk.AzureCommunicationTokenCredential(token);
        const agent = displayName === undefined ? await client.createTeamsCallAgent(credential) : await client.createCallAgent(credential, { displayName });
        Object.assign(window, { __app: { sdk, client, devices, agent, events: [] } });
      },
      { token, displayName },
    );
    await page.evaluate(installShowCall);
    return new AppPage(page);
  }

  /** Joins with the agent that is there. */
  async joinAgain(target: object, { camera = true, muted = false }: JoinAs = {}): Promise<void> {
    await this.page.evaluate(
      async ({ target, camera, muted }) => {
        const { sdk, devices, agent } = window.__app;
        const [first] = camera ? await devices.getCameras() : [];
        const localVideoStreams = first ? [new sdk.LocalVideoStream(first)] : [];
        const call = agent.join(target as { groupId: string }, { videoOptions: { localVideoStreams }, audioOptions: { muted } });
        window.__showCall(call);
      },
      { target, camera, muted },
    );
  }

  /** Does something in the page. The function is taken over as text: it sees nothing but its arguments. */
  do<Answer, Argument>(what: (app: App, argument: Argument) => Answer | Promise<Answer>, argument?: Argument): Promise<Answer> {
    return this.page.evaluate(`(${what.toString()})(window.__app, ${JSON.stringify(argument)})`) as Promise<Answer>;
  }

  /** Does something in the page that may be refused: `done`, or the error's name and codes. */
  async attempt<Argument>(what: (app: App, argument: Argument) => unknown, argument?: Argument): Promise<string> {
    const text = `(async () => {
      try {
        await (${what.toString()})(window.__app, ${JSON.stringify(argument)});
        return "done";
      } catch ({ name, code, subCode }) {
        return name + " " + code + "/" + subCode;
      }
    })()`;
    return this.page.evaluate(text);
  }

  /** The picture of somebody else. */
  videoOf(name: string): Locator {
    return this.page.locator(`figure[data-name="${name}"][data-kind="Video"] video`);
  }

  /** The screen that somebody else shares. */
  screenOf(name: string): Locator {
    return this.page.locator(`figure[data-name="${name}"][data-kind="ScreenSharing"] video`);
  }

  /** Waits for a state of the call. */
  async expectState(state: string): Promise<void> {
    await expect.poll(() => this.do((app) => app.call.state), { message: "the call's state" }).toBe(state);
  }

  /** Waits for the end with these codes and words. */
  async expectEnd(code: number, subCode: number, words: RegExp): Promise<void> {
    await this.expectState("Disconnected");
    const reason = await this.do((app) => app.call.callEndReason);
    expect([reason?.code, reason?.subCode]).toEqual([code, subCode]);
    expect(reason?.message).toMatch(words);
  }

  /** The names of those in the call, in order of the alphabet. */
  async others(): Promise<string[]> {
    return this.do((app) => app.call.remoteParticipants.map((each) => each.displayName ?? "").sort());
  }

  /** The call's id. */
  async callId(): Promise<string> {
    return this.do((app) => app.call.id);
  }

  /** What happened so far: states, and what others did to this person. */
  async events(): Promise<string[]> {
    return this.do((app) => app.events);
  }

  /** Does something as one who leads the call. Resolves with the error's codes if it is refused. */
  async lead(what: Lead, name: string): Promise<string> {
    return this.page.evaluate(
      async ({ what, name }): Promise<string> => {
        const app = window.__app;
        const people = [...app.call.remoteParticipants, ...app.call.lobby.participants];
        const known = ((window as unknown as { __known?: Map<string, Bundle.RemoteParticipant["identifier"]> }).__known ??= new Map());
        for (const each of people) known.set(each.displayName ?? "", each.identifier);
        const who = known.get(name);
        const participant = people.find((each) => each.displayName === name);
        if (!who) return `nobody called ${name}`;
        const access = app.call.feature(app.sdk.Features.MediaAccess);
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
      const { call } = window.__app;
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
}
