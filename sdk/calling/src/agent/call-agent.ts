import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallAgent, CallAgentEvents, ConvenePush, IceServer, StartCallOptions } from '../api/agent.js';
import type { Call, JoinCallOptions } from '../api/call.js';
import type { CallDirection, CallerInfo, ConnectionState } from '../api/common.js';
import { CallAgentKind, CallKind, IncomingCallKind } from '../api/enums.js';
import { CallCore } from '../call/call-core.js';
import type { DeviceSelection } from '../call/call-devices.js';
import { ClientCall } from '../call/call.js';
import type { Entry } from '../call/entry.js';
import { joinTargetOf } from '../call/join-target.js';
import { calleesOf } from '../call/callees.js';
import { identifierOf } from '../call/remote-participant.js';
import { failure } from '../errors.js';
import type { Platform } from '../platform.js';
import type { Connection, ConnectionPhase } from '../signaling/connection.js';
import { LocalVideoStream } from '../streams/local-video-stream.js';
import { Emitter } from '../util/emitter.js';
import { IncomingCalls } from './incoming-calls.js';

/** What an agent is made of. */
export interface AgentSetup {
  /** Whose agent it is: an app's user's, or an organization's user's. Calls and incoming calls have the same kind. */
  readonly kind: CallAgentKind;
  readonly user: string;
  readonly displayName: string | undefined;
  readonly connection: Connection;
  readonly platform: Platform;
  readonly devices: DeviceSelection;
  /** TURN servers of the app, for networks without direct UDP; without any, the operator's. */
  readonly iceServers: readonly IceServer[];
  /** What the agent has beyond ACS. */
  readonly convene: ConvenePush;
  /** Gives the identity back, once, when the agent is disposed of. */
  readonly release: () => void;
}

/** Who called, as the call shows it. */
interface Caller {
  readonly identifier: CommunicationIdentifierKind;
  readonly displayName: string;
  readonly direction: CallDirection;
  /** Who handed the caller over. */
  readonly transferor?: CallerInfo | undefined;
}

interface Place {
  readonly call: ClientCall;
  readonly core: CallCore;
}

/** The calls of one user over one line to the server. */
export class ClientCallAgent implements CallAgent {
  readonly kind: CallAgentKind;
  private readonly emitter = new Emitter<CallAgentEvents>();
  private readonly byHandle = new Map<number, Place>();
  private readonly incoming: IncomingCalls;
  private readonly identifier: CommunicationIdentifierKind;
  private nextHandle = 1;
  private state: ConnectionState = 'Connected';
  private disposed = false;

  constructor(private readonly setup: AgentSetup) {
    this.kind = setup.kind;
    this.identifier = identifierOf(setup.user);
    setup.connection.events.on('event', (handle, event) => this.byHandle.get(handle)?.core.handleEvent(event));
    setup.connection.events.on('lost', (reason) => {
      for (const { core } of [...this.byHandle.values()]) {
        core.handleConnectionLost(reason);
      }
    });
    this.incoming = new IncomingCalls({
      kind: this.isOfTeams ? IncomingCallKind.TeamsIncomingCall : IncomingCallKind.IncomingCall,
      enter: (entry, options, caller) => this.answer(entry, options, { ...caller, direction: 'Incoming' }),
      decline: async (ring) => void (await setup.connection.request(0, { type: 'decline', ring })),
      tell: (incomingCall) => this.emitter.emit('incomingCall', { incomingCall }),
    });
    setup.connection.events.on('rings', (ring) => this.incoming.handleRings(ring));
    setup.connection.events.on('ringOver', (ring, reason) => this.incoming.handleOver(ring, reason));
    setup.connection.events.on('stateChanged', (phase) => this.handlePhase(phase));
  }

  get calls(): ReadonlyArray<Call> {
    return [...this.byHandle.values()].map(({ call }) => call);
  }

  get displayName(): string | undefined {
    return this.setup.displayName;
  }

  get convene(): ConvenePush {
    return this.setup.convene;
  }

  get connectionState(): ConnectionState {
    return this.state;
  }

  on<K extends keyof CallAgentEvents>(event: K, listener: CallAgentEvents[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof CallAgentEvents>(event: K, listener: CallAgentEvents[K]): void {
    this.emitter.off(event, listener);
  }

  /**
   * Joins a group call, a room or a meeting. The call is there at once; how it goes on is told by its `stateChanged`.
   *
   * @throws CommunicationServicesError 400 for no known locator, 412 after dispose
   */
  join(locator: object, options?: JoinCallOptions): Call {
    const entry: Entry = { kind: 'join', target: joinTargetOf(locator) };
    return this.begin(entry, options, this.outgoing).call;
  }

  /**
   * Calls users of this app, and of the organization where it trusts the app: every device of theirs rings. The call is there at once; it is `Ringing` until the first of them answers, and ends with
   * the reason if nobody does. With one user it is a call of two, which ends when one of them leaves. `convene: { lobby: true }` gives it a lobby, which the caller manages.
   * Where the organization wants it so, whoever calls one of its users is `InLobby` once they answer, until they let the caller in.
   *
   * @throws CommunicationServicesError 400 for no list of identifiers, 412 after dispose, 501 for telephone numbers and custom contexts
   */
  startCall(participants: CommunicationIdentifier[], options?: StartCallOptions): Call {
    const entry: Entry = { kind: 'start', users: calleesOf(participants, options), lobby: options?.convene?.lobby === true };
    return this.begin(entry, options, this.outgoing).call;
  }

  /** Hangs up all calls and closes the line. */
  async dispose(): Promise<void> {
    if (this.disposed) {
      return;
    }
    this.disposed = true;
    await Promise.all([...this.byHandle.values()].map(({ core }) => core.hangUp(false)));
    this.setup.connection.close();
    this.setup.release();
  }

  private get isOfTeams(): boolean {
    return this.kind === CallAgentKind.TeamsCallAgent;
  }

  private get outgoing(): Caller {
    return { identifier: this.identifier, displayName: this.setup.displayName ?? '', direction: 'Outgoing' };
  }

  private begin(entry: Entry, options: JoinCallOptions | undefined, caller: Caller): Place {
    if (this.disposed) {
      throw failure('agentDisposed', 'The call agent is disposed. Create a new one.');
    }
    const handle = this.nextHandle;
    this.nextHandle += 1;
    const { connection, platform, devices, iceServers } = this.setup;
    const core = new CallCore({
      user: this.setup.user,
      entry,
      displayName: this.setup.displayName ?? '',
      options: { ...options },
      platform,
      devices,
      iceServers: () => (iceServers.length > 0 ? iceServers : connection.relays),
      channel: {
        get isOpen() {
          return connection.state.kind === 'connected';
        },
        request: (request) => connection.request(handle, request),
        doubt: () => connection.doubt(),
      },
    });
    const call = new ClientCall(core, this, caller, this.isOfTeams ? CallKind.TeamsCall : CallKind.Call);
    const place = { call, core };
    this.byHandle.set(handle, place);
    core.ringing.transfer.events.on('requested', ({ transfer, target }) => this.follow(core, { kind: 'follow', transfer, users: target === undefined ? [] : [target] }));
    core.lifecycle.events.on('ended', () => {
      this.byHandle.delete(handle);
      this.emitter.emit('callsUpdated', { added: [], removed: [call] });
    });
    // After join has returned, so that the app can subscribe to the call first.
    queueMicrotask(() => {
      this.emitter.emit('callsUpdated', { added: [call], removed: [] });
      void core.join();
    });
    return place;
  }

  /** Goes on in another call, to which the other one hands this client over, with the same microphone and camera. */
  private follow(from: CallCore, entry: Entry): void {
    if (this.disposed) {
      return;
    }
    const camera = from.camera.stream?.source;
    const { call } = this.begin(entry, {
      audioOptions: { muted: from.microphone.isMuted },
      ...(camera && camera.id !== '' ? { videoOptions: { localVideoStreams: [new LocalVideoStream(camera)] } } : {}),
    }, this.outgoing);
    from.ringing.transfer.handleAccepted(call);
  }

  /** Comes into a call that rang here; resolves once this client is in it, or waits for it. */
  private async answer(entry: Entry, options: JoinCallOptions, caller: Caller): Promise<Call> {
    const { call, core } = this.begin(entry, options, caller);
    await core.details.getServerCallId();
    return call;
  }

  private handlePhase(phase: ConnectionPhase): void {
    this.tellState(phase);
    if (phase.kind !== 'connected') {
      this.incoming.handleLost(phase.reason);
    }
    for (const { core } of [...this.byHandle.values()]) {
      if (phase.kind === 'connected') {
        core.handleReconnected();
      } else if (phase.kind === 'reconnecting') {
        core.handleInterrupted();
      } else {
        core.handleConnectionLost(phase.reason);
      }
    }
  }

  private tellState(phase: ConnectionPhase): void {
    const newValue: ConnectionState = phase.kind === 'connected' ? 'Connected' : 'Disconnected';
    const oldValue = this.state;
    if (newValue === oldValue) {
      return;
    }
    this.state = newValue;
    // Who disposes of an agent knows why.
    const reason = phase.kind === 'connected' || this.disposed ? {} : { reason: phase.reason.code === 401 ? ('invalidToken' as const) : ('connectionIssue' as const) };
    this.emitter.emit('connectionStateChanged', { newValue, oldValue, ...reason });
  }
}
