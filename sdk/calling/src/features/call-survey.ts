import type { CallFeature, CallFeatureContext } from '../api/call.js';
import { unexpected } from '../call/problems.js';
import { failure } from '../errors.js';
import type { Rating, Survey } from '../signaling/protocol.gen.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

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

export interface SubmitSurveyOptions {
  /** Ours beyond ACS: what the person wrote; 2000 characters at most. */
  comment?: string;
}

export interface CallSurveyResponse extends CallSurvey {
  readonly id: string;
  readonly callId: string;
  readonly localParticipantId: string;
}

export interface CallSurveyFeature extends CallFeature {
  submitSurvey(survey: CallSurvey, options?: SubmitSurveyOptions): Promise<CallSurveyResponse>;
}

/** The server's bound of a number; what a score may be is the scale's to say. */
const NUMBER_MAX = 2 ** 32 - 1;

/** What this client's user thought of the call, kept by the server. To be asked for when the call has ended, as a rule. */
export class CallSurveyCallFeature extends FeatureBase<Record<never, never>> implements CallSurveyFeature {
  readonly name = 'CallSurvey';

  constructor(private readonly context: CallFeatureContext) {
    super();
  }

  /**
   * Submits a survey; a second one of the same call takes the place of the first.
   *
   * @throws CommunicationServicesError 400 for a score outside its scale, an unknown issue or no rating at all, 404 for a call that this client neither was
   * in nor waited for
   */
  async submitSurvey(survey: CallSurvey, options?: SubmitSurveyOptions): Promise<CallSurveyResponse> {
    const core = coreOf(this.context);
    const wire = surveyOf(survey, options?.comment);
    const participantId = core.details.participantId;
    if (!participantId) {
      throw failure('notFound', 'A call can be rated by those who were in it, or waited for it; this client did not come so far.');
    }
    const reply = await core.requestBesides({ type: 'submitSurvey', participantId, survey: wire });
    if (reply.type !== 'surveyKept') {
      throw unexpected('submitSurvey', reply);
    }
    return { ...survey, id: reply.id, callId: core.id, localParticipantId: participantId };
  }
}

function surveyOf(survey: CallSurvey, comment: string | undefined): Survey {
  if (typeof survey !== 'object' || survey === null) {
    throw failure('invalidArgument', 'submitSurvey needs a survey: { overallRating: { score: 5 } }.');
  }
  if (comment !== undefined && typeof comment !== 'string') {
    throw failure('invalidArgument', 'A survey\'s comment is a string.');
  }
  const { overallRating, audioRating, videoRating, screenshareRating } = survey;
  return {
    ...(overallRating && { overall: ratingOf('overallRating', overallRating) }),
    ...(audioRating && { audio: ratingOf('audioRating', audioRating) }),
    ...(videoRating && { video: ratingOf('videoRating', videoRating) }),
    ...(screenshareRating && { screenshare: ratingOf('screenshareRating', screenshareRating) }),
    ...(comment === undefined ? {} : { comment }),
  };
}

/** That it is of the right kind; whether it fits is for the server to say, in words that name the rating. */
function ratingOf(name: string, { score, issues, scale }: CallRating<OverallIssue | AudioIssue | VideoIssue | ScreenshareIssue>): Rating {
  const whole = (value: unknown, what: string): number => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > NUMBER_MAX) {
      throw failure('invalidArgument', `${name}: ${what} is a whole number from 0 on.`);
    }
    return value;
  };
  if (issues !== undefined && !(Array.isArray(issues) && issues.every((issue) => typeof issue === 'string'))) {
    throw failure('invalidArgument', `${name}: issues is a list of names.`);
  }
  return {
    score: whole(score, 'score'),
    ...(issues && issues.length > 0 ? { issues: [...issues] } : {}),
    ...(scale && {
      scale: {
        lowerBound: whole(scale.lowerBound, 'lowerBound'),
        upperBound: whole(scale.upperBound, 'upperBound'),
        lowScoreThreshold: whole(scale.lowScoreThreshold, 'lowScoreThreshold'),
      },
    }),
  };
}
