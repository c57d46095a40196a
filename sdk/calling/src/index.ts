// The public names of the package, as in ACS.

export type * from './api/common.js';
export type * from './api/devices.js';
export type * from './api/streams.js';
export type * from './api/participant.js';
export type * from './api/call.js';
export type * from './api/agent.js';
export {
  CallAgentKind, CallKind, DevicePermissionAccess, DiagnosticQuality, disconnectCategoryMap, IncomingCallKind, RecordingState,
} from './api/enums.js';
export type { DisconnectCategory, DisconnectReason } from './api/enums.js';
export type { CommunicationServicesError } from './errors.js';
export { CallClient } from './agent/call-client.js';
export { LocalVideoStream } from './streams/local-video-stream.js';
export { LocalAudioStream } from './streams/local-audio-stream.js';
export { VideoStreamRenderer } from './streams/renderer.js';
/** The name of 2021. */
export { VideoStreamRenderer as Renderer } from './streams/renderer.js';
