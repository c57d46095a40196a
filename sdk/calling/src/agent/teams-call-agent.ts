import type { ConvenePush, TeamsMeetingIdLocator, TeamsMeetingLinkLocator } from '../api/agent.js';
import type { JoinCallOptions } from '../api/call.js';
import type { ConnectionState } from '../api/common.js';
import { CallAgentKind } from '../api/enums.js';
import type { StartTeamsCallOptions, StartTeamsGroupCallOptions, TeamsCall, TeamsCallAgent, TeamsCallAgentEvents, TeamsTarget } from '../api/teams.js';
import { failure, notSupported } from '../errors.js';
import type { ClientCallAgent } from './call-agent.js';

/** The agent of a user of the organization: ACS's names and kinds over the agent that all users have. */
export class ClientTeamsCallAgent implements TeamsCallAgent {
  readonly kind = CallAgentKind.TeamsCallAgent;

  constructor(private readonly agent: ClientCallAgent) {}

  get calls(): ReadonlyArray<TeamsCall> {
    return this.agent.calls;
  }

  get convene(): ConvenePush {
    return this.agent.convene;
  }

  get connectionState(): ConnectionState {
    return this.agent.connectionState;
  }

  on<K extends keyof TeamsCallAgentEvents>(event: K, listener: TeamsCallAgentEvents[K]): void {
    this.agent.on(event, listener as never);
  }

  off<K extends keyof TeamsCallAgentEvents>(event: K, listener: TeamsCallAgentEvents[K]): void {
    this.agent.off(event, listener as never);
  }

  /**
   * Calls users of the organization, and of apps that it trusts: every device of theirs rings, as with `CallAgent.startCall`.
   *
   * @throws CommunicationServicesError 400 for no identifier, 412 after dispose, 501 for telephone numbers, custom contexts, threads and calls on behalf of others
   */
  startCall(participants: TeamsTarget | TeamsTarget[], options?: StartTeamsCallOptions | StartTeamsGroupCallOptions): TeamsCall {
    const { onBehalfOfOptions, threadId, ...others }: StartTeamsGroupCallOptions = { ...options };
    if (onBehalfOfOptions !== undefined) {
      throw notSupported('Calling on behalf of somebody else', 'Call as the user of the token.');
    }
    if (threadId !== undefined) {
      throw notSupported('Calling with a chat thread of its own', 'The call has a chat: call.info.threadId.');
    }
    return this.agent.startCall(Array.isArray(participants) ? participants : [participants], others);
  }

  /**
   * Joins a meeting.
   *
   * @throws CommunicationServicesError 400 for anything that is no meeting, 412 after dispose
   */
  join(meetingLocator: TeamsMeetingLinkLocator | TeamsMeetingIdLocator, options?: JoinCallOptions): TeamsCall {
    if (!('meetingLink' in Object(meetingLocator)) && !('meetingId' in Object(meetingLocator))) {
      throw failure('invalidArgument', 'A user of the organization joins meetings: { meetingLink }, or { meetingId, passcode }.');
    }
    return this.agent.join(meetingLocator, options);
  }

  dispose(): Promise<void> {
    return this.agent.dispose();
  }
}
