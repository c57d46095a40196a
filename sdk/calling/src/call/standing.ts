import type { ParticipantRole } from '../api/common.js';
import { failure } from '../errors.js';
import type { CapabilitiesReason, Capability, Role } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { roleName } from './remote-participant.js';

/** What a standing tells. */
export interface StandingEvents {
  roleChanged: () => void;
  capabilitiesChanged: (reason: CapabilitiesReason) => void;
}

const FORBIDDEN = {
  unmuteMic: 'You may not speak in this call now. Ask somebody who leads it.',
  turnVideoOn: 'You may not turn your camera on in this call now. Ask somebody who leads it.',
  shareScreen: 'You may not share your screen in this call now. Ask somebody who leads it.',
} as const;

/** What this client is and may do in the call. */
export class Standing {
  readonly events = new Emitter<StandingEvents>();
  private currentRole: ParticipantRole = 'Unknown';
  private current: readonly Capability[] | undefined;

  get role(): ParticipantRole {
    return this.currentRole;
  }

  /** What this client may do; undefined until the server said. */
  get capabilities(): readonly Capability[] | undefined {
    return this.current;
  }

  /** False only if the server said what this client may do, and this was not in it. */
  may(capability: Capability): boolean {
    return this.current?.includes(capability) ?? true;
  }

  /** @throws CommunicationServicesError 403 if the server said that this client may not */
  mustMay(capability: keyof typeof FORBIDDEN): void {
    if (!this.may(capability)) {
      throw failure('forbidden', FORBIDDEN[capability]);
    }
  }

  /** The server's word. Only differences are told. */
  handle(role: Role, capabilities: readonly Capability[], reason: CapabilitiesReason): void {
    const before = this.current;
    const name = roleName(role);
    const roleChanged = name !== this.currentRole;
    this.currentRole = name;
    this.current = capabilities;
    if (roleChanged) {
      this.events.emit('roleChanged');
    }
    if (before?.join() !== capabilities.join()) {
      this.events.emit('capabilitiesChanged', reason);
    }
  }
}
