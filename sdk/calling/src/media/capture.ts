// Asking the browser for cameras, microphones and screens, with errors that say what went wrong.

import { failure, type CallingError } from '../errors.js';

/** What became of a device, or of a shared screen, that a call uses. */
export type CaptureNews =
  | { readonly kind: 'started'; readonly track: MediaStreamTrack | undefined }
  | { readonly kind: 'failed'; readonly error: CallingError }
  /** Not by the app: unplugged, taken away by the system, or stopped with the browser's own button. */
  | { readonly kind: 'ended' };

function media(): MediaDevices {
  const devices = typeof navigator === 'undefined' ? undefined : navigator.mediaDevices;
  if (!devices) {
    throw failure('permissionDenied', 'This page has no access to devices. Serve it over https, or from a loopback host.');
  }
  return devices;
}

function describe(what: 'microphone' | 'camera' | 'screen', thrown: unknown): CallingError {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    return failure('permissionDenied', `The ${what} may not be used: permission was denied. Allow it in the browser's site settings.`, thrown);
  }
  const failed = what === 'microphone' ? 'microphoneFailed' : 'cameraFailed';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return failure(failed, `There is no such ${what}. Connect it, or choose another one.`, thrown);
  }
  return failure(failed, `The ${what} could not be started; another program may be using it.`, thrown);
}

/** Whether a device is there, but taken by something else. */
export function isBusy(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && (cause.name === 'NotReadableError' || cause.name === 'AbortError');
}

/** The browser's device id inside one of our ids (`camera:…`, `microphone:…`, `speaker:…`). */
export function browserDeviceId(id: string): string {
  return id.replace(/^(camera|microphone|speaker):/, '');
}

/** What the browser does to a microphone's sound. */
export interface AudioProcessing {
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

/** What is done unless the app wants it otherwise. */
export const FULL_PROCESSING: AudioProcessing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** @throws CommunicationServicesError 403/40613 if permission is denied, 500/90415 if it cannot be started */
export async function captureMicrophone(deviceId: string | undefined, processing = FULL_PROCESSING): Promise<MediaStream> {
  // Before permission was given, browsers list devices without an id.
  const exact = browserDeviceId(deviceId ?? '');
  const device = exact === '' ? {} : { deviceId: { exact } };
  try {
    return await media().getUserMedia({ audio: { ...processing, ...device } });
  } catch (thrown) {
    throw describe('microphone', thrown);
  }
}

/** @throws CommunicationServicesError 403/40613 if permission is denied, 500/43000 if it cannot be started */
export async function captureCamera(deviceId: string): Promise<MediaStream> {
  const exact = browserDeviceId(deviceId);
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  try {
    return await media().getUserMedia({ video: exact === '' ? size : { ...size, deviceId: { exact } } });
  } catch (thrown) {
    throw describe('camera', thrown);
  }
}

/** How a shared screen is captured. More frames would cost the sharpness of text. */
const SCREEN_FRAMES_MAX = 15;

/** Text stays sharp at the cost of frames; an app that shares a film says so itself (`contentHint = 'motion'`). */
export function hintScreen(stream: MediaStream): void {
  for (const track of stream.getVideoTracks()) {
    track.contentHint ||= 'detail';
  }
}

/** @throws CommunicationServicesError 403/40613 if the person chose nothing, 500/43000 if it cannot be captured */
export async function captureScreen(): Promise<MediaStream> {
  try {
    const stream = await media().getDisplayMedia({ video: { frameRate: { ideal: SCREEN_FRAMES_MAX, max: 30 } }, audio: false });
    hintScreen(stream);
    return stream;
  } catch (thrown) {
    throw describe('screen', thrown);
  }
}

/** Ends a capture. */
export function stopTracks(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) {
    track.stop();
  }
}
