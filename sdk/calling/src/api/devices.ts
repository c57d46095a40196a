// Devices and the device manager. Names as in ACS.

import type { EventSource } from '../util/emitter.js';
import type { CollectionUpdatedEvent, PropertyChangedEvent } from './common.js';

export type VideoDeviceType = 'Unknown' | 'UsbCamera' | 'CaptureAdapter' | 'Virtual' | 'ScreenSharing';
export type AudioDeviceType = 'Microphone' | 'Speaker' | 'CompositeAudioDevice' | 'Virtual';
export type DeviceType = 'Camera' | 'Microphone' | 'Speaker';

export interface VideoDeviceInfo {
  name: string;
  id: string;
  deviceType: VideoDeviceType;
}

export interface AudioDeviceInfo {
  name: string;
  id: string;
  isSystemDefault: boolean;
  deviceType: AudioDeviceType;
}

export type CompositeAudioDeviceType = 'Speaker' | 'Headphones' | 'Headset' | 'Handset' | 'Speakerphone';

export interface CompositeAudioDeviceInfo {
  microphone: AudioDeviceInfo;
  speaker: AudioDeviceInfo;
  compositeAudioDeviceType: CompositeAudioDeviceType;
}

export interface PermissionConstraints {
  audio: boolean;
  video: boolean;
}

export interface DeviceAccess {
  audio: boolean;
  video: boolean;
}

export interface StartPreheatDeviceParameters {
  audio?: { preheat: boolean; timeoutInSec?: number };
  video?: { preheat: boolean; timeoutInSec?: number };
}

export interface StopPreheatDeviceParameters {
  audio?: boolean;
  video?: boolean;
}

export interface DeviceManagerEvents {
  videoDevicesUpdated: CollectionUpdatedEvent<VideoDeviceInfo>;
  audioDevicesUpdated: CollectionUpdatedEvent<AudioDeviceInfo>;
  selectedMicrophoneChanged: PropertyChangedEvent;
  selectedSpeakerChanged: PropertyChangedEvent;
}

export interface DeviceManager extends EventSource<DeviceManagerEvents> {
  readonly isSpeakerSelectionAvailable: boolean;
  readonly selectedMicrophone?: AudioDeviceInfo | undefined;
  readonly selectedSpeaker?: AudioDeviceInfo | undefined;
  getCameras(): Promise<VideoDeviceInfo[]>;
  getMicrophones(): Promise<AudioDeviceInfo[]>;
  getSpeakers(): Promise<AudioDeviceInfo[]>;
  selectMicrophone(microphoneDevice: AudioDeviceInfo): Promise<void>;
  selectSpeaker(speakerDevice: AudioDeviceInfo): Promise<void>;
  askDevicePermission(permissionConstraints: PermissionConstraints): Promise<DeviceAccess>;
  startPreheatDevices(parameters: StartPreheatDeviceParameters): Promise<void>;
  stopPreheatDevices(parameters: StopPreheatDeviceParameters): void;
}
