import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { PropertyChangedEvent } from '../api/common.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export type TranscriptionPropertyChangedEventType = 'isTranscriptionActiveChanged';

export interface TranscriptionEvents {
  isTranscriptionActiveChanged: PropertyChangedEvent;
}

export interface TranscriptionCallFeature extends CallFeature, EventSource<TranscriptionEvents> {
  readonly isTranscriptionActive: boolean;
  readonly isTeamsConsentRequired: boolean;
  grantTeamsConsent(): Promise<void>;
}

/** Whether somebody announced that they transcribe the call. */
export class Transcription extends FeatureBase<TranscriptionEvents> implements TranscriptionCallFeature {
  readonly name = 'Transcription';
  readonly isTeamsConsentRequired = false;
  private active: boolean;

  constructor(private readonly context: CallFeatureContext) {
    super();
    this.active = this.isAnnounced();
    coreOf(context).notices.events.on('changed', () => {
      const active = this.isAnnounced();
      if (active !== this.active) {
        this.active = active;
        this.emitter.emit('isTranscriptionActiveChanged');
      }
    });
  }

  get isTranscriptionActive(): boolean {
    return this.active;
  }

  grantTeamsConsent(): Promise<void> {
    return Promise.resolve();
  }

  private isAnnounced(): boolean {
    return coreOf(this.context).notices.of('transcription').some((notice) => notice.state === 'started');
  }
}
