import type { CommunicationUserIdentifier, MicrosoftTeamsUserIdentifier } from '@azure/communication-common';
import type { CallFeature, CallFeatureContext } from '../api/call.js';
import { failure } from '../errors.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export type Reaction = 'like' | 'heart' | 'laugh' | 'surprised' | 'applause';

export interface ReactionMessage {
  reactionType: Reaction;
}

export interface ReactionEventPayload {
  /** In fact the raw id, a string. */
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

const REACTIONS: readonly Reaction[] = ['like', 'heart', 'laugh', 'surprised', 'applause'];

/** Reactions of everybody, this client's own among them. */
export class ReactionFeature extends FeatureBase<ReactionEvents> implements ReactionCallFeature {
  readonly name = 'Reaction';

  constructor(private readonly context: CallFeatureContext) {
    super();
    coreOf(context).spotlight.events.on('reacted', (user, reactionType) => {
      // A raw id, against its type: ACS sends that, and apps split it and UI libraries look participants up by it.
      const identifier = user as unknown as ReactionEventPayload['identifier'];
      this.emitter.emit('reaction', { identifier, reactionMessage: { reactionType } });
    });
  }

  /** @throws CommunicationServicesError 400 for a reaction that there is not, 403 if our role may not react */
  async sendReaction(reactionMessage: ReactionMessage): Promise<void> {
    const { reactionType } = reactionMessage;
    if (!REACTIONS.includes(reactionType)) {
      throw failure('invalidArgument', `There is no reaction ${JSON.stringify(reactionType)}. There are ${REACTIONS.join(', ')}.`);
    }
    await coreOf(this.context).spotlight.react(reactionType);
  }
}
