// The line of who is signed in: their one call agent in this page, by which they join, and are called.

import { AzureCommunicationTokenCredential, getIdentifierRawId } from "@azure/communication-common";
import { CallClient } from "@convene/calling";
import type { Call, CallAgent, IncomingCall, JoinCallOptions } from "@convene/calling";
import { setRingingTitle } from "../shared/page-title";
import { identityKind } from "../shared/people";
import { commonWords } from "../shared/strings/common";
import { ringingWords } from "../shared/strings/ringing";
import { failureOf, type Told } from "../shared/strings/telling";
import { RingTone } from "./ring-tone";
import { ringingScreen, type RingViewModel, type RingingViewModel } from "./screen";
import type { View } from "../shared/dom";

/** A call that somebody answers. */
export interface Answered {
  /** Who called. */
  readonly caller: string;
  readonly withVideo: boolean;
  readonly enter: (agent: CallAgent, options: JoinCallOptions) => Promise<Call>;
}

/** What a line needs of its page. */
export interface LineOptions {
  /** Gets a token, again and again. */
  readonly token: () => Promise<string>;
  /** Goes into a call. */
  readonly answer: (answered: Answered) => void;
  /** Whether answering leaves something. */
  readonly isIn: () => boolean;
}

interface Ring {
  readonly incoming: IncomingCall;
  isDeclining: boolean;
  problem: Told | undefined;
}

/** One user's line. It rings from `open` to `close`. */
export class Line {
  readonly client = new CallClient();
  private agent: { readonly agent: CallAgent; readonly name: string } | undefined;
  private opening: Promise<unknown> = Promise.resolve();
  private readonly rings = new Map<string, Ring>();
  private readonly tone = new RingTone(() => this.show());
  private view: View<RingingViewModel> | undefined;
  private said = "";

  constructor(private readonly options: LineOptions) {}

  /** The agent under this name. @throws if the server gives no token, or cannot be reached */
  open(name: string): Promise<CallAgent> {
    const opened = this.opening.catch(() => undefined).then(() => this.openNow(name));
    this.opening = opened;
    return opened;
  }

  /** Hangs up, and rings no more. */
  async close(): Promise<void> {
    await this.opening.catch(() => undefined);
    await this.drop();
  }

  private async openNow(name: string): Promise<CallAgent> {
    const known = this.agent;
    if (known?.name === name && known.agent.connectionState === "Connected") return known.agent;
    await this.drop();
    const tokenRefresher = this.options.token;
    const credential = new AzureCommunicationTokenCredential({ token: await tokenRefresher(), tokenRefresher, refreshProactively: true });
    const agent = await this.client.createCallAgent(credential, { displayName: name });
    agent.on("incomingCall", ({ incomingCall }) => this.handleIncoming(incomingCall));
    this.agent = { agent, name };
    return agent;
  }

  private async drop(): Promise<void> {
    const { agent } = this;
    this.agent = undefined;
    this.rings.clear();
    this.show();
    await agent?.agent.dispose();
  }

  private handleIncoming(incoming: IncomingCall): void {
    const ring: Ring = { incoming, isDeclining: false, problem: undefined };
    this.rings.set(incoming.id, ring);
    incoming.on("callEnded", () => {
      if (this.rings.get(incoming.id) !== ring) return;
      this.rings.delete(incoming.id);
      this.said = ringingWords().over(nameOf(incoming));
      this.show();
    });
    this.said = "";
    this.show();
  }

  private show(): void {
    const rings = [...this.rings.values()];
    this.tone.handleRings(rings.length > 0);
    const [first] = rings;
    setRingingTitle(first && ringingWords().pageTitle(nameOf(first.incoming)));
    if (rings.length > 0 && !this.view) {
      this.view = ringingScreen();
      // Before everything else, so that the keyboard finds it first.
      document.body.prepend(this.view.element);
    }
    this.view?.update({
      rings: rings.map((ring) => this.viewOf(ring)),
      sound: { isOn: this.tone.isOn, toggle: () => this.tone.toggle() },
      said: this.said,
    });
  }

  private viewOf(ring: Ring): RingViewModel {
    const { incoming } = ring;
    const { identifier } = incoming.callerInfo;
    const answer = (withVideo: boolean) => () => this.answer(incoming, withVideo);
    return {
      id: incoming.id,
      user: identifier ? getIdentifierRawId(identifier) : "",
      name: nameOf(incoming),
      kind: identifier ? identityKind(identifier as Parameters<typeof identityKind>[0]) : "",
      transferredBy: incoming.transferorInfo && (incoming.transferorInfo.displayName || commonWords().nameless),
      leaves: this.options.isIn(),
      withVideo: answer(true),
      withoutVideo: answer(false),
      decline: ring.isDeclining ? undefined : () => void this.decline(ring),
      problem: ring.problem,
    };
  }

  private answer(incoming: IncomingCall, withVideo: boolean): void {
    // From here on the call's own screen says how it goes.
    this.rings.delete(incoming.id);
    this.show();
    this.options.answer({ caller: nameOf(incoming), withVideo, enter: (_agent, options) => incoming.accept(options) });
  }

  private async decline(ring: Ring): Promise<void> {
    ring.isDeclining = true;
    this.show();
    try {
      await ring.incoming.reject();
    } catch (error) {
      ring.problem = failureOf(ringingWords().notDeclined, error);
    }
    ring.isDeclining = false;
    this.show();
  }
}

function nameOf(incoming: IncomingCall): string {
  return incoming.callerInfo.displayName || commonWords().nameless;
}
