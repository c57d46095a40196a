import type {
  AudioDeviceInfo, DeviceAccess, DeviceManager, DeviceManagerEvents, PermissionConstraints, StartPreheatDeviceParameters,
  StopPreheatDeviceParameters, VideoDeviceInfo,
} from '../api/devices.js';
import { failure } from '../errors.js';
import { captureCamera, captureMicrophone, stopTracks } from '../media/capture.js';
import { Emitter } from '../util/emitter.js';

/** How long a preheated device stays open if the app does not say. */
const PREHEAT_SECONDS = 30;

/** The browser's cameras, microphones and speakers. */
export class BrowserDeviceManager implements DeviceManager {
  private readonly emitter = new Emitter<DeviceManagerEvents>();
  private readonly preheated = new Map<'audio' | 'video', () => void>();
  private cameras: VideoDeviceInfo[] = [];
  private audioDevices: AudioDeviceInfo[] = [];
  private microphone: AudioDeviceInfo | undefined;
  private speaker: AudioDeviceInfo | undefined;
  private listensTo: MediaDevices | undefined;
  private chosen = false;

  get isSpeakerSelectionAvailable(): boolean {
    return typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;
  }

  /** @internal False as long as the selected microphone is only the first that was found: calls that have one keep theirs. */
  get isMicrophoneChosen(): boolean {
    return this.chosen;
  }

  get selectedMicrophone(): AudioDeviceInfo | undefined {
    return this.microphone && { ...this.microphone };
  }

  get selectedSpeaker(): AudioDeviceInfo | undefined {
    return this.speaker && { ...this.speaker };
  }

  on<K extends keyof DeviceManagerEvents>(event: K, listener: DeviceManagerEvents[K]): void {
    this.emitter.on(event, listener);
    this.listen();
  }

  off<K extends keyof DeviceManagerEvents>(event: K, listener: DeviceManagerEvents[K]): void {
    this.emitter.off(event, listener);
  }

  /** Names are empty until permission was given. */
  async getCameras(): Promise<VideoDeviceInfo[]> {
    await this.refresh();
    return this.cameras.map((device) => ({ ...device }));
  }

  async getMicrophones(): Promise<AudioDeviceInfo[]> {
    await this.refresh();
    return this.ofType('Microphone');
  }

  /** @throws CommunicationServicesError 405/40606 in browsers that cannot choose a speaker */
  async getSpeakers(): Promise<AudioDeviceInfo[]> {
    this.mustSelectSpeakers();
    await this.refresh();
    return this.ofType('Speaker');
  }

  /** Calls that go on change to it, too. */
  selectMicrophone(microphoneDevice: AudioDeviceInfo): Promise<void> {
    this.microphone = { ...microphoneDevice };
    this.chosen = true;
    this.emitter.emit('selectedMicrophoneChanged');
    return Promise.resolve();
  }

  /** @throws CommunicationServicesError 405/40606 in browsers that cannot choose a speaker */
  async selectSpeaker(speakerDevice: AudioDeviceInfo): Promise<void> {
    this.mustSelectSpeakers();
    this.speaker = { ...speakerDevice };
    this.emitter.emit('selectedSpeakerChanged');
  }

  /** Asks for what is true in the constraints; what was denied, or does not exist, comes back as false. */
  async askDevicePermission(permissionConstraints: PermissionConstraints): Promise<DeviceAccess> {
    const ask = async (wanted: boolean, capture: () => Promise<MediaStream>): Promise<boolean> => {
      if (!wanted) {
        return false;
      }
      try {
        stopTracks(await capture());
        return true;
      } catch {
        return false;
      }
    };
    const audio = await ask(permissionConstraints.audio, () => captureMicrophone(undefined));
    const video = await ask(permissionConstraints.video, () => captureCamera(''));
    await this.refresh();
    return { audio, video };
  }

  /** Opens devices ahead of a call, so that they start faster. */
  async startPreheatDevices(parameters: StartPreheatDeviceParameters): Promise<void> {
    const open = async (kind: 'audio' | 'video', wish: { preheat: boolean; timeoutInSec?: number } | undefined): Promise<void> => {
      if (wish?.preheat && !this.preheated.has(kind)) {
        const stream = await (kind === 'audio' ? captureMicrophone(this.microphone?.id) : captureCamera(''));
        const timer = setTimeout(() => this.cool(kind), (wish.timeoutInSec ?? PREHEAT_SECONDS) * 1000);
        this.preheated.set(kind, () => {
          clearTimeout(timer);
          stopTracks(stream);
        });
      }
    };
    await Promise.all([open('audio', parameters.audio), open('video', parameters.video)]);
  }

  stopPreheatDevices(parameters: StopPreheatDeviceParameters): void {
    if (parameters.audio) {
      this.cool('audio');
    }
    if (parameters.video) {
      this.cool('video');
    }
  }

  /** @internal */
  dispose(): void {
    this.cool('audio');
    this.cool('video');
    this.listensTo?.removeEventListener('devicechange', this.handleDeviceChange);
    this.listensTo = undefined;
    this.emitter.clear();
  }

  private cool(kind: 'audio' | 'video'): void {
    this.preheated.get(kind)?.();
    this.preheated.delete(kind);
  }

  private readonly handleDeviceChange = (): void => void this.refresh();

  private listen(): void {
    if (!this.listensTo && typeof navigator !== 'undefined' && navigator.mediaDevices) {
      this.listensTo = navigator.mediaDevices;
      this.listensTo.addEventListener('devicechange', this.handleDeviceChange);
    }
  }

  private mustSelectSpeakers(): void {
    if (!this.isSpeakerSelectionAvailable) {
      throw failure('speakerSelectionMissing', 'This browser cannot choose a speaker; it plays on the system\'s default one.');
    }
  }

  private ofType(type: AudioDeviceInfo['deviceType']): AudioDeviceInfo[] {
    return this.audioDevices.filter((device) => device.deviceType === type).map((device) => ({ ...device }));
  }

  private async refresh(): Promise<void> {
    const devices = typeof navigator === 'undefined' || !navigator.mediaDevices ? [] : await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter((device) => device.kind === 'videoinput').map(asCamera);
    const audio = [...asAudio(devices, 'audioinput'), ...asAudio(devices, 'audiooutput')];
    const cameraChange = difference(this.cameras, cameras);
    const audioChange = difference(this.audioDevices, audio);
    this.cameras = cameras;
    this.audioDevices = audio;
    this.chooseDefaults();
    if (cameraChange.added.length + cameraChange.removed.length > 0) {
      this.emitter.emit('videoDevicesUpdated', cameraChange);
    }
    if (audioChange.added.length + audioChange.removed.length > 0) {
      this.emitter.emit('audioDevicesUpdated', audioChange);
    }
  }

  /** A selected device that is gone gives way to the system's default one. */
  private chooseDefaults(): void {
    const microphone = pick(this.ofType('Microphone'), this.microphone);
    if (microphone?.id !== this.microphone?.id) {
      this.chosen ||= this.microphone !== undefined;
      this.microphone = microphone;
      this.emitter.emit('selectedMicrophoneChanged');
    }
    const speaker = this.isSpeakerSelectionAvailable ? pick(this.ofType('Speaker'), this.speaker) : undefined;
    if (speaker?.id !== this.speaker?.id) {
      this.speaker = speaker;
      this.emitter.emit('selectedSpeakerChanged');
    }
  }
}

function asCamera(device: MediaDeviceInfo): VideoDeviceInfo {
  return { name: device.label, id: `camera:${device.deviceId}`, deviceType: 'UsbCamera' };
}

/** Browsers list the system's default device first, in Chromium once more under the id `default`. */
function asAudio(devices: MediaDeviceInfo[], kind: 'audioinput' | 'audiooutput'): AudioDeviceInfo[] {
  const deviceType = kind === 'audioinput' ? 'Microphone' : 'Speaker';
  const prefix = kind === 'audioinput' ? 'microphone' : 'speaker';
  return devices
    .filter((device) => device.kind === kind)
    .map((device, index) => ({
      name: device.label,
      id: `${prefix}:${device.deviceId}`,
      isSystemDefault: device.deviceId === 'default' || index === 0,
      deviceType,
    }));
}

function pick(devices: AudioDeviceInfo[], selected: AudioDeviceInfo | undefined): AudioDeviceInfo | undefined {
  return devices.find((device) => device.id === selected?.id) ?? devices.find((device) => device.isSystemDefault) ?? devices[0];
}

/** A device whose name became known counts as removed and added. */
function difference<T extends { id: string; name: string }>(before: T[], after: T[]): { added: T[]; removed: T[] } {
  const has = (list: T[], device: T): boolean => list.some((each) => each.id === device.id && each.name === device.name);
  return {
    added: after.filter((device) => !has(before, device)).map((device) => ({ ...device })),
    removed: before.filter((device) => !has(after, device)).map((device) => ({ ...device })),
  };
}
