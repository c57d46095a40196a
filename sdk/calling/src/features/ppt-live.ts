import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallFeature } from '../api/call.js';
import type { PropertyChangedEvent } from '../api/common.js';
import { notSupported } from '../errors.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export interface PPTLiveEvents {
  isActiveChanged: PropertyChangedEvent;
}

export interface PPTLiveCallFeature extends CallFeature, EventSource<PPTLiveEvents> {
  readonly isActive: boolean;
  readonly target: HTMLElement;
  readonly activePresenterId?: CommunicationIdentifier;
}

/** Nobody presents slides this way; the target exists only while somebody does. */
export class PPTLive extends FeatureBase<PPTLiveEvents> implements PPTLiveCallFeature {
  readonly name = 'PPTLive';
  readonly isActive = false;

  get target(): HTMLElement {
    throw notSupported('Showing live slides', 'Look at isActive first.');
  }
}
