// The keys that apps pass to `feature()`. All that ACS publishes are here; what each one can do stands in its own file.

import type { CallClientFeatureFactory } from '../api/agent.js';
import type { CallFeatureFactory } from '../api/call.js';
import type { AudioStreamFeatureFactory } from '../streams/local-audio-stream.js';
import type { VideoStreamFeatureFactory } from '../streams/local-video-stream.js';
import { AudioConferencing, type TeamsMeetingAudioConferencingCallFeature } from './audio-conferencing.js';
import { AudioEffects, type AudioEffectsFeature } from './audio-effects.js';
import { BreakoutRooms, type BreakoutRoomsCallFeature } from './breakout-rooms.js';
import { CallSurveyCallFeature, type CallSurveyFeature } from './call-survey.js';
import { Capabilities, type CapabilitiesFeature } from './capabilities.js';
import { CaptionsFeature, type CaptionsCallFeature } from './captions.js';
import { DataChannel, type DataChannelCallFeature } from './data-channel.js';
import { DebugInfo, type DebugInfoCallClientFeature } from './debug-info.js';
import { DominantSpeakers, type DominantSpeakersCallFeature } from './dominant-speakers.js';
import { MediaAccessFeature, type MediaAccessCallFeature } from './media-access.js';
import { MediaStats, type MediaStatsCallFeature } from './media-stats.js';
import { OptimalVideoCount, type OptimalVideoCountCallFeature } from './optimal-video-count.js';
import { PPTLive, type PPTLiveCallFeature } from './ppt-live.js';
import { RaiseHand, type RaiseHandCallFeature } from './raise-hand.js';
import { ReactionFeature, type ReactionCallFeature } from './reaction.js';
import { RealTimeText, type RealTimeTextFeature } from './real-time-text.js';
import { Recording, type RecordingCallFeature } from './recording.js';
import { Spotlight, type SpotlightCallFeature } from './spotlight.js';
import { TogetherMode, type TogetherModeCallFeature } from './together-mode.js';
import { Transcription, type TranscriptionCallFeature } from './transcription.js';
import { TransferFeature, type TransferCallFeature } from './transfer.js';
import { UserFacingDiagnostics, type UserFacingDiagnosticsFeature } from './user-facing-diagnostics.js';
import { VideoEffects, type VideoEffectsFeature } from './video-effects.js';

const userFacingDiagnostics: CallFeatureFactory<UserFacingDiagnosticsFeature> = { callApiCtor: UserFacingDiagnostics };

/** What the keys are, by name. */
export interface FeatureKeys {
  readonly Recording: CallFeatureFactory<RecordingCallFeature>;
  readonly Transfer: CallFeatureFactory<TransferCallFeature>;
  readonly Transcription: CallFeatureFactory<TranscriptionCallFeature>;
  readonly Captions: CallFeatureFactory<CaptionsCallFeature>;
  readonly RaiseHand: CallFeatureFactory<RaiseHandCallFeature>;
  readonly Reaction: CallFeatureFactory<ReactionCallFeature>;
  readonly Spotlight: CallFeatureFactory<SpotlightCallFeature>;
  readonly PPTLive: CallFeatureFactory<PPTLiveCallFeature>;
  readonly BreakoutRooms: CallFeatureFactory<BreakoutRoomsCallFeature>;
  readonly Capabilities: CallFeatureFactory<CapabilitiesFeature>;
  readonly DominantSpeakers: CallFeatureFactory<DominantSpeakersCallFeature>;
  readonly CallSurvey: CallFeatureFactory<CallSurveyFeature>;
  readonly UserFacingDiagnostics: CallFeatureFactory<UserFacingDiagnosticsFeature>;
  readonly MediaStats: CallFeatureFactory<MediaStatsCallFeature>;
  readonly DebugInfo: CallClientFeatureFactory<DebugInfoCallClientFeature>;
  readonly VideoEffects: VideoStreamFeatureFactory<VideoEffectsFeature>;
  readonly AudioEffects: AudioStreamFeatureFactory<AudioEffectsFeature>;
  readonly DataChannel: CallFeatureFactory<DataChannelCallFeature>;
  readonly OptimalVideoCount: CallFeatureFactory<OptimalVideoCountCallFeature>;
  readonly TeamsMeetingAudioConferencing: CallFeatureFactory<TeamsMeetingAudioConferencingCallFeature>;
  readonly TogetherMode: CallFeatureFactory<TogetherModeCallFeature>;
  readonly MediaAccess: CallFeatureFactory<MediaAccessCallFeature>;
  readonly RealTimeText: CallFeatureFactory<RealTimeTextFeature>;
  /** The name of 2021 for `UserFacingDiagnostics`. */
  readonly Diagnostics: CallFeatureFactory<UserFacingDiagnosticsFeature>;
}

/** The keys of `feature()`: of calls, but for `DebugInfo` (client), `VideoEffects` and `AudioEffects` (local streams). */
export const Features: FeatureKeys = {
  Recording: { callApiCtor: Recording },
  Transfer: { callApiCtor: TransferFeature },
  Transcription: { callApiCtor: Transcription },
  Captions: { callApiCtor: CaptionsFeature },
  RaiseHand: { callApiCtor: RaiseHand },
  Reaction: { callApiCtor: ReactionFeature },
  Spotlight: { callApiCtor: Spotlight },
  PPTLive: { callApiCtor: PPTLive },
  BreakoutRooms: { callApiCtor: BreakoutRooms },
  Capabilities: { callApiCtor: Capabilities },
  DominantSpeakers: { callApiCtor: DominantSpeakers },
  CallSurvey: { callApiCtor: CallSurveyCallFeature },
  UserFacingDiagnostics: userFacingDiagnostics,
  MediaStats: { callApiCtor: MediaStats },
  DebugInfo: { callClientApiCtor: DebugInfo },
  VideoEffects: { videoStreamApiCtor: VideoEffects },
  AudioEffects: { audioStreamApiCtor: AudioEffects },
  DataChannel: { callApiCtor: DataChannel },
  OptimalVideoCount: { callApiCtor: OptimalVideoCount },
  TeamsMeetingAudioConferencing: { callApiCtor: AudioConferencing },
  TogetherMode: { callApiCtor: TogetherMode },
  MediaAccess: { callApiCtor: MediaAccessFeature },
  RealTimeText: { callApiCtor: RealTimeText },
  Diagnostics: userFacingDiagnostics,
};
