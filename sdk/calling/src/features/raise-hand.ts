import type { CommunicationUserIdentifier, MicrosoftTeamsUserIdentifier } from '@azure/communication-common';
import type { CallFeature, CallFeatureContext } from '../api/call.js';
import { identifierOf } from '../call/remote-participant.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export type RaisedHandEventType = 'raisedHandEvent';
export type LoweredHandEventType = 'loweredHandEvent';

export interface RaisedHand {
  identifier: CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier;
  order: number;
}

export interface RaisedHandChangedEvent {
  identifier: CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier;
}
export type RaisedHandListener = (data: RaisedHandChangedEvent) => void;
export type LoweredHandListener = (data: RaisedHandChangedEvent) => void;

export interface RaiseHandEvents {
  raisedHandEvent: RaisedHandListener;
  loweredHandEvent: LoweredHandListener;
}

export interface RaiseHandCallFeature extends CallFeature, EventSource<RaiseHandEvents> {
  raiseHand(): Promise<void>;
  lowerHand(): Promise<void>;
  lowerHands(identifiers: (CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier)[]): Promise<void>;
  lowerAllHands(): Promise<void>;
  getRaisedHands(): RaisedHand[];
}

/** Whose hands are raised, first raised first. */
export class RaiseHand extends FeatureBase<RaiseHandEvents> implements RaiseHandCallFeature {
  readonly name = 'RaiseHand';

  constructor(private readonly context: CallFeatureContext) {
    super();
    const { hands } = coreOf(context);
    hands.events.on('raised', (user) => this.emitter.emit('raisedHandEvent', { identifier: personOf(user) }));
    hands.events.on('lowered', (user) => this.emitter.emit('loweredHandEvent', { identifier: personOf(user) }));
  }

  raiseHand(): Promise<void> {
    return coreOf(this.context).hands.raise();
  }

  lowerHand(): Promise<void> {
    return coreOf(this.context).hands.lowerOwn();
  }

  /** @throws CommunicationServicesError 403 if our role does not manage others, and somebody else's hand is among them */
  lowerHands(identifiers: (CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier)[]): Promise<void> {
    return coreOf(this.context).hands.lower(identifiers);
  }

  /** @throws CommunicationServicesError 403 if our role does not manage others */
  lowerAllHands(): Promise<void> {
    return coreOf(this.context).hands.lowerAll();
  }

  /** With `order` counted from 1. */
  getRaisedHands(): RaisedHand[] {
    return coreOf(this.context).hands.raised.map((user, index) => ({ identifier: personOf(user), order: index + 1 }));
  }
}

/** Those in a call are users of these two kinds. */
function personOf(rawId: string): CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier {
  return identifierOf(rawId) as CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier;
}
