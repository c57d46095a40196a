import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { PropertyChangedEvent } from '../api/common.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export interface DominantSpeakersInfo {
  speakersList: ReadonlyArray<CommunicationIdentifierKind>;
  timestamp: Date;
}

export interface DominantSpeakersEvents {
  dominantSpeakersChanged: PropertyChangedEvent;
}

export interface DominantSpeakersCallFeature extends CallFeature, EventSource<DominantSpeakersEvents> {
  readonly dominantSpeakers: DominantSpeakersInfo;
}

/** Who speaks now, loudest first, this client left out. */
export class DominantSpeakers extends FeatureBase<DominantSpeakersEvents> implements DominantSpeakersCallFeature {
  readonly name = 'DominantSpeakers';
  private changedAt = new Date();

  constructor(private readonly context: CallFeatureContext) {
    super();
    coreOf(context).roster.events.on('speakersChanged', () => {
      this.changedAt = new Date();
      this.emitter.emit('dominantSpeakersChanged');
    });
  }

  get dominantSpeakers(): DominantSpeakersInfo {
    const speakersList = coreOf(this.context).roster.speakers.map((speaker) => ({ ...speaker.identifier }));
    return { speakersList, timestamp: new Date(this.changedAt) };
  }
}
