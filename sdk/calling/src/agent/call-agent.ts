import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallAgent, CallAgentEvents, IceServer, StartCallOptions } from '../api/agent.js';
import type { Call, JoinCallOptions } from '../api/call.js';
import type { ConnectionState } from '../api/common.js';
import { CallAgentKind } from '../api/enums.js';
import { CallCore } from '../call/call-core.js';
import type { DeviceSelection } from '../call/call-devices.js';
import { ClientCall } from '../call/call.js';
import { joinTargetOf } from '../call/join-target.js';
import { identifierOf } from '../call/remote-participant.js';
import { failure, notSupported } from '../errors.js';
import type { Platform } from '../platform.js';
import type { Connection, ConnectionPhase } from '../signaling/connection.js';
import { Emitter } from '../util/emitter.js';

/** What an agent is made of. */
export interface AgentSetup {
  readonly user: string;
  readonly displayName: string | undefined;
  readonly connection: Connection;
  readonly platform: Platform;
  readonly devices: DeviceSelection;
  /** TURN servers of the app, for networks without direct UDP. */
  readonly iceServers: readonly IceServer[];
  /** Gives the identity back, once, when the agent is disposed of. */
  readonly release: () => void;
}

interface Entry {
  readonly call: ClientCall;
  readonly core: CallCore;
}

/** The calls of one user over one line to the server. */
export class ClientCallAgent implements CallAgent {
  readonly kind = CallAgentKind.CallAgent;
  private readonly emitter = new Emitter<CallAgentEvents>();
  private readonly byHandle = new Map<number, Entry>();
  private readonly identifier: CommunicationIdentifierKind;
  private nextHandle = 1;
  private state: ConnectionState = 'Connected';
  private disposed = false;

  constructor(private readonly setup: AgentSetup) {
    this.identifier = identifierOf(setup.user);
    setup.connection.events.on('event', (handle, event) => this.byHandle.get(handle)?.core.handleEvent(event));
    setup.connection.events.on('lost', (reason) => {
      for (const { core } of [...this.byHandle.values()]) {
        core.handleConnectionLost(reason);
      }
    });
    setup.connection.events.on('stateChanged', (phase) => this.handlePhase(phase));
  }

  get calls(): ReadonlyArray<Call> {
    return [...this.byHandle.values()].map((entry) => entry.call);
  }

  get displayName(): string | undefined {
    return this.setup.displayName;
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
    if (this.disposed) {
      throw failure('agentDisposed', 'The call agent is disposed. Create a new one.');
    }
    const target = joinTargetOf(locator);
    const handle = this.nextHandle;
    this.nextHandle += 1;
    const { connection, platform, devices, iceServers } = this.setup;
    const displayName = this.setup.displayName ?? '';
    const core = new CallCore({
      user: this.setup.user,
      target,
      displayName,
      options: { ...options },
      platform,
      devices,
      iceServers,
      channel: {
        get isOpen() {
          return connection.state.kind === 'connected';
        },
        request: (request) => connection.request(handle, request),
        doubt: () => connection.doubt(),
      },
    });
    const call = new ClientCall(core, this, { identifier: this.identifier, displayName });
    this.byHandle.set(handle, { call, core });
    core.lifecycle.events.on('ended', () => {
      this.byHandle.delete(handle);
      this.emitter.emit('callsUpdated', { added: [], removed: [call] });
    });
    // After join has returned, so that the app can subscribe to the call first.
    queueMicrotask(() => {
      this.emitter.emit('callsUpdated', { added: [call], removed: [] });
      void core.join();
    });
    return call;
  }

  startCall(_participants: unknown, _options?: StartCallOptions): Call {
    throw notSupported('startCall (calls that ring)', 'Join a group call with join({ groupId }) or a meeting with join({ meetingLink }).');
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

  private handlePhase(phase: ConnectionPhase): void {
    this.tellState(phase);
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
