import type { CommunicationIdentifier } from '@azure/communication-common';
import type { ConveneManaging } from '../api/call.js';
import type { ParticipantRole } from '../api/common.js';
import { failure } from '../errors.js';
import type { Reply, Request, Role } from '../signaling/protocol.gen.js';
import { rawIdOf } from './identifier.js';

const ABOUT = 'The identifier of a participant is needed, for example remoteParticipant.identifier.';
const ROLES: Partial<Record<ParticipantRole, Role>> = {
  'Co-organizer': 'coOrganizer',
  Presenter: 'presenter',
  Attendee: 'attendee',
  Consumer: 'consumer',
};

/** What those who lead a call do to others. The server decides who may. */
export class CallManaging implements ConveneManaging {
  constructor(private readonly request: (request: Request) => Promise<Reply>) {}

  async remove(participant: CommunicationIdentifier): Promise<void> {
    await this.request({ type: 'remove', user: rawIdOf(participant, ABOUT) });
  }

  async mute(user: string): Promise<void> {
    await this.request({ type: 'mute', user });
  }

  async muteAll(): Promise<void> {
    await this.request({ type: 'muteAll' });
  }

  /** @param participants everybody who does not lead the call, if there is no list */
  async setAccess(participants: CommunicationIdentifier[] | null, source: 'microphone' | 'camera', permitted: boolean): Promise<void> {
    const users = participants && participants.map((each) => rawIdOf(each, ABOUT));
    await this.request({ type: 'setAccess', users, source, permitted });
  }

  async putBackIntoLobby(participant: CommunicationIdentifier): Promise<void> {
    await this.request({ type: 'putBack', user: rawIdOf(participant, ABOUT) });
  }

  async setRole(participant: CommunicationIdentifier, role: ParticipantRole): Promise<void> {
    const wanted = ROLES[role];
    if (!wanted) {
      throw failure('invalidArgument', `The role can be ${Object.keys(ROLES).join(', ')}; not ${String(role)}.`);
    }
    await this.request({ type: 'setRole', user: rawIdOf(participant, ABOUT), role: wanted });
  }

  async liftBar(participant: CommunicationIdentifier): Promise<void> {
    await this.request({ type: 'liftBar', user: rawIdOf(participant, ABOUT) });
  }
}
