import type { CallFeature } from '../api/call.js';
import type { CollectionUpdatedEvent, PropertyChangedEvent } from '../api/common.js';
import { RecordingState } from '../api/enums.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export interface RecordingInfo extends EventSource<{ recordingStateChanged: PropertyChangedEvent }> {
  readonly state: RecordingState;
}

export interface RecordingEvents {
  isRecordingActiveChanged: PropertyChangedEvent;
  recordingsUpdated: CollectionUpdatedEvent<RecordingInfo>;
}

export interface RecordingCallFeature extends CallFeature, EventSource<RecordingEvents> {
  readonly isRecordingActive: boolean;
  readonly recordings: RecordingInfo[];
  readonly isTeamsConsentRequired: boolean;
  grantTeamsConsent(): Promise<void>;
}

/** Calls are not recorded by this version of Convene, so nobody needs to consent. */
export class Recording extends FeatureBase<RecordingEvents> implements RecordingCallFeature {
  readonly name = 'Recording';
  readonly isRecordingActive = false;
  readonly isTeamsConsentRequired = false;

  get recordings(): RecordingInfo[] {
    return [];
  }

  grantTeamsConsent(): Promise<void> {
    return Promise.resolve();
  }
}
