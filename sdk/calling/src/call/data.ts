import { failure } from '../errors.js';
import type { DataChannelMessage, DataChannelReceiver, DataChannelReceiverCloseEvent, DataChannelReceiverMessageReadyEvent, DataChannelSenderOpenOptions } from '../features/data-channel.js';
import type { DataChannel, Event, Reply, Request } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { log } from '../util/logger.js';
import { DataPace } from './data-pace.js';
import { DataSender } from './data-sender.js';
import { identifierOf } from './remote-participant.js';
import type { Roster } from './roster.js';

const ID_MAX = 65_535;
/** After so long without a message a receiver closes; as in ACS. A later message makes another one. */
const IDLE_MAX_MS = 120_000;
/** Messages of one receiver that nobody read yet; the oldest are dropped. More: memory of the page. Less: an app that is busy misses some. */
const UNREAD_MAX = 256;

interface ReceiverEvents {
  messageReady: DataChannelReceiverMessageReadyEvent;
  close: DataChannelReceiverCloseEvent;
}

/** One session of somebody else's data channel. */
class Receiver implements DataChannelReceiver {
  readonly senderParticipantIdentifier;
  private readonly emitter = new Emitter<ReceiverEvents>();
  readonly on = this.emitter.on.bind(this.emitter);
  readonly off = this.emitter.off.bind(this.emitter);
  private readonly unread: DataChannelMessage[] = [];

  constructor(readonly channelId: number, /** @internal */ readonly user: string) {
    this.senderParticipantIdentifier = identifierOf(user);
  }

  readMessage(): DataChannelMessage | undefined {
    return this.unread.shift();
  }

  /** @internal */
  handleMessage(message: DataChannelMessage): void {
    this.unread.push(message);
    if (this.unread.length > UNREAD_MAX) {
      this.unread.shift();
      log.warning(`Nobody reads data channel ${this.channelId}: its oldest message was dropped.`);
    }
    this.emitter.emit('messageReady');
  }

  /** @internal */
  handleClosed(): void {
    this.emitter.emit('close');
  }
}

interface Open {
  readonly receiver: Receiver;
  last: number;
  idle: ReturnType<typeof setTimeout>;
}

/** A call's data channels: those that this client sends by, and those of the others. */
export class CallData {
  readonly events = new Emitter<{ received: (receiver: DataChannelReceiver) => void }>();
  private readonly pace = new DataPace();
  private readonly senders = new Map<number, DataSender>();
  private readonly open = new Map<string, Open>();

  /** @param isIn whether this client is in the call */
  constructor(
    private readonly isIn: () => boolean,
    private readonly request: (request: Request) => Promise<Reply>,
    roster: Roster,
  ) {
    roster.events.on('updated', ({ removed }) => {
      const gone = new Set(removed.map((each) => each.user));
      this.closeAll((receiver) => gone.has(receiver.user));
    });
  }

  /** @throws CommunicationServicesError 400 for options that there are not */
  createSender(options: DataChannelSenderOpenOptions): DataSender {
    const id = this.idOf(options.channelId);
    const sender = new DataSender(id, options, {
      pace: this.pace,
      isIn: this.isIn,
      request: this.request,
      handleClosed: (closed) => {
        if (this.senders.get(id) === closed) {
          this.senders.delete(id);
        }
      },
    });
    this.senders.get(id)?.close();
    this.senders.set(id, sender);
    return sender;
  }

  handleReceived(event: Extract<Event, { type: 'dataReceived' }>): void {
    const { user, from, channel, sequence } = event;
    const key = keyOf(from, channel);
    const known = this.open.get(key);
    // Sent once more after an interruption.
    if (known && sequence <= known.last) {
      return;
    }
    const receiver = known?.receiver ?? new Receiver(channel.id, user);
    clearTimeout(known?.idle);
    this.open.set(key, { receiver, last: sequence, idle: setTimeout(() => this.close(key), IDLE_MAX_MS) });
    if (!known) {
      this.events.emit('received', receiver);
    }
    receiver.handleMessage({ sequenceNumber: sequence, data: fromBase64(event.data) });
  }

  handleClosed(event: Extract<Event, { type: 'dataClosed' }>): void {
    this.close(keyOf(event.from, event.channel));
  }

  /** Out of the call. */
  handleEnded(): void {
    for (const sender of this.senders.values()) {
      sender.handleEnded();
    }
    this.senders.clear();
    this.closeAll(() => true);
  }

  private closeAll(which: (receiver: Receiver) => boolean): void {
    for (const [key, { receiver }] of [...this.open]) {
      if (which(receiver)) {
        this.close(key);
      }
    }
  }

  private close(key: string): void {
    const known = this.open.get(key);
    this.open.delete(key);
    clearTimeout(known?.idle);
    known?.receiver.handleClosed();
  }

  private idOf(wanted: number | undefined): number {
    if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 0 && wanted <= ID_MAX)) {
      throw failure('invalidArgument', `A channelId is a whole number from 1 to ${ID_MAX}, or 0 or left out for one that is free.`);
    }
    if (wanted) {
      return wanted;
    }
    let id = 1;
    while (this.senders.has(id)) {
      id += 1;
    }
    return id;
  }
}

function keyOf(from: string, channel: DataChannel): string {
  return `${from}/${channel.id}/${channel.session}`;
}

/** The server passes on nothing else than base64. */
function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
