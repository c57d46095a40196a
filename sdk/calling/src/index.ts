// The public names of the package, as in ACS.

export type * from './api/common.js';
export type * from './api/devices.js';
export type * from './api/streams.js';
export type * from './api/participant.js';
export type * from './api/call.js';
export type * from './api/agent.js';
export type * from './api/features.js';
export type {
  IncomingAudioMediaStats, IncomingScreenShareMediaStats, IncomingVideoMediaStats, MediaStatsAggregation, MediaStatsCollector, MediaStatsCollectorOptions,
  MediaStatsReportSample, MediaStatsReportSampleEvent, MediaStatsReportSummary, MediaStatsReportSummaryEvent, MediaStatValue, OutgoingAudioMediaStats,
  OutgoingScreenShareMediaStats, OutgoingVideoMediaStats, TransportMediaStats,
} from './api/media-stats.js';
export type * from './api/teams.js';
export type * from './api/active-calls.js';
export type { DisconnectCategory, DisconnectReason } from './api/enums.js';
export type { CommunicationServicesError } from './errors.js';
export type {
  AudioSourceChangedEvent, AudioStreamFeature, AudioStreamFeatureContext, AudioStreamFeatureCtor, AudioStreamFeatureFactory,
} from './streams/local-audio-stream.js';
export type {
  VideoSourceChangedEvent, VideoStreamFeature, VideoStreamFeatureContext, VideoStreamFeatureCtor, VideoStreamFeatureFactory,
} from './streams/local-video-stream.js';

export {
  CallAgentKind, CallKind, DevicePermissionAccess, DiagnosticQuality, disconnectCategoryMap, IncomingCallKind, RecordingState,
} from './api/enums.js';
export { CallClient } from './agent/call-client.js';
export { Features } from './features/index.js';
export { LocalAudioStream } from './streams/local-audio-stream.js';
export { LocalVideoStream } from './streams/local-video-stream.js';
export { VideoStreamRenderer } from './streams/renderer.js';
/** The name of 2021 for `VideoStreamRenderer`. */
export { VideoStreamRenderer as Renderer } from './streams/renderer.js';
export { WbLocalVideoStream } from './streams/wb-local-video-stream.js';
