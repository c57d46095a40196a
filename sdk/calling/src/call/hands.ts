import type { CommunicationIdentifier } from '@azure/communication-common';
import type { Reply, Request } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { rawIdOf } from './identifier.js';

const ABOUT = 'The identifiers of participants are needed, for example those of getRaisedHands().';

/** What the hands tell. */
export interface HandsEvents {
  raised: (user: string) => void;
  lowered: (user: string) => void;
}

/** Whose hands are raised, this client's own among them. The server keeps the list, first raised first. */
export class CallHands {
  readonly events = new Emitter<HandsEvents>();
  private users: readonly string[] = [];

  /** @param self this client's own raw id */
  constructor(
    private readonly self: string,
    private readonly request: (request: Request) => Promise<Reply>,
  ) {}

  get raised(): readonly string[] {
    return this.users;
  }

  async raise(): Promise<void> {
    await this.request({ type: 'raiseHand' });
  }

  async lowerOwn(): Promise<void> {
    await this.request({ type: 'lowerHands', users: [this.self] });
  }

  /** @throws CommunicationServicesError 400 for what names nobody, 403 if our role does not manage others */
  async lower(identifiers: readonly CommunicationIdentifier[]): Promise<void> {
    await this.request({ type: 'lowerHands', users: identifiers.map((each) => rawIdOf(each, ABOUT)) });
  }

  /** @throws CommunicationServicesError 403 if our role does not manage others */
  async lowerAll(): Promise<void> {
    await this.request({ type: 'lowerHands', users: null });
  }

  /** The whole list. Only differences are told. */
  handleHands(users: readonly string[]): void {
    const before = this.users;
    this.users = [...users];
    for (const user of before.filter((each) => !users.includes(each))) {
      this.events.emit('lowered', user);
    }
    for (const user of users.filter((each) => !before.includes(each))) {
      this.events.emit('raised', user);
    }
  }
}
