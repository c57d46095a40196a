import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { CollectionUpdatedEvent, PropertyChangedEvent } from '../api/common.js';
import { RecordingState } from '../api/enums.js';
import type { Notice } from '../signaling/protocol.gen.js';
import { Emitter, type EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

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

const STATES: Record<Notice['state'], RecordingState> = { started: RecordingState.Started, paused: RecordingState.Paused };

/** One recording, from its announcement to its end. */
class Announced implements RecordingInfo {
  private readonly emitter = new Emitter<{ recordingStateChanged: PropertyChangedEvent }>();
  readonly on = this.emitter.on.bind(this.emitter);
  readonly off = this.emitter.off.bind(this.emitter);

  constructor(private current: RecordingState) {}

  get state(): RecordingState {
    return this.current;
  }

  handleState(state: RecordingState): void {
    if (state !== this.current) {
      this.current = state;
      this.emitter.emit('recordingStateChanged');
    }
  }
}

/** Who records the call, as they announced it. Nobody needs to consent by a button: whoever stays has been told. */
export class Recording extends FeatureBase<RecordingEvents> implements RecordingCallFeature {
  readonly name = 'Recording';
  readonly isTeamsConsentRequired = false;
  /** By the raw id of who records. */
  private readonly announced = new Map<string, Announced>();
  private active = false;

  constructor(private readonly context: CallFeatureContext) {
    super();
    const { notices } = coreOf(context);
    notices.events.on('changed', () => this.handleChanged());
    this.handleChanged();
  }

  get isRecordingActive(): boolean {
    return this.active;
  }

  get recordings(): RecordingInfo[] {
    return [...this.announced.values()];
  }

  grantTeamsConsent(): Promise<void> {
    return Promise.resolve();
  }

  private handleChanged(): void {
    const now = coreOf(this.context).notices.of('recording');
    const removed = [...this.announced].filter(([by]) => !now.some((notice) => notice.by === by));
    const added: Announced[] = [];
    for (const [by] of removed) {
      this.announced.delete(by);
    }
    for (const { by, state } of now) {
      const known = this.announced.get(by);
      if (!known) {
        const recording = new Announced(STATES[state]);
        this.announced.set(by, recording);
        added.push(recording);
      }
    }
    const wasActive = this.active;
    this.active = now.some((notice) => notice.state === 'started');
    for (const { by, state } of now) {
      this.announced.get(by)?.handleState(STATES[state]);
    }
    for (const [, recording] of removed) {
      recording.handleState(RecordingState.Ended);
    }
    if (added.length > 0 || removed.length > 0) {
      this.emitter.emit('recordingsUpdated', { added, removed: removed.map(([, recording]) => recording) });
    }
    if (this.active !== wasActive) {
      this.emitter.emit('isRecordingActiveChanged');
    }
  }
}
