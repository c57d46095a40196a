import type { CommunicationUserIdentifier, MicrosoftTeamsUserIdentifier } from '@azure/communication-common';
import type { CallFeature } from '../api/call.js';
import { notSupported } from '../errors.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type Reaction = 'like' | 'heart' | 'laugh' | 'surprised' | 'applause';

export interface ReactionMessage {
  reactionType: Reaction;
}

export interface ReactionEventPayload {
  identifier: CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier;
  reactionMessage: ReactionMessage;
}
export type ReactionListener = (data: ReactionEventPayload) => void;

export interface ReactionEvents {
  reaction: ReactionListener;
}

export interface ReactionCallFeature extends CallFeature, EventSource<ReactionEvents> {
  sendReaction(reactionMessage: ReactionMessage): Promise<void>;
}

/** Nobody reacts. */
export class ReactionFeature extends FeatureBase<ReactionEvents> implements ReactionCallFeature {
  readonly name = 'Reaction';

  sendReaction(): Promise<void> {
    return Promise.reject(notSupported('Sending a reaction'));
  }
}
