import type { CommunicationUserIdentifier, MicrosoftTeamsUserIdentifier } from '@azure/communication-common';
import type { CallFeature } from '../api/call.js';
import { notSupported } from '../errors.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

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

/** No hand is ever raised. */
export class RaiseHand extends FeatureBase<RaiseHandEvents> implements RaiseHandCallFeature {
  readonly name = 'RaiseHand';

  raiseHand(): Promise<void> {
    return Promise.reject(notSupported('Raising a hand'));
  }

  lowerHand(): Promise<void> {
    return Promise.reject(notSupported('Lowering a hand'));
  }

  lowerHands(): Promise<void> {
    return Promise.reject(notSupported('Lowering hands'));
  }

  lowerAllHands(): Promise<void> {
    return Promise.reject(notSupported('Lowering all hands'));
  }

  getRaisedHands(): RaisedHand[] {
    return [];
  }
}
