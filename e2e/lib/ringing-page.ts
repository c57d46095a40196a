// Calling somebody, and being called: an app's page that does both.

import { expect, type Page } from "@playwright/test";
import type * as Bundle from "../../sdk/calling/src/bundle.js";
import { AppPage } from "./app-page";

/** A user of an app. */
export interface Person {
  readonly token: string;
  readonly user: string;
}

/** A new user of the app. */
export async function newPerson(url: string): Promise<Person> {
  const { token } = (await (await fetch(`${url}/api/token`)).json()) as { token: string };
  const { skypeid } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { skypeid: string };
  return { token, user: `8:${skypeid}` };
}

/** One device of somebody who calls and is called. */
export class RingingPage extends AppPage {
  /** Loads the SDK, and writes down who calls and how their calls end. */
  static async open(page: Page, token: string, displayName: string): Promise<RingingPage> {
    return RingingPage.listen(await AppPage.load(page, token, displayName));
  }

  /** The same for a user of the organization, with the agent that ACS has for them. */
  static async openTeams(page: Page, token: string): Promise<RingingPage> {
    return RingingPage.listen(await AppPage.load(page, token, undefined));
  }

  private static async listen({ page }: AppPage): Promise<RingingPage> {
    await page.evaluate(() => {
      const { agent, events } = window.__app;
      agent.on("incomingCall", ({ incomingCall }) => {
        const by = incomingCall.transferorInfo && `, handed over by ${incomingCall.transferorInfo.displayName}`;
        events.push(`called by ${incomingCall.callerInfo.displayName}${by ?? ""}`);
        incomingCall.on("callEnded", ({ callEndReason }) => events.push(`rings no more ${callEndReason.code}/${callEndReason.subCode}`));
        Object.assign(window.__app, { incomingCall });
      });
    });
    return new RingingPage(page);
  }

  /** Calls somebody, with camera and microphone. */
  async call(...users: string[]): Promise<void> {
    await this.callWith({}, ...users);
  }

  /** The same with what Convene has beyond ACS. */
  async callWith(convene: Bundle.ConveneStartOptions, ...users: string[]): Promise<void> {
    await this.page.evaluate(async ({ users, convene }) => {
      const { sdk, devices, agent } = window.__app;
      const localVideoStreams = (await devices.getCameras()).slice(0, 1).map((camera) => new sdk.LocalVideoStream(camera));
      const identifiers = users.map((user) => (user.startsWith("8:orgid:") ? { microsoftTeamsUserId: user.slice("8:orgid:".length) } : { communicationUserId: user }));
      window.__showCall(agent.startCall(identifiers, { videoOptions: { localVideoStreams }, convene }));
    }, { users, convene });
  }

  /** Calls somebody into the call that is there. */
  async add(user: string): Promise<void> {
    await this.page.evaluate((communicationUserId) => void window.__app.call.addParticipant({ communicationUserId }), user);
  }

  /** From now on shows the call to which this page is handed over. */
  async showTransfers(): Promise<void> {
    await this.page.evaluate(() => {
      const { sdk, call } = window.__app;
      call.feature(sdk.Features.Transfer).on("transferAccepted", ({ targetCall }) => window.__showCall(targetCall as Bundle.Call));
    });
  }

  /** Hands the other one over. */
  async transfer(target: Bundle.TransferToParticipantLocator | Bundle.TransferToCallLocator): Promise<void> {
    await this.page.evaluate((target) => {
      const { sdk, call } = window.__app;
      Object.assign(window.__app, { transfer: call.feature(sdk.Features.Transfer).transfer(target as Bundle.TransferToCallLocator) });
    }, target);
  }

  /** How it stands with that. */
  async transferState(): Promise<string> {
    return this.page.evaluate(() => {
      const { transfer } = window.__app as typeof window.__app & { transfer: Bundle.Transfer };
      return transfer.error ? `${transfer.state} ${transfer.error.code}/${transfer.error.subCode}` : transfer.state;
    });
  }

  /** Names and states of the others: who is called has no name yet. */
  async othersAre(): Promise<string[]> {
    return this.do((app) => app.call.remoteParticipants.map((each) => `${each.displayName ?? ""} ${each.state}`).sort());
  }

  /** Calls the test call, with the microphone. */
  async echoTest(): Promise<void> {
    await this.page.evaluate(() => window.__showCall(window.__app.agent.startCall([{ id: "8:echo123" }])));
  }

  /** Answers with camera and microphone. */
  async accept(): Promise<void> {
    await this.page.evaluate(async () => {
      const { sdk, devices, incomingCall } = window.__app as typeof window.__app & { incomingCall: Bundle.IncomingCall };
      const localVideoStreams = (await devices.getCameras()).slice(0, 1).map((camera) => new sdk.LocalVideoStream(camera));
      window.__showCall(await incomingCall.accept({ videoOptions: { localVideoStreams } }));
    });
  }

  async reject(): Promise<void> {
    await this.page.evaluate(() => (window.__app as typeof window.__app & { incomingCall: Bundle.IncomingCall }).incomingCall.reject());
  }

  /** Waits until the last thing that happened is this. */
  async expectLast(event: string): Promise<void> {
    await expect.poll(async () => (await this.events()).at(-1), { message: "the last thing that happened" }).toBe(event);
  }
}
