import type { CommunicationIdentifier } from '@azure/communication-common';
import type { Reaction, Reply, Request } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { rawIdOf } from './identifier.js';

const ABOUT = 'The identifiers of participants are needed, for example those of call.remoteParticipants.';

/** What is told of the spotlight, and of reactions. */
export interface SpotlightChanges {
  /** Who came into it and who left it; at least one of them. */
  changed: (added: readonly string[], removed: readonly string[]) => void;
  reacted: (user: string, reaction: Reaction) => void;
}

/** Who is in the spotlight, this client's own user among them, and what is shown for a moment. The server keeps the list. */
export class CallSpotlight {
  readonly events = new Emitter<SpotlightChanges>();
  private listed: readonly string[] = [];

  /** @param self this client's own raw id */
  constructor(
    private readonly self: string,
    private readonly request: (request: Request) => Promise<Reply>,
  ) {}

  /** First chosen first. */
  get users(): readonly string[] {
    return this.listed;
  }

  /**
   * Puts these into the spotlight; this client's own user, if there is no list.
   * @throws CommunicationServicesError 400 for what names nobody or if they are too many, 403 if our role does not lead
   */
  async start(identifiers: readonly CommunicationIdentifier[] | undefined): Promise<void> {
    await this.request({ type: 'spotlight', users: this.usersOf(identifiers) });
  }

  /**
   * Takes these out of it; this client's own user, if there is no list.
   * @throws CommunicationServicesError 400 for what names nobody, 403 for others if our role does not lead
   */
  async stop(identifiers: readonly CommunicationIdentifier[] | undefined): Promise<void> {
    await this.request({ type: 'endSpotlight', users: this.usersOf(identifiers) });
  }

  /** @throws CommunicationServicesError 403 if others are in it and our role does not lead */
  async stopAll(): Promise<void> {
    await this.request({ type: 'endSpotlight', users: null });
  }

  async react(reaction: Reaction): Promise<void> {
    await this.request({ type: 'react', reaction });
  }

  /** The whole list. Only differences are told. */
  handleUsers(users: readonly string[]): void {
    const before = this.listed;
    this.listed = [...users];
    const added = users.filter((each) => !before.includes(each));
    const removed = before.filter((each) => !users.includes(each));
    if (added.length + removed.length > 0) {
      this.events.emit('changed', added, removed);
    }
  }

  handleReacted(user: string, reaction: Reaction): void {
    this.events.emit('reacted', user, reaction);
  }

  private usersOf(identifiers: readonly CommunicationIdentifier[] | undefined): string[] {
    return identifiers ? identifiers.map((each) => rawIdOf(each, ABOUT)) : [this.self];
  }
}
