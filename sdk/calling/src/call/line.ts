import { failure } from '../errors.js';
import type { Reply, Request } from '../signaling/protocol.gen.js';

/** One call's line to the server. */
export interface CallChannel {
  /** Whether there is a session now. */
  readonly isOpen: boolean;
  request(request: Request): Promise<Reply>;
  /** The line may be dead: media stopped arriving. */
  doubt(): void;
}

/** What takes the call's place at the server, or gives it up, or only makes sense at once. The rest waits until the call is back. */
const NEVER_WAITS: readonly Request['type'][] = ['join', 'startCall', 'accept', 'follow', 'resume', 'leave', 'negotiate'];

/** A call's requests: while the call is away from the server they wait until it is back. */
export class CallLine {
  private back: Promise<void> | undefined;
  private open: () => void = () => undefined;
  private ended = false;

  constructor(private readonly channel: CallChannel) {}

  get isOpen(): boolean {
    return this.channel.isOpen;
  }

  /** True from the loss of the connection until the server has given the call's place back. */
  get isAway(): boolean {
    return this.back !== undefined;
  }

  async request(request: Request): Promise<Reply> {
    if (!NEVER_WAITS.includes(request.type) && this.back) {
      await this.back;
    } else if (this.isAway && request.type === 'negotiate') {
      throw failure('networkLost', 'There is no connection to the server. Check the network and try again.');
    }
    if (this.ended) {
      throw failure('callEnded', 'The call has ended. Join again.');
    }
    return this.channel.request(request);
  }

  doubt(): void {
    this.channel.doubt();
  }

  handleAway(): void {
    this.back ??= new Promise<void>((resolve) => {
      this.open = resolve;
    });
  }

  /** Nothing is asked for any more. */
  handleEnded(): void {
    this.ended = true;
    this.handleBack();
  }

  handleBack(): void {
    this.back = undefined;
    this.open();
  }
}
