// What the SDK finds wrong with network and devices during one call, calmed, so that nothing on the page flickers.

import { Features } from "@convene/calling";
import type { Call } from "@convene/calling";
import { badnessOf, lostLine, qualityOf, weakOnes } from "./connection";
import { Steady } from "./steady";
import type { Connection } from "./view-model";

/** How long it must be better before that is shown, beyond the SDK's own 5 s. Shorter: strips come and go. Longer: people act on what is over. */
const HOLD_MS = 5_000;

/** A fault of a device that a person can do something about. What an action fails by is told as its notice, and not here. */
export type DeviceFault =
  | "mutedSpeech"
  | "microphoneStopped"
  | "microphoneTaken"
  | "microphoneSilent"
  | "cameraFrozen"
  | "cameraDark"
  | "cameraStopped";

/** The signs of one call. */
export class CallSigns {
  private readonly quality: Steady<Connection>;
  private readonly mutedSpeech: Steady<boolean>;
  /** What the person wants to hear no more of, until it is over. */
  private readonly dismissed = new Set<string>();

  constructor(
    private readonly call: Call,
    private readonly changed: () => void,
  ) {
    this.quality = new Steady<Connection>({ level: "good", direction: "both" }, badnessOf, HOLD_MS, this.handleCalm);
    this.mutedSpeech = new Steady<boolean>(false, Number, HOLD_MS, this.handleCalm);
    const { network, media, remote } = this.diagnostics;
    network.on("diagnosticChanged", this.handleOwn);
    media.on("diagnosticChanged", this.handleOwn);
    remote.on("diagnosticChanged", changed);
    call.on("isMutedChanged", this.handleMuted);
    // So the others see why they see one badly.
    remote.startSendingDiagnostics();
    this.handleOwn();
  }

  /** One's own connection. */
  get connection(): Connection {
    return lostLine(this.diagnostics.network.getLatest()) ?? this.quality.value;
  }

  /** Raw ids of those who told that their connection is bad. */
  get weak(): ReadonlySet<string> {
    return weakOnes(this.diagnostics.remote.getLatest().diagnostics);
  }

  /** What is wrong with the devices now. Of one device, the worst. */
  get faults(): readonly DeviceFault[] {
    const latest = this.diagnostics.media.getLatest();
    const faults: DeviceFault[] = [];
    if (this.mutedSpeech.value && this.call.isMuted) faults.push("mutedSpeech");
    if (latest.microphoneNotFunctioning?.value === true) faults.push("microphoneStopped");
    else if (latest.microphoneMuteUnexpectedly?.value === true && !this.call.isMuted) faults.push("microphoneTaken");
    else if (latest.microphoneNotMuteButSilent?.value === true && !this.call.isMuted) faults.push("microphoneSilent");
    if (latest.cameraStoppedUnexpectedly?.value === true) faults.push("cameraStopped");
    else if (latest.cameraFreeze?.value === true) faults.push("cameraFrozen");
    else if (latest.cameraStartTimedOut?.value === true) faults.push("cameraDark");
    return faults;
  }

  /** Whether the person wants to hear no more of it. */
  isDismissed(what: string): boolean {
    return this.dismissed.has(what);
  }

  /** The person wants to hear no more of it, until it comes anew. */
  dismiss(what: string): void {
    this.dismissed.add(what);
    this.changed();
  }

  dispose(): void {
    const { network, media, remote } = this.diagnostics;
    network.off("diagnosticChanged", this.handleOwn);
    media.off("diagnosticChanged", this.handleOwn);
    remote.off("diagnosticChanged", this.changed);
    this.call.off("isMutedChanged", this.handleMuted);
    this.quality.dispose();
    this.mutedSpeech.dispose();
  }

  private get diagnostics() {
    return this.call.feature(Features.UserFacingDiagnostics);
  }

  private readonly handleOwn = (): void => {
    this.quality.see(qualityOf(this.diagnostics.network.getLatest()));
    this.mutedSpeech.see(this.diagnostics.media.getLatest().speakingWhileMicrophoneIsMuted?.value === true);
    this.handleCalm();
  };

  private readonly handleMuted = (): void => {
    if (!this.call.isMuted) this.mutedSpeech.reset();
    this.forget();
  };

  private readonly handleCalm = (): void => {
    this.forget();
    this.changed();
  };

  /** What is over may be told anew. */
  private forget(): void {
    const now = new Set<string>([this.connection.level, ...this.faults]);
    [...this.dismissed].filter((what) => !now.has(what)).forEach((what) => this.dismissed.delete(what));
  }
}
