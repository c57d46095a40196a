import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallFeature, CallFeatureContext } from '../api/call.js';
import { identifierOf } from '../call/remote-participant.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

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

/** Whom everybody's page shows first. */
export class Spotlight extends FeatureBase<SpotlightEvents> implements SpotlightCallFeature {
  readonly name = 'Spotlight';
  /** The server's bound, as in ACS. */
  readonly maxParticipantsToSpotlight = 7;

  constructor(private readonly context: CallFeatureContext) {
    super();
    const { spotlight } = coreOf(context);
    spotlight.events.on('changed', (added, removed) => {
      const places = this.getSpotlightedParticipants();
      const withPlace = (user: string): SpotlightedParticipant => places[spotlight.users.indexOf(user)] ?? { identifier: identifierOf(user) };
      this.emitter.emit('spotlightChanged', { added: added.map(withPlace), removed: removed.map((user) => ({ identifier: identifierOf(user) })) });
    });
  }

  /**
   * Puts participants, or without a list ourselves, into everybody's spotlight.
   * @throws CommunicationServicesError 400 if they would be more than 7, 403 if our role does not lead the call
   */
  startSpotlight(participants?: CommunicationIdentifier[]): Promise<void> {
    return coreOf(this.context).spotlight.start(participants);
  }

  /** @throws CommunicationServicesError 403 for others than ourselves if our role does not lead the call */
  stopSpotlight(participants?: CommunicationIdentifier[]): Promise<void> {
    return coreOf(this.context).spotlight.stop(participants);
  }

  /** @throws CommunicationServicesError 403 if others are in the spotlight and our role does not lead the call */
  stopAllSpotlight(): Promise<void> {
    return coreOf(this.context).spotlight.stopAll();
  }

  /** With `order` counted from 1, first chosen first. */
  getSpotlightedParticipants(): SpotlightedParticipant[] {
    return coreOf(this.context).spotlight.users.map((user, index) => ({ identifier: identifierOf(user), order: index + 1 }));
  }
}
