import type { CallCore } from '../call/call-core.js';
import { warn } from '../call/problems.js';
import type { Participant } from '../call/remote-participant.js';
import type { RemoteDiagnostic, RemoteDiagnostics, RemoteEvents, RemoteParticipantDiagnosticsData } from '../features/user-facing-diagnostics.js';
import type { Diagnostic, Event } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import type { DiagnosticStore, DiagnosticValue } from './store.js';

type Told = Extract<Event, { type: 'diagnosticsTold' }>;

/** Every diagnostic that there is; what another client calls otherwise is passed over. */
const NAMES: Record<RemoteDiagnostic['diagnostic'], true> = {
  networkReconnect: true, networkReceiveQuality: true, networkSendQuality: true, noNetwork: true, networkRelaysNotReachable: true,
  speakingWhileMicrophoneIsMuted: true, noSpeakerDevicesEnumerated: true, noMicrophoneDevicesEnumerated: true, cameraFreeze: true, cameraStartFailed: true,
  cameraStartTimedOut: true, capturerStartFailed: true, microphoneNotFunctioning: true, microphoneMuteUnexpectedly: true, cameraStoppedUnexpectedly: true,
  capturerStoppedUnexpectedly: true, screenshareRecordingDisabled: true, microphonePermissionDenied: true, cameraPermissionDenied: true,
  microphoneNotMuteButSilent: true, serverConnection: true,
};

/** What others tell of their network and devices; and, if the app wants it, what they are told of ours. */
export class RemoteDiagnosis implements RemoteDiagnostics {
  private readonly emitter = new Emitter<RemoteEvents>();
  readonly on = this.emitter.on.bind(this.emitter);
  readonly off = this.emitter.off.bind(this.emitter);
  /** By leg and name. */
  private readonly latest = new Map<string, RemoteDiagnostic>();
  private sending = false;
  private changed = new Map<string, DiagnosticValue>();

  constructor(private readonly core: CallCore, private readonly stores: readonly DiagnosticStore<string>[]) {
    core.events.on('diagnosticsTold', this.handleTold);
    core.roster.events.on('updated', this.handleRoster);
    for (const store of stores) {
      store.events.on('changed', this.handleChanged);
    }
  }

  get isSendingDiagnosticsEnabled(): boolean {
    return this.sending;
  }

  /** Everything so far, and from now on each change, goes to all others; in calls of more than 20 participants to nobody. */
  startSendingDiagnostics(): void {
    if (!this.sending) {
      this.sending = true;
      this.sendAll();
    }
  }

  stopSendingDiagnostics(): void {
    this.sending = false;
    this.changed.clear();
  }

  getLatest(): RemoteParticipantDiagnosticsData {
    return { diagnostics: [...this.latest.values()] };
  }

  dispose(): void {
    this.stopSendingDiagnostics();
    this.emitter.clear();
    this.core.events.off('diagnosticsTold', this.handleTold);
    this.core.roster.events.off('updated', this.handleRoster);
    for (const store of this.stores) {
      store.events.off('changed', this.handleChanged);
    }
  }

  private readonly handleTold = ({ user, from, diagnostics }: Told): void => {
    const remoteParticipant = this.core.roster.participants.find((each) => each.user === user);
    const known = diagnostics.flatMap(({ name, value }) => {
      if (!isName(name) || (value.kind === 'quality' && ![1, 2, 3].includes(value.level))) {
        return [];
      }
      const read: DiagnosticValue =
        value.kind === 'flag' ? { value: value.raised, valueType: 'DiagnosticFlag' } : { value: value.level, valueType: 'DiagnosticQuality' };
      return [{ participantId: from, rawId: user, ...(remoteParticipant && { remoteParticipant }), diagnostic: name, ...read }];
    });
    for (const each of known) {
      this.latest.set(`${from}/${each.diagnostic}`, each);
    }
    if (known.length > 0) {
      this.emitter.emit('diagnosticChanged', { diagnostics: known });
    }
  };

  /** Who came later knows nothing yet; nothing is known any more of who left. */
  private readonly handleRoster = ({ added, removed }: { added: Participant[]; removed: Participant[] }): void => {
    const gone = new Set(removed.map((each) => each.user));
    for (const [key, { rawId }] of [...this.latest]) {
      if (gone.has(rawId)) {
        this.latest.delete(key);
      }
    }
    if (this.sending && added.length > 0) {
      this.sendAll();
    }
  };

  private readonly handleChanged = (name: string, value: DiagnosticValue): void => {
    if (this.sending) {
      this.collect(name, value);
    }
  };

  private sendAll(): void {
    for (const store of this.stores) {
      for (const [name, value] of Object.entries(store.getLatest())) {
        if (value) {
          this.collect(name, value);
        }
      }
    }
  }

  /** What changes at one moment goes in one message. */
  private collect(name: string, value: DiagnosticValue): void {
    if (this.changed.size === 0) {
      queueMicrotask(() => this.send());
    }
    this.changed.set(name, value);
  }

  private send(): void {
    const diagnostics = [...this.changed].map(([name, { value }]): Diagnostic => ({
      name,
      value: typeof value === 'boolean' ? { kind: 'flag', raised: value } : { kind: 'quality', level: value },
    }));
    this.changed.clear();
    if (diagnostics.length > 0 && this.core.lifecycle.isIn) {
      this.core.request({ type: 'tellDiagnostics', diagnostics }).catch(warn('The others were not told of our diagnostics'));
    }
  }
}

function isName(name: string): name is RemoteDiagnostic['diagnostic'] {
  return Object.hasOwn(NAMES, name);
}
