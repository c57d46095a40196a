import type { CallFeature, CallFeatureContext } from '../api/call.js';
import { DiagnosticQuality } from '../api/enums.js';
import type { RemoteParticipant } from '../api/participant.js';
import { notSupported } from '../errors.js';
import { Emitter, type EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export type DiagnosticFlag = boolean;
export type DiagnosticValueType = 'DiagnosticQuality' | 'DiagnosticFlag';
export type LatestDiagnosticValue = { value: DiagnosticQuality | DiagnosticFlag; valueType: DiagnosticValueType };
export type DiagnosticChangedEventArgs = { value: DiagnosticQuality | DiagnosticFlag; valueType: DiagnosticValueType };

export interface LatestNetworkDiagnostics {
  networkReconnect?: LatestDiagnosticValue;
  networkReceiveQuality?: LatestDiagnosticValue;
  networkSendQuality?: LatestDiagnosticValue;
  noNetwork?: LatestDiagnosticValue;
  networkRelaysNotReachable?: LatestDiagnosticValue;
}

export interface LatestMediaDiagnostics {
  speakingWhileMicrophoneIsMuted?: LatestDiagnosticValue;
  noSpeakerDevicesEnumerated?: LatestDiagnosticValue;
  noMicrophoneDevicesEnumerated?: LatestDiagnosticValue;
  cameraFreeze?: LatestDiagnosticValue;
  cameraStartFailed?: LatestDiagnosticValue;
  cameraStartTimedOut?: LatestDiagnosticValue;
  capturerStartFailed?: LatestDiagnosticValue;
  microphoneNotFunctioning?: LatestDiagnosticValue;
  microphoneMuteUnexpectedly?: LatestDiagnosticValue;
  cameraStoppedUnexpectedly?: LatestDiagnosticValue;
  capturerStoppedUnexpectedly?: LatestDiagnosticValue;
  screenshareRecordingDisabled?: LatestDiagnosticValue;
  microphonePermissionDenied?: LatestDiagnosticValue;
  cameraPermissionDenied?: LatestDiagnosticValue;
  microphoneNotMuteButSilent?: LatestDiagnosticValue;
}

export type NetworkDiagnosticType = keyof LatestNetworkDiagnostics;
export type MediaDiagnosticType = keyof LatestMediaDiagnostics;
export type ServerDiagnosticType = 'serverConnection';
export type NetworkDiagnosticChangedEventArgs = DiagnosticChangedEventArgs & { diagnostic: NetworkDiagnosticType };
export type MediaDiagnosticChangedEventArgs = DiagnosticChangedEventArgs & { diagnostic: MediaDiagnosticType };

export type RemoteDiagnostic = {
  readonly participantId: string;
  readonly rawId: string;
  readonly remoteParticipant?: RemoteParticipant;
  readonly diagnostic: NetworkDiagnosticType | MediaDiagnosticType | ServerDiagnosticType;
  readonly value: DiagnosticQuality | DiagnosticFlag;
  readonly valueType: DiagnosticValueType;
};

export interface RemoteParticipantDiagnosticsData {
  diagnostics: RemoteDiagnostic[];
}

interface NetworkEvents {
  diagnosticChanged: (args: NetworkDiagnosticChangedEventArgs) => void;
}
interface MediaEvents {
  diagnosticChanged: (args: MediaDiagnosticChangedEventArgs) => void;
}
interface RemoteEvents {
  diagnosticChanged: (args: RemoteParticipantDiagnosticsData) => void;
}

export interface NetworkDiagnostics extends EventSource<NetworkEvents> {
  getLatest(): LatestNetworkDiagnostics;
}

export interface MediaDiagnostics extends EventSource<MediaEvents> {
  getLatest(): LatestMediaDiagnostics;
}

export interface RemoteDiagnostics extends EventSource<RemoteEvents> {
  readonly isSendingDiagnosticsEnabled: boolean;
  startSendingDiagnostics(): void;
  stopSendingDiagnostics(): void;
  getLatest(): RemoteParticipantDiagnosticsData;
}

export interface UserFacingDiagnosticsFeature extends CallFeature {
  readonly network: NetworkDiagnostics;
  readonly media: MediaDiagnostics;
  readonly remote: RemoteDiagnostics;
}

class NoDiagnostics<E extends { diagnosticChanged: (...args: never[]) => void }> {
  private readonly emitter = new Emitter<{ diagnosticChanged: E['diagnosticChanged'] }>();

  on(event: 'diagnosticChanged', listener: E['diagnosticChanged']): void {
    this.emitter.on(event, listener);
  }

  off(event: 'diagnosticChanged', listener: E['diagnosticChanged']): void {
    this.emitter.off(event, listener);
  }

  getLatest(): Record<never, never> {
    return {};
  }
}

class NoRemoteDiagnostics extends NoDiagnostics<RemoteEvents> implements RemoteDiagnostics {
  readonly isSendingDiagnosticsEnabled = false;

  startSendingDiagnostics(): void {
    throw notSupported('Sending diagnostics to other participants');
  }

  stopSendingDiagnostics(): void {
    throw notSupported('Sending diagnostics to other participants');
  }

  override getLatest(): RemoteParticipantDiagnosticsData {
    return { diagnostics: [] };
  }
}

/** One network diagnostic: whether the connection to the server is there. It has a value from the first loss on. */
class ReconnectDiagnostics implements NetworkDiagnostics {
  private readonly emitter = new Emitter<NetworkEvents>();
  private latest: LatestNetworkDiagnostics = {};

  constructor(context: CallFeatureContext) {
    const core = coreOf(context);
    core.events.on('lineChanged', () => {
      const value = { value: core.isInterrupted ? DiagnosticQuality.Bad : DiagnosticQuality.Good, valueType: 'DiagnosticQuality' } as const;
      this.latest = { networkReconnect: value };
      this.emitter.emit('diagnosticChanged', { diagnostic: 'networkReconnect', ...value });
    });
  }

  on<K extends keyof NetworkEvents>(event: K, listener: NetworkEvents[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof NetworkEvents>(event: K, listener: NetworkEvents[K]): void {
    this.emitter.off(event, listener);
  }

  getLatest(): LatestNetworkDiagnostics {
    return { ...this.latest };
  }
}

/** Of the network, whether the call is reconnecting; of media, nothing is diagnosed yet. */
export class UserFacingDiagnostics extends FeatureBase<Record<never, never>> implements UserFacingDiagnosticsFeature {
  readonly name = 'UserFacingDiagnostics';
  readonly network: NetworkDiagnostics;
  readonly media: MediaDiagnostics = new NoDiagnostics<MediaEvents>();
  readonly remote: RemoteDiagnostics = new NoRemoteDiagnostics();

  constructor(context: CallFeatureContext) {
    super();
    this.network = new ReconnectDiagnostics(context);
  }
}
