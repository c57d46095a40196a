import type { CallCore } from '../call/call-core.js';
import { asCallingError } from '../errors.js';
import { log } from '../util/logger.js';
import { MediaDiagnosis } from './media.js';
import { MutedSpeech } from './muted-speech.js';
import { NetworkDiagnosis } from './network.js';

/**
 * What goes wrong around a call, from its beginning to its end. Faults that tell themselves (a device that fails, a line that breaks) are kept
 * always; what must be measured, is from the first `watch` on.
 */
export class CallDiagnostics {
  readonly network = new NetworkDiagnosis();
  readonly media = new MediaDiagnosis();
  private watching = false;
  /** Whether the server answered in this call. */
  private answered = false;
  private speech: MutedSpeech | undefined;
  private heard: MediaStreamTrack | undefined;

  constructor(private readonly core: CallCore) {
    core.microphone.events.on('capture', (news) => {
      this.media.handleMicrophone(news);
      this.listen();
    });
    core.camera.events.on('capture', (news) => this.media.handleCamera(news));
    core.screen.events.on('capture', (news) => this.media.handleScreen(news));
    core.microphone.events.on('mutedChanged', () => this.listen());
    core.events.on('lineChanged', () => this.lookAtLine());
    core.media.events.on('troubled', () => this.lookAtLine());
    core.media.events.on('inbound', () => this.measure());
    core.lifecycle.events.on('stateChanged', () => (this.answered ||= core.lifecycle.isIn || core.lifecycle.kind === 'waiting'));
    core.lifecycle.events.on('ended', () => this.close());
  }

  /** Somebody wants to know. */
  watch(): void {
    if (this.watching || this.core.lifecycle.isEnded) {
      return;
    }
    this.watching = true;
    globalThis.addEventListener?.('online', this.handleOnline);
    globalThis.addEventListener?.('offline', this.handleOnline);
    this.core.devices.on('audioDevicesUpdated', this.handleDevices);
    this.handleDevices();
    this.listen();
  }

  private close(): void {
    if (this.watching) {
      this.network.handleOnline(this.answered || isOnline());
    }
    this.watching = false;
    globalThis.removeEventListener?.('online', this.handleOnline);
    globalThis.removeEventListener?.('offline', this.handleOnline);
    this.core.devices.off('audioDevicesUpdated', this.handleDevices);
    this.media.close();
    this.listen();
  }

  private get isLineLost(): boolean {
    return this.core.isInterrupted || this.core.media.isTroubled;
  }

  private lookAtLine(): void {
    this.network.handleLine(this.isLineLost);
    if (this.watching) {
      this.handleOnline();
    }
  }

  /** Browsers also call a computer offline whose only way leads to the server, so their word counts once the line is lost. */
  private readonly handleOnline = (): void => this.network.handleOnline(!this.isLineLost || isOnline());

  private readonly handleDevices = (): void => {
    this.countDevices().catch((error: unknown) => log.info(`Devices could not be listed: ${asCallingError(error).message}`));
  };

  private async countDevices(): Promise<void> {
    const { devices } = this.core;
    if (typeof navigator === 'undefined' || !navigator.mediaDevices) {
      return;
    }
    const microphones = (await devices.getMicrophones()).length;
    const speakers = devices.isSpeakerSelectionAvailable ? (await devices.getSpeakers()).length : undefined;
    if (this.watching) {
      this.media.handleDevices({ microphones, speakers });
    }
  }

  private measure(): void {
    this.lookAtLine();
    if (this.watching) {
      this.read().catch((error: unknown) => log.info(`Statistics could not be read: ${asCallingError(error).message}`));
    }
  }

  private async read(): Promise<void> {
    const snapshot = await this.core.media.snapshot();
    if (!snapshot || !this.watching) {
      return;
    }
    const { camera, microphone } = this.core;
    this.network.handleSnapshot(snapshot);
    const cameraOn = camera.stream !== undefined && camera.stream.source.deviceType !== 'Virtual';
    this.media.handleSnapshot(snapshot, { isMuted: microphone.isMuted, microphone: microphone.liveTrack, cameraOn });
  }

  /** The muted microphone is listened to while somebody wants to know, and not longer. */
  private listen(): void {
    const { microphone } = this.core;
    const wanted = this.watching && microphone.isMuted && microphone.liveTrack?.readyState === 'live' ? microphone.liveTrack : undefined;
    if (wanted === this.heard) {
      return;
    }
    this.heard = wanted;
    this.speech?.close();
    this.speech = undefined;
    this.media.handleMutedSpeech(false);
    if (wanted && typeof AudioContext !== 'undefined') {
      this.speech = new MutedSpeech(wanted, (speaking) => this.media.handleMutedSpeech(speaking));
    }
  }
}

/** Whether the browser says that there is a network. */
function isOnline(): boolean {
  const online: unknown = typeof navigator === 'undefined' ? undefined : navigator.onLine;
  return online !== false;
}
