import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { DiagnosticQuality } from '../api/enums.js';
import type { RemoteParticipant } from '../api/participant.js';
import type { DiagnosticStore, DiagnosticValue } from '../diagnostics/store.js';
import { RemoteDiagnosis } from '../diagnostics/remote.js';
import { Emitter, type EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf, diagnosticsOf } from './context.js';

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
export interface RemoteEvents {
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

/** One list of diagnostics, in ACS's shape. */
class Diagnostics<Name extends string> {
  private readonly emitter = new Emitter<{ diagnosticChanged: (args: DiagnosticValue & { diagnostic: Name }) => void }>();
  readonly on = this.emitter.on.bind(this.emitter);
  readonly off = this.emitter.off.bind(this.emitter);

  constructor(private readonly store: DiagnosticStore<Name>) {
    store.events.on('changed', (diagnostic, value) => this.emitter.emit('diagnosticChanged', { diagnostic, ...value }));
  }

  getLatest(): Partial<Record<Name, DiagnosticValue>> {
    return this.store.getLatest();
  }

  clear(): void {
    this.emitter.clear();
  }
}

/** What goes wrong with network and devices. A diagnostic has a value from the first fault on. */
export class UserFacingDiagnostics extends FeatureBase<Record<never, never>> implements UserFacingDiagnosticsFeature {
  readonly name = 'UserFacingDiagnostics';
  readonly network: Diagnostics<NetworkDiagnosticType>;
  readonly media: Diagnostics<MediaDiagnosticType>;
  readonly remote: RemoteDiagnosis;

  constructor(context: CallFeatureContext) {
    super();
    const { network, media } = diagnosticsOf(context);
    this.network = new Diagnostics(network.store);
    this.media = new Diagnostics(media.store);
    this.remote = new RemoteDiagnosis(coreOf(context), [network.store, media.store]);
    diagnosticsOf(context).watch();
  }

  override dispose(): void {
    this.network.clear();
    this.media.clear();
    this.remote.dispose();
    super.dispose();
  }
}
