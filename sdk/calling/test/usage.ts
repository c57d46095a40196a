// Code as apps write it against `@azure/communication-calling`. It is compiled by `npm run check` and never run: what does not compile here would
// not compile in an app that comes over.

import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import {
  CallClient, DiagnosticQuality, Features, LocalVideoStream, RecordingState, VideoStreamRenderer,
  type Call, type CallAgent, type CallEndReason, type CallState, type CollectionUpdatedEvent, type DeviceManager, type IncomingCall,
  type JoinCallOptions, type Lobby, type LocalAudioStream, type ParticipantCapabilities, type PropertyChangedEvent, type RemoteParticipant,
  type MediaDiagnosticChangedEventArgs, type MediaStatsCollector, type MediaStatsReportSample, type MediaStatsReportSummary,
  type NetworkDiagnosticChangedEventArgs, type RaiseHandCallFeature, type RecordingCallFeature, type UserFacingDiagnosticsFeature,
  type RemoteVideoStream, type TeamsCall, type VideoDeviceInfo, type VideoStreamRendererView,
} from '../src/index.js';

export async function joinMeeting(token: string, meetingLink: string): Promise<Call> {
  const client = new CallClient({ diagnostics: { appName: 'app', appVersion: '1', tags: ['x'] } });
  const agent: CallAgent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName: 'Ana' });
  const options: JoinCallOptions = { audioOptions: { muted: true }, videoOptions: { localVideoStreams: [] } };
  const call = agent.join({ meetingLink }, options);
  agent.join({ meetingId: '1', passcode: 'p' });
  agent.join({ groupId: 'g' });
  agent.join({ roomId: 'r' }, {});
  agent.startCall([{ communicationUserId: 'u' }, { phoneNumber: '+1' }], { alternateCallerId: { phoneNumber: '+1' } });
  const changed: PropertyChangedEvent = () => show(call.state);
  call.on('stateChanged', changed);
  call.off('stateChanged', changed);
  agent.on('callsUpdated', (event) => event.added.forEach((each) => each.on('idChanged', () => each.id)));
  agent.on('incomingCall', async ({ incomingCall }) => answer(incomingCall));
  agent.on('connectionStateChanged', ({ newValue, oldValue, reason }) => [newValue, oldValue, reason]);
  const recording = call.feature(Features.Recording);
  recording.on('isRecordingActiveChanged', () => recording.isRecordingActive);
  await call.hangUp({ forEveryone: false });
  return call;
}

async function answer(incoming: IncomingCall): Promise<Call> {
  incoming.on('callEnded', ({ callEndReason }) => callEndReason.code);
  return incoming.accept({ videoOptions: {} });
}

export function show(state: CallState): string {
  return state === 'InLobby' ? 'Please wait' : state;
}

export async function lobby(call: Call): Promise<number> {
  const room: Lobby = call.lobby;
  const updated: CollectionUpdatedEvent<RemoteParticipant> = ({ added, removed }) => void [...added, ...removed];
  room.on('lobbyParticipantsUpdated', updated);
  for (const participant of room.participants) {
    await (participant.state === 'InLobby' ? room.admit(participant.identifier) : room.reject(participant.identifier));
  }
  return (await room.admitAll()).successCount;
}

export async function devices(client: CallClient, call: Call): Promise<void> {
  const manager: DeviceManager = await client.getDeviceManager();
  const { audio, video } = await manager.askDevicePermission({ audio: true, video: true });
  const cameras: VideoDeviceInfo[] = audio && video ? await manager.getCameras() : [];
  const camera = cameras[0];
  if (camera) {
    const stream = new LocalVideoStream(camera);
    await call.startVideo(stream);
    await stream.switchSource(camera);
    const preview: VideoStreamRendererView = await new VideoStreamRenderer(stream).createView({ isMirrored: true, scalingMode: 'Crop' });
    preview.target.remove();
  }
  const audioStreams: ReadonlyArray<LocalAudioStream> = call.localAudioStreams;
  void audioStreams;
}

export async function render(participant: RemoteParticipant, container: HTMLElement): Promise<void> {
  const stream: RemoteVideoStream | undefined = participant.videoStreams.find((each) => each.mediaStreamType === 'ScreenSharing');
  if (stream?.isAvailable) {
    const renderer = new VideoStreamRenderer(stream);
    container.append((await renderer.createView()).target);
    stream.on('isAvailableChanged', () => (stream.isAvailable ? undefined : renderer.dispose()));
  }
  if (participant.identifier.kind === 'communicationUser') {
    void participant.identifier.communicationUserId;
  }
}

export function reason(call: Call | TeamsCall): string {
  const end: CallEndReason | undefined = call.callEndReason;
  const capabilities: ParticipantCapabilities = call.feature(Features.Capabilities).capabilities;
  return `${end?.code}/${end?.subCode} ${capabilities.turnVideoOn.isPresent} ${'groupId' in call.info ? call.info.groupId : call.info.threadId}`;
}

export async function features(call: Call): Promise<string[]> {
  const hands: RaiseHandCallFeature = call.feature(Features.RaiseHand);
  hands.on('raisedHandEvent', ({ identifier }) => void identifier);
  await hands.raiseHand();
  await hands.lowerHands(hands.getRaisedHands().map((hand) => hand.identifier));
  const recording: RecordingCallFeature = call.feature(Features.Recording);
  recording.on('recordingsUpdated', ({ added }) => added.forEach((each) => each.on('recordingStateChanged', () => each.state === RecordingState.Paused)));
  const collector: MediaStatsCollector = call.feature(Features.MediaStats).createCollector({ aggregationInterval: 10, dataPointsPerAggregation: 6 });
  collector.on('sampleReported', (sample: MediaStatsReportSample) => sample.video.receive.map((each) => each.frameRateDecoded));
  collector.on('summaryReported', (summary: MediaStatsReportSummary) => summary.audio.send.map((each) => each.bitrate?.aggregation?.max));
  collector.dispose();
  const diagnostics: UserFacingDiagnosticsFeature = call.feature(Features.UserFacingDiagnostics);
  const changed = (info: NetworkDiagnosticChangedEventArgs | MediaDiagnosticChangedEventArgs): boolean => info.value === DiagnosticQuality.Bad || info.value === true;
  diagnostics.network.on('diagnosticChanged', changed);
  diagnostics.media.off('diagnosticChanged', changed);
  return Object.keys({ ...diagnostics.network.getLatest(), ...diagnostics.media.getLatest() });
}
