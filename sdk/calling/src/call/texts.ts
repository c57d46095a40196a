import { asCallingError, failure } from '../errors.js';
import type { Event, Reply, Request } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';

/** One text in bytes of UTF-8; the server's bound. */
const TEXT_MAX = 2000;
/** How long a text that the server refused for its rate waits until it is sent once more. */
const AGAIN_AFTER_MS = 500;

/** What somebody, maybe this client itself, typed so far. */
export interface TypedText {
  readonly user: string;
  readonly sequence: number;
  readonly text: string;
  readonly done: boolean;
  /** When its beginning came here, and when this state of it did. */
  readonly since: Date;
  readonly at: Date;
}

interface Waiting {
  text: string;
  done: boolean;
  readonly settle: ((error?: unknown) => void)[];
}

/** Real-time text: what is typed goes out as fast as the line takes it; of several states of one text that wait, only the newest. */
export class CallTexts {
  readonly events = new Emitter<{ received: (text: TypedText) => void }>();
  private readonly since = new Map<number, Date>();
  private readonly waiting: Waiting[] = [];
  private isSending = false;

  constructor(private readonly request: (request: Request) => Promise<Reply>) {}

  /** @throws CommunicationServicesError 400 for what is no text or too long, 403 if our role may not type */
  send(text: string, done: boolean): Promise<void> {
    if (typeof text !== 'string' || new TextEncoder().encode(text).length > TEXT_MAX) {
      return Promise.reject(failure('invalidArgument', `A real-time text is a string of at most ${TEXT_MAX} bytes. Finalize it, and go on with another one.`));
    }
    return new Promise<void>((resolve, reject) => {
      const settle = (error?: unknown): void => (error === undefined ? resolve() : reject(asCallingError(error)));
      const last = this.waiting.at(-1);
      if (last && !last.done) {
        Object.assign(last, { text, done });
        last.settle.push(settle);
      } else {
        this.waiting.push({ text, done, settle: [settle] });
      }
      void this.work();
    });
  }

  handleReceived({ user, sequence, text, done }: Extract<Event, { type: 'textReceived' }>): void {
    const at = new Date();
    const since = this.since.get(sequence) ?? at;
    if (done) {
      this.since.delete(sequence);
    } else {
      this.since.set(sequence, since);
    }
    this.events.emit('received', { user, sequence, text, done, since, at });
  }

  /** Out of the call. */
  handleEnded(): void {
    this.since.clear();
  }

  private async work(): Promise<void> {
    if (this.isSending) {
      return;
    }
    this.isSending = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const { text, done, settle } = next;
      try {
        await this.sendUntilTaken({ type: 'sendText', text, done });
        settle.forEach((each) => each());
      } catch (error) {
        settle.forEach((each) => each(error));
      }
    }
    this.isSending = false;
  }

  private async sendUntilTaken(request: Request): Promise<void> {
    for (;;) {
      try {
        await this.request(request);
        return;
      } catch (error) {
        if (asCallingError(error).code !== 429) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
      }
    }
  }
}
