import type { CommunicationTokenCredential } from '@azure/communication-common';
import type { CallAgent, CallAgentOptions, CallClientFeature, CallClientFeatureFactory, CallClientOptions } from '../api/agent.js';
import type { TeamsCallAgent, TeamsCallAgentOptions } from '../api/teams.js';
import type { DeviceManager } from '../api/devices.js';
import { CallAgentKind } from '../api/enums.js';
import { BrowserDeviceManager } from '../devices/device-manager.js';
import { failure } from '../errors.js';
import { FeatureSet } from '../features/feature-set.js';
import { browserPlatform, type Platform } from '../platform.js';
import { Connection, type Route } from '../signaling/connection.js';
import { endpointSources, signalingUrl } from '../signaling/endpoint.js';
import { openSession } from '../signaling/session.js';
import { readToken } from '../signaling/token.js';
import { activeTabs } from '../util/active-tabs.js';
import { logTo } from '../util/logger.js';
import { clientName } from '../version.js';
import { claimIdentity } from './identities.js';
import { ClientCallAgent } from './call-agent.js';
import { AgentPush } from './push.js';
import { ClientTeamsCallAgent } from './teams-call-agent.js';

/** The start of everything: makes call agents, and gives access to devices. */
export class CallClient {
  private readonly features = new FeatureSet();
  private readonly deviceManager = new BrowserDeviceManager();
  private readonly agents = new Set<CallAgent>();
  private readonly options: CallClientOptions;
  /** @internal */
  protected platform: Platform = browserPlatform;

  constructor(options?: CallClientOptions) {
    this.options = options ?? {};
    if (options?.logger) {
      logTo(options.logger);
    }
  }

  feature<TFeature extends CallClientFeature>(factory: CallClientFeatureFactory<TFeature>): TFeature {
    return this.features.get(factory?.callClientApiCtor, { callClient: this });
  }

  /**
   * Connects to the server that the token names, as the user that the token names.
   *
   * @throws CommunicationServicesError 401 for a token that is malformed, expired or refused; 403 for one without a calling scope; 409/40228 if this
   *   identity has an agent in this page; 490/40114 if the server cannot be reached
   */
  async createCallAgent(tokenCredential: CommunicationTokenCredential, options?: CallAgentOptions): Promise<CallAgent> {
    return this.connect('createCallAgent', CallAgentKind.CallAgent, tokenCredential, options?.displayName);
  }

  /**
   * Connects as a user of the organization, with a token of theirs (`POST /teamsUser/:exchangeAccessToken`, or of an account). Others see the name that the
   * organization knows them by.
   *
   * @throws CommunicationServicesError as `createCallAgent`, and 403/90403 for a token of somebody else
   */
  async createTeamsCallAgent(tokenCredential: CommunicationTokenCredential, _options?: TeamsCallAgentOptions): Promise<TeamsCallAgent> {
    return new ClientTeamsCallAgent(await this.connect('createTeamsCallAgent', CallAgentKind.TeamsCallAgent, tokenCredential, undefined));
  }

  private async connect(by: string, kind: CallAgentKind, tokenCredential: CommunicationTokenCredential, displayName: string | undefined): Promise<ClientCallAgent> {
    if (typeof tokenCredential?.getToken !== 'function') {
      throw failure('invalidArgument', `${by} needs a token credential, for example new AzureCommunicationTokenCredential(token).`);
    }
    const getToken = (): Promise<string> => tokenOf(tokenCredential);
    const token = await getToken();
    const claims = readToken(token, Date.now());
    if (kind === CallAgentKind.TeamsCallAgent && !claims.user.startsWith('8:orgid:')) {
      throw failure('forbidden', 'createTeamsCallAgent needs a token of a user of the organization (8:orgid:…). Users of apps use createCallAgent.');
    }
    const { networkConfiguration, diagnostics } = this.options;
    const route: Route = {
      url: signalingUrl(endpointSources(networkConfiguration?.proxy?.url, claims.issuer)),
      connect: this.platform.connect,
      getToken,
      client: clientName(diagnostics),
    };
    const release = claimIdentity(claims.user);
    try {
      const session = await openSession(route.connect(route.url), token, route.client);
      const leaveTab = activeTabs.enter();
      const agent: ClientCallAgent = new ClientCallAgent({
        kind,
        user: session.user,
        displayName,
        connection: new Connection(route, session, token),
        platform: this.platform,
        iceServers: networkConfiguration?.turn?.iceServers ?? [],
        devices: this.deviceManager,
        convene: new AgentPush(route.url, getToken),
        release: () => {
          this.agents.delete(agent);
          leaveTab();
          release();
        },
      });
      this.agents.add(agent);
      return agent;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The same device manager each time. */
  getDeviceManager(): Promise<DeviceManager> {
    return Promise.resolve(this.deviceManager);
  }

  /** Disposes of all agents. */
  async dispose(): Promise<void> {
    await Promise.all([...this.agents].map((agent) => agent.dispose()));
    this.features.dispose();
    this.deviceManager.dispose();
  }
}

/** @throws CommunicationServicesError 401 with the app's own error as its cause */
async function tokenOf(credential: CommunicationTokenCredential): Promise<string> {
  try {
    return (await credential.getToken()).token;
  } catch (cause) {
    throw failure('invalidToken', `The token credential gave no token: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}
