// The call agent, the call client's options, and what can be joined. Names as in ACS.

import type { CommunicationIdentifier, PhoneNumberIdentifier } from '@azure/communication-common';
import type { AzureLogger } from '@azure/logger';
import type { EventSource } from '../util/emitter.js';
import type { AcceptCallOptions, Call, CallInfo, JoinCallOptions } from './call.js';
import type {
  BaseFeature, CallEndReason, CallerInfo, CollectionUpdatedEvent, ConnectionState, ConnectionStateChangedReason, FeatureFactory, PropertyChangedEvent,
} from './common.js';
import type { CallAgentKind, IncomingCallKind } from './enums.js';

export interface GroupCallLocator {
  groupId: string;
}
export type GroupLocator = GroupCallLocator;

export interface TeamsMeetingLinkLocator {
  meetingLink: string;
}

export interface TeamsMeetingIdLocator {
  meetingId: string;
  passcode?: string;
}

export interface RoomCallLocator {
  roomId: string;
}
export type RoomLocator = RoomCallLocator;

export interface xHeader {
  key: string;
  value: string;
}

export interface CustomContextOptions {
  userToUser?: string;
  xHeaders?: xHeader[];
}

export interface CustomContext extends CustomContextOptions {
  sipHeaders?: xHeader[];
  voipHeaders?: xHeader[];
}

/** Ours beyond ACS: how a call begins that rings. */
export interface ConveneStartOptions {
  /**
   * The call has a lobby, which the caller manages by `call.lobby`. Whom the caller calls is in on answering; whom others add by `addParticipant` waits,
   * `InLobby`, until the caller lets them in.
   */
  lobby?: boolean;
}

export interface StartCallOptions extends JoinCallOptions {
  alternateCallerId?: PhoneNumberIdentifier;
  customContext?: CustomContext;
  /** Ours beyond ACS. */
  convene?: ConveneStartOptions;
}

export interface IncomingCallEvents {
  callEnded: CallEndedEvent;
  callerInfoChanged: PropertyChangedEvent;
  transferorInfoChanged: PropertyChangedEvent;
}

export type CallEndedEvent = (args: { callEndReason: CallEndReason }) => void;

export interface IncomingCallCommon extends EventSource<IncomingCallEvents> {
  readonly kind: IncomingCallKind;
  readonly id: string;
  readonly callerInfo: CallerInfo;
  readonly transferorInfo?: CallerInfo | undefined;
  readonly callEndReason?: CallEndReason | undefined;
  readonly customContext?: CustomContext | undefined;
  reject(): Promise<void>;
}

export interface IncomingCall extends IncomingCallCommon {
  readonly info: CallInfo;
  accept(options?: AcceptCallOptions): Promise<Call>;
}

export type IncomingCallEvent = (args: { incomingCall: IncomingCall }) => void;
export type HandleIncomingCallEvent = (args: { callId: string; participantId: string } & CallEndReason) => void;
export type ConnectionStateChangedEvent = (args: {
  newValue: ConnectionState;
  oldValue: ConnectionState;
  reason?: ConnectionStateChangedReason;
}) => void;

export interface CallAgentEvents {
  callsUpdated: CollectionUpdatedEvent<Call>;
  incomingCall: IncomingCallEvent;
  handleIncomingCall: HandleIncomingCallEvent;
  connectionStateChanged: ConnectionStateChangedEvent;
}

export interface EmergencyCallOptions {
  countryCode?: string;
}

export interface CallAgentOptions {
  displayName?: string;
  emergencyCallOptions?: EmergencyCallOptions;
}

export interface CallAgentFeature extends BaseFeature {}

/** Ours beyond ACS: being called although no page is open, by Web Push. */
export interface ConvenePush {
  /** The server's key, in base64url: `applicationServerKey` of `PushManager.subscribe`. */
  getPushKey(): Promise<string>;
  /**
   * Has this user called at that browser, too, until the user's tokens are revoked: its service worker gets a `push` event whose data is JSON, of type
   * `Convene.IncomingCall`, and `Convene.IncomingCallOver` once it rings no more (docs/protocol.md).
   *
   * @throws CommunicationServicesError 400 for no push subscription, 401, 403 for guests and for tokens without the scope `voip`, 490/40114 if the server cannot be reached
   */
  registerPush(subscription: PushSubscription | PushSubscriptionJSON): Promise<void>;
  /** Ends that for the browser with this endpoint. Errors as `registerPush`. */
  unregisterPush(endpoint: string): Promise<void>;
}

export interface CallAgentCommon {
  readonly kind: CallAgentKind;
  readonly connectionState: ConnectionState;
  /** What Convene has beyond ACS. */
  readonly convene: ConvenePush;
  dispose(): Promise<void>;
}

export interface CallAgent extends CallAgentCommon, EventSource<CallAgentEvents> {
  readonly calls: ReadonlyArray<Call>;
  readonly displayName?: string | undefined;
  startCall(participants: CommunicationIdentifier[], options?: StartCallOptions): Call;
  join(groupLocator: GroupLocator, options?: JoinCallOptions): Call;
  join(meetingLocator: TeamsMeetingLinkLocator, options?: JoinCallOptions): Call;
  join(meetingLocator: TeamsMeetingIdLocator, options?: JoinCallOptions): Call;
  join(roomLocator: RoomLocator, options?: JoinCallOptions): Call;
}

export interface DiagnosticOptions {
  appName?: string;
  appVersion?: string;
  tags?: string[];
}

export interface ProxyConfiguration {
  url: string;
}

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

export interface TurnConfiguration {
  iceServers: IceServer[];
}

export interface NetworkConfiguration {
  /** `url` is the address of the Convene server, where the token does not name it. */
  proxy?: ProxyConfiguration;
  turn?: TurnConfiguration;
}

export interface CallClientOptions {
  logger?: AzureLogger;
  diagnostics?: DiagnosticOptions;
  networkConfiguration?: NetworkConfiguration;
}

export interface CallClientFeature extends BaseFeature {}

export interface CallClientFeatureContext {
  callClient: unknown;
}

export type CallClientFeatureCtor<TFeature extends CallClientFeature> = new (context: CallClientFeatureContext) => TFeature;

export interface CallClientFeatureFactory<TFeature extends CallClientFeature> extends FeatureFactory {
  callClientApiCtor: CallClientFeatureCtor<TFeature>;
}
