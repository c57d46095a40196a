// The types of all features, in one place.

export type { TeamsMeetingAudioConferencingCallFeature, TeamsMeetingAudioConferencingDetails, TeamsMeetingAudioConferencingPhoneNumber } from '../features/audio-conferencing.js';
export type {
  ActiveAudioEffects, AudioEffect, AudioEffectsFeature, AudioEffectsFeatureErrorListener, AudioEffectsFeatureEvent, AudioEffectsFeatureListener,
  AudioEffectsStartConfig, AudioEffectsStopConfig, DeepNoiseSuppressionEffect, EchoCancellationEffect, EchoCancellationEffectName,
  NoiseSuppressionEffectName,
} from '../features/audio-effects.js';
export type {
  AssignedBreakoutRoomsEvent, BreakoutRoom, BreakoutRoomsCallFeature, BreakoutRoomsEvent, BreakoutRoomsEventData, BreakoutRoomsSettings,
  BreakoutRoomsSettingsEvent, BreakoutRoomState, BreakoutRoomsUpdated, BreakoutRoomsUpdatedListener, Invitee, JoinBreakoutRoomsEvent, TimestampInfo,
} from '../features/breakout-rooms.js';
export type {
  AudioIssue, CallRating, CallSurvey, CallSurveyFeature, CallSurveyResponse, OverallIssue, RatingScale, ScreenshareIssue, SubmitSurveyOptions,
  VideoIssue,
} from '../features/call-survey.js';
export type {
  CapabilitiesChangedEventType, CapabilitiesChangedReason, CapabilitiesChangeHandler, CapabilitiesChangeInfo, CapabilitiesFeature,
  CapabilityResolutionReason, ChangedParticipantCapabilities, ParticipantCapabilities, ParticipantCapabilityName,
} from '../features/capabilities.js';
export type {
  CaptionLanguageChangedEventType, Captions, CaptionsCallFeature, CaptionsCommon, CaptionsHandler, CaptionsInfo, CaptionsKind,
  CaptionsKindChangedEventType, CaptionsPropertyChangedEventType, CaptionsReceivedEventType, CaptionsResultType, SpokenLanguageChangedEventType,
  StartCaptionsOptions, TeamsCaptions, TeamsCaptionsHandler, TeamsCaptionsInfo,
} from '../features/captions.js';
export type {
  DataChannelCallFeature, DataChannelMessage, DataChannelPriority, DataChannelReceiver, DataChannelReceiverCloseEvent,
  DataChannelReceiverCreatedEvent, DataChannelReceiverMessageReadyEvent, DataChannelReliability, DataChannelSender, DataChannelSenderOpenOptions,
} from '../features/data-channel.js';
export type { DebugInfoCallClientFeature, Environment, EnvironmentInfo } from '../features/debug-info.js';
export type { DominantSpeakersCallFeature, DominantSpeakersInfo } from '../features/dominant-speakers.js';
export type {
  BaseMediaAccess, MediaAccess, MediaAccessCallFeature, MediaAccessChangedEvent, MediaAccessChangedListener, MeetingMediaAccess,
  MeetingMediaAccessChangedEvent, MeetingMediaAccessChangedListener,
} from '../features/media-access.js';
export type { MediaStatsCallFeature } from '../features/media-stats.js';
export type { OptimalVideoCountCallFeature, OvcChangeReason } from '../features/optimal-video-count.js';
export type { PPTLiveCallFeature } from '../features/ppt-live.js';
export type {
  LoweredHandEventType, LoweredHandListener, RaisedHand, RaisedHandChangedEvent, RaisedHandEventType, RaisedHandListener, RaiseHandCallFeature,
} from '../features/raise-hand.js';
export type { Reaction, ReactionCallFeature, ReactionEventPayload, ReactionListener, ReactionMessage } from '../features/reaction.js';
export type {
  RealTimeTextFeature, RealTimeTextInfo, RealTimeTextReceivedEventHandler, RealTimeTextReceivedEventType, RealTimeTextResultType,
} from '../features/real-time-text.js';
export type { RecordingCallFeature, RecordingInfo } from '../features/recording.js';
export type { SpotlightCallFeature, SpotlightChangedEventType, SpotlightedParticipant } from '../features/spotlight.js';
export type {
  TogetherModeCallFeature, TogetherModeSceneSize, TogetherModeSceneUpdatedListener, TogetherModeSeatingMap, TogetherModeSeatingPosition,
  TogetherModeSeatingUpdatedListener, TogetherModeVideoStream,
} from '../features/together-mode.js';
export type { TranscriptionCallFeature, TranscriptionPropertyChangedEventType } from '../features/transcription.js';
export type {
  Transfer, TransferAcceptedEvent, TransferAcceptedEventType, TransferCallFeature, TransferErrorCode, TransferEventArgs, TransferState,
  TransferToCallLocator, TransferToCallOptions, TransferToParticipantLocator, TransferToParticipantOptions, TransferToVoicemailLocator,
  TransferToVoicemailOptions,
} from '../features/transfer.js';
export type {
  DiagnosticChangedEventArgs, DiagnosticFlag, DiagnosticValueType, LatestDiagnosticValue, LatestMediaDiagnostics, LatestNetworkDiagnostics,
  MediaDiagnosticChangedEventArgs, MediaDiagnostics, MediaDiagnosticType, NetworkDiagnosticChangedEventArgs, NetworkDiagnostics,
  NetworkDiagnosticType, RemoteDiagnostic, RemoteDiagnostics, RemoteParticipantDiagnosticsData, ServerDiagnosticType, UserFacingDiagnosticsFeature,
} from '../features/user-facing-diagnostics.js';
export type {
  BackgroundBlurConfig, BackgroundBlurEffect, BackgroundReplacementConfig, BackgroundReplacementEffect, VideoEffect, VideoEffectConfig,
  VideoEffectError, VideoEffectErrorPayload, VideoEffectName, VideoEffectProcessor, VideoEffectsFeature, VideoEffectsFeatureErrorListener,
  VideoEffectsFeatureEvent, VideoEffectsFeatureListener,
} from '../features/video-effects.js';
