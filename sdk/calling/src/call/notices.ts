import type { ConveneAnnouncing } from '../api/call.js';
import { failure } from '../errors.js';
import type { Notice, Reply, Request } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';

const STATES: Readonly<Record<string, 'started' | 'paused' | 'ended'>> = { Started: 'started', Paused: 'paused', Ended: 'ended' };

/** What those in the call are told about it: that somebody records or transcribes. The server keeps what was announced. */
export class CallNotices implements ConveneAnnouncing {
  readonly events = new Emitter<{ changed: () => void }>();
  private current: readonly Notice[] = [];

  constructor(private readonly request: (request: Request) => Promise<Reply>) {}

  /** What is announced now of that kind. */
  of(kind: Notice['kind']): readonly Notice[] {
    return this.current.filter((notice) => notice.kind === kind);
  }

  async announceRecording(state: 'Started' | 'Paused' | 'Ended'): Promise<void> {
    const wanted = STATES[state];
    if (!wanted) {
      throw failure('invalidArgument', `A recording can be ${Object.keys(STATES).join(', ')}; not ${String(state)}.`);
    }
    await this.request({ type: 'announce', kind: 'recording', state: wanted });
  }

  async announceTranscription(active: boolean): Promise<void> {
    await this.request({ type: 'announce', kind: 'transcription', state: active ? 'started' : 'ended' });
  }

  /** Everything that is announced now. */
  handleNotices(notices: readonly Notice[]): void {
    const same = notices.length === this.current.length && notices.every((each, index) => isSame(each, this.current[index]));
    this.current = [...notices];
    if (!same) {
      this.events.emit('changed');
    }
  }
}

function isSame(one: Notice, other: Notice | undefined): boolean {
  return one.kind === other?.kind && one.state === other.state && one.by === other.by;
}
