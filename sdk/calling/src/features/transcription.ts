import type { CallFeature } from '../api/call.js';
import type { PropertyChangedEvent } from '../api/common.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type TranscriptionPropertyChangedEventType = 'isTranscriptionActiveChanged';

export interface TranscriptionEvents {
  isTranscriptionActiveChanged: PropertyChangedEvent;
}

export interface TranscriptionCallFeature extends CallFeature, EventSource<TranscriptionEvents> {
  readonly isTranscriptionActive: boolean;
  readonly isTeamsConsentRequired: boolean;
  grantTeamsConsent(): Promise<void>;
}

/** Calls are not transcribed by this version of Convene, so nobody needs to consent. */
export class Transcription extends FeatureBase<TranscriptionEvents> implements TranscriptionCallFeature {
  readonly name = 'Transcription';
  readonly isTranscriptionActive = false;
  readonly isTeamsConsentRequired = false;

  grantTeamsConsent(): Promise<void> {
    return Promise.resolve();
  }
}
