import type { CommunicationIdentifier } from '@azure/communication-common';
import { asCallingError, failure, isInterruption } from '../errors.js';
import type { DataChannelSender, DataChannelSenderOpenOptions } from '../features/data-channel.js';
import type { DataChannel, Reply, Request } from '../signaling/protocol.gen.js';
import { log } from '../util/logger.js';
import type { DataPace, Lane, Parcel } from './data-pace.js';
import { rawIdOf } from './identifier.js';

/** One message, in bytes; as in ACS. */
export const MESSAGE_MAX = 32 * 1024;
/** Participants that a channel may name; as in ACS. */
const TARGETS_MAX = 64;
/** Bytes of a durable channel that may wait. More: memory of the page. Less: a burst is refused. */
const DURABLE_WAITING_MAX = 1024 * 1024;
/** Bytes of a lossy channel that may wait; what is older is dropped. More: what arrives is old. Less: a picture does not fit. */
const LOSSY_WAITING_MAX = 128 * 1024;
/** How long a durable message that the server refused for its rate waits until it is sent once more. */
const AGAIN_AFTER_MS = 500;

/** What a sender needs of the call. */
export interface DataSenderPorts {
  readonly pace: DataPace;
  readonly isIn: () => boolean;
  readonly request: (request: Request) => Promise<Reply>;
  readonly handleClosed: (sender: DataSender) => void;
}

interface Waiting extends Parcel {
  readonly settle: (error?: unknown) => void;
}

/** Our end of a data channel, from its opening to its end. */
export class DataSender implements DataChannelSender, Lane {
  readonly maxMessageSize = MESSAGE_MAX;
  readonly isHigh: boolean;
  notBefore = 0;
  private readonly channel: DataChannel;
  private readonly isDurable: boolean;
  private readonly millisPerByte: number;
  private readonly waiting: Waiting[] = [];
  private targets: string[] | null;
  private sequence = 0;
  /** A durable message is on its way: the next one follows once the server has it. */
  private isBusy = false;
  private closed = false;

  /** @throws CommunicationServicesError 400 for options that there are not */
  constructor(id: number, options: DataChannelSenderOpenOptions, private readonly ports: DataSenderPorts) {
    const { bitrateInKbps, participants, priority = 'Normal', reliability = 'Lossy' } = options;
    if (priority !== 'High' && priority !== 'Normal') {
      throw failure('invalidArgument', 'A data channel\'s priority is High or Normal.');
    }
    if (reliability !== 'Durable' && reliability !== 'Lossy') {
      throw failure('invalidArgument', 'A data channel\'s reliability is Durable or Lossy.');
    }
    if (bitrateInKbps !== undefined && !(bitrateInKbps > 0)) {
      throw failure('invalidArgument', 'A data channel\'s bitrateInKbps is a number above 0, or left out.');
    }
    this.isHigh = priority === 'High';
    this.isDurable = reliability === 'Durable';
    this.millisPerByte = bitrateInKbps === undefined ? 0 : 8 / bitrateInKbps;
    this.targets = targetsOf(participants);
    this.channel = { id, session: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 };
    ports.pace.add(this);
  }

  get channelId(): number {
    return this.channel.id;
  }

  setParticipants(participants: CommunicationIdentifier[]): void {
    this.mustBeOpen();
    this.targets = targetsOf(participants);
  }

  /**
   * Sends to all, or to those who are set. Resolves when the server has it, and for a lossy channel also when it was dropped.
   *
   * @throws CommunicationServicesError 400 for what is no Uint8Array or too large, 404 if nobody of those who are set is in the call, 403 if our role
   * may not send, 412 for a closed channel or before Connected, 429 if more waits than a durable channel keeps
   */
  sendMessage(data: Uint8Array): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.mustBeOpen();
      if (!(data instanceof Uint8Array) || data.length > MESSAGE_MAX) {
        throw failure('invalidArgument', `A message is a Uint8Array of at most ${MESSAGE_MAX} bytes. Send more in parts.`);
      }
      if (!this.ports.isIn()) {
        throw failure('notInCall', 'Data can be sent when the call is Connected.');
      }
      this.makeRoom(data.length);
      this.sequence += 1;
      const request: Request = {
        type: 'sendData', channel: this.channel, sequence: this.sequence, mayBeLost: !this.isDurable, to: this.targets, data: toBase64(data),
      };
      const settle = (error?: unknown): void => (error === undefined ? resolve() : reject(asCallingError(error)));
      this.waiting.push({ bytes: data.length, settle, go: () => void this.send(request, settle) });
      this.ports.pace.pump();
    });
  }

  /** What waits is sent first; the receivers learn of the end. */
  close(): void {
    if (!this.closed) {
      this.closed = true;
      this.waiting.push({ bytes: 1, settle: () => undefined, go: () => void this.finish() });
      this.ports.handleClosed(this);
      this.ports.pace.pump();
    }
  }

  /** @internal The call is over for us: nobody can be told. */
  handleEnded(): void {
    this.closed = true;
    this.ports.pace.remove(this);
    for (const { settle } of this.waiting.splice(0)) {
      settle(failure('callEnded', 'The call ended before the message was sent.'));
    }
  }

  /** For the pace: what goes next. */
  next(): Parcel | undefined {
    return this.isBusy ? undefined : this.waiting[0];
  }

  /** For the pace: it goes. */
  take(parcel: Parcel): void {
    this.waiting.shift();
    this.isBusy = this.isDurable;
    this.notBefore = Math.max(performance.now(), this.notBefore) + parcel.bytes * this.millisPerByte;
  }

  private async send(request: Request, settle: (error?: unknown) => void): Promise<void> {
    try {
      await (this.isDurable ? this.sendUntilTaken(request) : this.ports.request(request));
      settle();
    } catch (error) {
      const lost = !this.isDurable && (isInterruption(error) || isTooMuch(error));
      settle(lost ? undefined : error);
    }
    this.isBusy = false;
    this.ports.pace.pump();
  }

  /** Once more after an interruption, which may have come before or after the server had it; receivers take each number once. */
  private async sendUntilTaken(request: Request): Promise<void> {
    for (;;) {
      try {
        await this.ports.request(request);
        return;
      } catch (error) {
        if (!(isInterruption(error) || isTooMuch(error)) || !this.ports.isIn()) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
      }
    }
  }

  private async finish(): Promise<void> {
    this.ports.pace.remove(this);
    try {
      await this.ports.request({ type: 'closeData', channel: this.channel, to: this.targets });
    } catch (error) {
      log.info(`The receivers of a data channel were not told of its end: ${asCallingError(error).message}`);
    }
  }

  private makeRoom(bytes: number): void {
    const waits = (): number => this.waiting.reduce((all, each) => all + each.bytes, 0);
    if (this.isDurable && waits() + bytes > DURABLE_WAITING_MAX) {
      throw failure('tooMuchData', 'Too much waits to be sent by this data channel. Send the next message when those before are sent.');
    }
    while (!this.isDurable && this.waiting.length > 0 && waits() + bytes > LOSSY_WAITING_MAX) {
      this.waiting.shift()?.settle();
    }
  }

  private mustBeOpen(): void {
    if (this.closed) {
      throw failure('channelClosed', 'This data channel is closed. Create another sender.');
    }
  }
}

function isTooMuch(error: unknown): boolean {
  return asCallingError(error).code === 429;
}

/** An empty list means everybody, as none does. */
function targetsOf(participants: readonly CommunicationIdentifier[] | undefined): string[] | null {
  const users = [...new Set((participants ?? []).map((each) => rawIdOf(each, 'A data channel\'s participants are identifiers, for example those of call.remoteParticipants.')))];
  if (users.length > TARGETS_MAX) {
    throw failure('invalidArgument', `A data channel goes to at most ${TARGETS_MAX} participants by name, or to all without any.`);
  }
  return users.length > 0 ? users : null;
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  }
  return btoa(text);
}
