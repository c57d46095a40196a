import type { IceServer } from './api/agent.js';
import type { AudioDeviceInfo } from './api/devices.js';
import { ElementAudioOutput, type AudioOutput } from './media/audio-output.js';
import type { MediaConnection } from './media/connection.js';
import { PeerConnection } from './media/peer-connection.js';
import { connectWebSocket, type Connect } from './signaling/transport.js';
import { LocalAudioStream } from './streams/local-audio-stream.js';

/** What the SDK takes from the browser; tests bring their own. */
export interface Platform {
  readonly connect: Connect;
  createMediaConnection(iceServers: readonly IceServer[]): MediaConnection;
  createAudioOutput(): AudioOutput;
  /** The stream of that microphone, or of the system's default one. */
  createMicrophone(device: AudioDeviceInfo | undefined): LocalAudioStream;
}

const DEFAULT_MICROPHONE: AudioDeviceInfo = { name: 'Default', id: '', isSystemDefault: true, deviceType: 'Microphone' };

/** The browser itself. */
export const browserPlatform: Platform = {
  connect: connectWebSocket,
  createMediaConnection: (iceServers) => new PeerConnection(iceServers),
  createAudioOutput: () => new ElementAudioOutput(),
  createMicrophone: (device) => new LocalAudioStream(device ?? DEFAULT_MICROPHONE),
};
