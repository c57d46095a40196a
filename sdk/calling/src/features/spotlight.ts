import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallFeature } from '../api/call.js';
import { notSupported } from '../errors.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type SpotlightChangedEventType = 'spotlightChanged';

export interface SpotlightedParticipant {
  identifier: CommunicationIdentifier;
  order?: number;
}

export interface SpotlightEvents {
  spotlightChanged: (args: { added: SpotlightedParticipant[]; removed: SpotlightedParticipant[] }) => void;
}

export interface SpotlightCallFeature extends CallFeature, EventSource<SpotlightEvents> {
  readonly maxParticipantsToSpotlight: number;
  startSpotlight(participants?: CommunicationIdentifier[]): Promise<void>;
  stopSpotlight(participants?: CommunicationIdentifier[]): Promise<void>;
  stopAllSpotlight(): Promise<void>;
  getSpotlightedParticipants(): SpotlightedParticipant[];
}

/** Nobody is ever in the spotlight. */
export class Spotlight extends FeatureBase<SpotlightEvents> implements SpotlightCallFeature {
  readonly name = 'Spotlight';
  readonly maxParticipantsToSpotlight = 0;

  startSpotlight(): Promise<void> {
    return Promise.reject(notSupported('Putting a participant into the spotlight'));
  }

  stopSpotlight(): Promise<void> {
    return Promise.reject(notSupported('Taking a participant out of the spotlight'));
  }

  stopAllSpotlight(): Promise<void> {
    return Promise.reject(notSupported('Ending the spotlight'));
  }

  getSpotlightedParticipants(): SpotlightedParticipant[] {
    return [];
  }
}
