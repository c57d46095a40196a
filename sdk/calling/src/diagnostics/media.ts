import type { MediaDiagnosticType } from '../features/user-facing-diagnostics.js';
import { codes, type CallingError } from '../errors.js';
import type { CaptureNews } from '../media/capture.js';
import type { StatsEntry, StatsSnapshot } from '../media/connection.js';
import { DiagnosticStore } from './store.js';

/** Seconds without a frame after which a camera is frozen, or has not started. */
const FRAMES_MAX_S = 5;
/** Seconds without a sample after which a microphone does not function. */
const SAMPLES_MAX_S = 10;
/** Seconds of digital silence after which a microphone counts as silent. Real rooms are not that silent, but headsets with a noise gate are, between two sentences. */
const SILENT_MAX_S = 10;

/** Grows, or has stood still for a number of seconds. */
class Counter {
  private value: number | undefined;
  private still = 0;
  private grew = false;

  /** @returns for how many seconds it has stood still */
  handle(value: number): number {
    const grows = this.value === undefined || value > this.value;
    this.grew ||= value > 0;
    this.value = value;
    this.still = grows ? 0 : this.still + 1;
    return this.still;
  }

  get hasGrown(): boolean {
    return this.grew;
  }

  reset(): void {
    this.value = undefined;
    this.still = 0;
    this.grew = false;
  }
}

/** What of a call's own media is looked at once a second. */
export interface OwnMedia {
  readonly isMuted: boolean;
  /** The track of the microphone, if one is captured. */
  readonly microphone: MediaStreamTrack | undefined;
  /** Whether a real camera is being sent; an app's own stream may stand still. */
  readonly cameraOn: boolean;
}

/** Diagnoses microphone, camera and shared screen. */
export class MediaDiagnosis {
  readonly store = new DiagnosticStore<MediaDiagnosticType>();
  private readonly frames = new Counter();
  private readonly samples = new Counter();
  private readonly energy = new Counter();
  private leaveMicrophone: () => void = () => undefined;

  handleMicrophone(news: CaptureNews): void {
    this.leaveMicrophone();
    this.samples.reset();
    this.energy.reset();
    this.store.setFlag('microphoneMuteUnexpectedly', false);
    this.store.setFlag('microphoneNotMuteButSilent', false);
    if (news.kind === 'started' && !news.track) {
      return;
    }
    this.store.setFlag('microphonePermissionDenied', news.kind === 'failed' && isDenied(news.error));
    this.store.setFlag('microphoneNotFunctioning', news.kind === 'ended' || (news.kind === 'failed' && !isDenied(news.error)));
    if (news.kind === 'started' && news.track) {
      this.listenTo(news.track);
    }
  }

  handleCamera(news: CaptureNews): void {
    this.frames.reset();
    this.store.setFlag('cameraFreeze', false);
    this.store.setFlag('cameraStartTimedOut', false);
    this.store.setFlag('cameraPermissionDenied', news.kind === 'failed' && isDenied(news.error));
    this.store.setFlag('cameraStartFailed', news.kind === 'failed' && !isDenied(news.error));
    this.store.setFlag('cameraStoppedUnexpectedly', news.kind === 'ended');
  }

  /** The browser's own button ends a share in the same way as a fault: both are told as stopped. Choosing nothing is no fault. */
  handleScreen(news: CaptureNews): void {
    const refused = news.kind === 'failed' && isDenied(news.error);
    this.store.setFlag('screenshareRecordingDisabled', refused && isSystems(news.error));
    this.store.setFlag('capturerStartFailed', news.kind === 'failed' && !refused);
    this.store.setFlag('capturerStoppedUnexpectedly', news.kind === 'ended');
  }

  /** @param count how many devices of each kind there are; undefined where the browser does not list them */
  handleDevices(count: { readonly microphones: number; readonly speakers: number | undefined }): void {
    this.store.setFlag('noMicrophoneDevicesEnumerated', count.microphones === 0);
    if (count.speakers !== undefined) {
      this.store.setFlag('noSpeakerDevicesEnumerated', count.speakers === 0);
    }
  }

  /** @param speaking whether somebody is heard by the microphone although it is muted */
  handleMutedSpeech(speaking: boolean): void {
    this.store.setFlag('speakingWhileMicrophoneIsMuted', speaking);
  }

  /** What was counted; once a second. */
  handleSnapshot(snapshot: StatsSnapshot, own: OwnMedia): void {
    this.lookAtCamera(own.cameraOn ? sourceOf(snapshot, 'camera') : undefined);
    const live = !own.isMuted && own.microphone?.readyState === 'live' && own.microphone.enabled && !own.microphone.muted;
    this.lookAtMicrophone(live ? sourceOf(snapshot, 'microphone') : undefined);
  }

  close(): void {
    this.leaveMicrophone();
  }

  private lookAtCamera(source: StatsEntry | undefined): void {
    const frames = source?.['frames'];
    if (typeof frames !== 'number') {
      this.frames.reset();
      return;
    }
    const still = this.frames.handle(frames) >= FRAMES_MAX_S;
    this.store.setFlag('cameraFreeze', still && this.frames.hasGrown);
    this.store.setFlag('cameraStartTimedOut', still && !this.frames.hasGrown);
  }

  private lookAtMicrophone(source: StatsEntry | undefined): void {
    const [duration, energy] = [source?.['totalSamplesDuration'], source?.['totalAudioEnergy']];
    if (typeof duration !== 'number' || typeof energy !== 'number') {
      this.samples.reset();
      this.energy.reset();
      return;
    }
    const stopped = this.samples.handle(duration);
    const silent = this.energy.handle(energy);
    this.store.setFlag('microphoneNotFunctioning', stopped >= SAMPLES_MAX_S);
    this.store.setFlag('microphoneNotMuteButSilent', stopped === 0 && silent >= SILENT_MAX_S);
  }

  /** The system mutes a microphone, for example while the telephone rings. */
  private listenTo(track: MediaStreamTrack): void {
    const look = (): void => this.store.setFlag('microphoneMuteUnexpectedly', track.muted);
    track.addEventListener('mute', look);
    track.addEventListener('unmute', look);
    this.leaveMicrophone = () => {
      track.removeEventListener('mute', look);
      track.removeEventListener('unmute', look);
    };
    look();
  }
}

function isDenied(error: CallingError): boolean {
  return error.subCode === codes.permissionDenied[1];
}

/** Whether the system's own settings forbid it: Chromium says so in the message of its error. */
function isSystems(error: CallingError): boolean {
  return error.cause instanceof Error && /by system/i.test(error.cause.message);
}

/** The source (W3C `media-source`) of what is sent in that use. */
function sourceOf(snapshot: StatsSnapshot, use: string): StatsEntry | undefined {
  const sent = snapshot.entries.find((entry) => entry.type === 'outbound-rtp' && snapshot.uses.get(String(entry['mid'])) === use && entry['mediaSourceId'] !== undefined);
  return sent && snapshot.entries.find((entry) => entry.id === sent['mediaSourceId']);
}
