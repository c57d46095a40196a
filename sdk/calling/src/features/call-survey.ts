import type { CallFeature, CallFeatureContext } from '../api/call.js';
import { notSupported } from '../errors.js';
import { FeatureBase } from './base.js';

export type OverallIssue = 'CallCannotJoin' | 'CallCannotInvite' | 'HadToRejoin' | 'CallEndedUnexpectedly' | 'OtherIssues';
export type AudioIssue =
  | 'NoLocalAudio' | 'NoRemoteAudio' | 'Echo' | 'AudioNoise' | 'LowVolume' | 'AudioStoppedUnexpectedly' | 'DistortedSpeech' | 'AudioInterruption'
  | 'OtherIssues';
export type VideoIssue =
  | 'NoVideoReceived' | 'NoVideoSent' | 'LowQuality' | 'Freezes' | 'StoppedUnexpectedly' | 'DarkVideoReceived' | 'AudioVideoOutOfSync' | 'OtherIssues';
export type ScreenshareIssue =
  | 'NoContentLocal' | 'NoContentRemote' | 'CannotPresent' | 'LowQuality' | 'Freezes' | 'StoppedUnexpectedly' | 'LargeDelay' | 'OtherIssues';

export interface RatingScale {
  lowerBound: number;
  upperBound: number;
  lowScoreThreshold: number;
}

export interface CallRating<TIssue extends OverallIssue | AudioIssue | VideoIssue | ScreenshareIssue> {
  score: number;
  issues?: TIssue[];
  scale?: RatingScale;
}

export interface CallSurvey {
  overallRating?: CallRating<OverallIssue>;
  audioRating?: CallRating<AudioIssue>;
  videoRating?: CallRating<VideoIssue>;
  screenshareRating?: CallRating<ScreenshareIssue>;
}

export interface SubmitSurveyOptions {}

export interface CallSurveyResponse extends CallSurvey {
  readonly id: string;
  readonly callId: string;
  readonly localParticipantId: string;
}

export interface CallSurveyFeature extends CallFeature {
  submitSurvey(survey: CallSurvey, options?: SubmitSurveyOptions): Promise<CallSurveyResponse>;
}

/** Surveys are not kept anywhere, so submitting one is refused. */
export class CallSurveyCallFeature extends FeatureBase<Record<never, never>> implements CallSurveyFeature {
  readonly name = 'CallSurvey';

  constructor(_context: CallFeatureContext) {
    super();
  }

  submitSurvey(_survey: CallSurvey): Promise<CallSurveyResponse> {
    return Promise.reject(notSupported('Submitting a call survey'));
  }
}
