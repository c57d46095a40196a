import type {
  CallView, CapabilitiesReason, Capability, DataChannel, Diagnostic, ErrorBody, Event, LegView, LobbyOutcome, ParticipantView, Relay, Reply, RingView, Transferor, Role, ServerMessage,
  Notice, Reaction, SlotView, Source, WaiterView, WaitingView,
} from './protocol.gen.js';

/** A text that is no message of the server. The message says where it is wrong. */
export class DecodeError extends Error {
  constructor(where: string, wanted: string) {
    super(`The server's message cannot be read: ${where} is not ${wanted}.`);
    this.name = 'DecodeError';
  }
}

type Fields = Record<string, unknown>;
type Decoder<T> = (value: unknown, where: string) => T;

function fields(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError(where, 'an object');
  }
  return value as Fields;
}

const text: Decoder<string> = (value, where) => {
  if (typeof value !== 'string') {
    throw new DecodeError(where, 'a string');
  }
  return value;
};

const number: Decoder<number> = (value, where) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new DecodeError(where, 'a number');
  }
  return value;
};

const bool: Decoder<boolean> = (value, where) => {
  if (typeof value !== 'boolean') {
    throw new DecodeError(where, 'true or false');
  }
  return value;
};

const list = <T>(item: Decoder<T>): Decoder<T[]> => (value, where) => {
  if (!Array.isArray(value)) {
    throw new DecodeError(where, 'a list');
  }
  return value.map((each: unknown, index) => item(each, `${where}[${index}]`));
};

const oneOf = <T extends string>(...names: readonly T[]): Decoder<T> => (value, where) => {
  const found = names.find((name) => name === value);
  if (found === undefined) {
    throw new DecodeError(where, `one of ${names.join(', ')}`);
  }
  return found;
};

const role: Decoder<Role> = oneOf('organizer', 'coOrganizer', 'presenter', 'collaborator', 'attendee', 'consumer');
const source: Decoder<Source> = oneOf('microphone', 'camera', 'screen');
const outcome: Decoder<LobbyOutcome> = oneOf('admitted', 'rejected', 'expired', 'left');
const capabilitiesReason: Decoder<CapabilitiesReason> = oneOf('roleChanged', 'accessChanged', 'meetingOptionsChanged');
const KNOWN_CAPABILITIES: readonly Capability[] = [
  'unmuteMic', 'turnVideoOn', 'shareScreen', 'manageLobby', 'hangUpForEveryOne', 'removeParticipant', 'muteOthers', 'forbidOthersAudio',
  'forbidOthersVideo', 'manageRoles', 'raiseHand', 'useReactions', 'spotlightParticipant', 'removeParticipantsSpotlight', 'announceRecording',
  'realTimeText', 'sendData', 'addCommunicationUser',
];

/** Capabilities that a newer server may have are passed over: this SDK cannot use them. */
const capabilities: Decoder<Capability[]> = (value, where) => {
  const names = list(text)(value, where);
  return KNOWN_CAPABILITIES.filter((name) => names.includes(name));
};

const errorBody: Decoder<ErrorBody> = (value, where) => {
  const of = fields(value, where);
  return {
    code: number(of['code'], `${where}.code`),
    subCode: number(of['subCode'], `${where}.subCode`),
    name: text(of['name'], `${where}.name`),
    message: text(of['message'], `${where}.message`),
  };
};

const held = (of: Fields, where: string): { held?: boolean } => (of['held'] === undefined ? {} : { held: bool(of['held'], `${where}.held`) });

const leg: Decoder<LegView> = (value, where) => {
  const of = fields(value, where);
  return {
    participantId: text(of['participantId'], `${where}.participantId`),
    muted: bool(of['muted'], `${where}.muted`),
    videos: list(source)(of['videos'], `${where}.videos`),
    away: bool(of['away'], `${where}.away`),
    ...held(of, where),
  };
};

const participant: Decoder<ParticipantView> = (value, where) => {
  const of = fields(value, where);
  return {
    user: text(of['user'], `${where}.user`),
    displayName: text(of['displayName'], `${where}.displayName`),
    role: role(of['role'], `${where}.role`),
    forbidden: list(source)(of['forbidden'], `${where}.forbidden`),
    legs: list(leg)(of['legs'], `${where}.legs`),
  };
};

const waiter: Decoder<WaiterView> = (value, where) => {
  const of = fields(value, where);
  return {
    user: text(of['user'], `${where}.user`),
    displayName: text(of['displayName'], `${where}.displayName`),
    waitedMs: number(of['waitedMs'], `${where}.waitedMs`),
  };
};

const waiting: Decoder<WaitingView> = (value, where) => {
  const of = fields(value, where);
  return {
    participantId: text(of['participantId'], `${where}.participantId`),
    expiresInMs: number(of['expiresInMs'], `${where}.expiresInMs`),
  };
};

const slot: Decoder<SlotView> = (value, where) => {
  const of = fields(value, where);
  return {
    mid: text(of['mid'], `${where}.mid`),
    participantId: text(of['participantId'], `${where}.participantId`),
    source: source(of['source'], `${where}.source`),
  };
};

const call: Decoder<CallView> = (value, where) => {
  const of = fields(value, where);
  return {
    callId: text(of['callId'], `${where}.callId`),
    participantId: text(of['participantId'], `${where}.participantId`),
    ...(of['threadId'] === undefined ? {} : { threadId: text(of['threadId'], `${where}.threadId`) }),
    ...(of['subject'] === undefined ? {} : { subject: text(of['subject'], `${where}.subject`) }),
    role: role(of['role'], `${where}.role`),
    capabilities: capabilities(of['capabilities'], `${where}.capabilities`),
    muted: bool(of['muted'], `${where}.muted`),
    resumeSecret: text(of['resumeSecret'], `${where}.resumeSecret`),
    mediaKept: bool(of['mediaKept'], `${where}.mediaKept`),
    participants: list(participant)(of['participants'], `${where}.participants`),
    lobby: list(waiter)(of['lobby'], `${where}.lobby`),
    ...held(of, where),
  };
};

const reply: Decoder<Reply> = (value, where) => {
  const of = fields(value, where);
  const type = oneOf('done', 'joined', 'waiting', 'answer', 'admittedAll', 'surveyKept')(of['type'], `${where}.type`);
  switch (type) {
    case 'done':
      return { type };
    case 'joined':
      return { type, call: call(of['call'], `${where}.call`) };
    case 'waiting':
      return { type, waiting: waiting(of['waiting'], `${where}.waiting`) };
    case 'answer':
      return { type, answer: text(of['answer'], `${where}.answer`) };
    case 'admittedAll':
      return { type, admitted: number(of['admitted'], `${where}.admitted`), failed: number(of['failed'], `${where}.failed`) };
    case 'surveyKept':
      return { type, id: text(of['id'], `${where}.id`) };
  }
};

const transferor: Decoder<Transferor> = (value, where) => {
  const of = fields(value, where);
  return { user: text(of['user'], `${where}.user`), displayName: text(of['displayName'], `${where}.displayName`) };
};

const ring: Decoder<RingView> = (value, where) => {
  const of = fields(value, where);
  return {
    ring: text(of['ring'], `${where}.ring`),
    callId: text(of['callId'], `${where}.callId`),
    caller: text(of['caller'], `${where}.caller`),
    displayName: text(of['displayName'], `${where}.displayName`),
    expiresInMs: number(of['expiresInMs'], `${where}.expiresInMs`),
    ...(of['transferor'] === undefined ? {} : { transferor: transferor(of['transferor'], `${where}.transferor`) }),
  };
};

const EVENT_TYPES = [
  'admitted', 'putBack', 'mutedByOther', 'capabilitiesChanged', 'ended', 'participantJoined', 'participantChanged',
  'participantLeft', 'knocked', 'lobbyLeft', 'speakingChanged', 'ringingChanged', 'ringEnded', 'handsChanged', 'spotlightChanged', 'reacted', 'noticesChanged', 'slotsChanged',
  'dataReceived', 'dataClosed', 'textReceived', 'diagnosticsTold', 'transferRequested', 'transferFailed',
] as const satisfies readonly Event['type'][];

const reaction: Decoder<Reaction> = oneOf('like', 'heart', 'laugh', 'surprised', 'applause');

const notice: Decoder<Notice> = (value, where) => {
  const of = fields(value, where);
  return {
    kind: oneOf('recording', 'transcription')(of['kind'], `${where}.kind`),
    state: oneOf('started', 'paused')(of['state'], `${where}.state`),
    by: text(of['by'], `${where}.by`),
  };
};

const channel: Decoder<DataChannel> = (value, where) => {
  const of = fields(value, where);
  return { id: number(of['id'], `${where}.id`), session: number(of['session'], `${where}.session`) };
};

const diagnostic: Decoder<Diagnostic> = (value, where) => {
  const of = fields(value, where);
  const given = fields(of['value'], `${where}.value`);
  const kind = oneOf('flag', 'quality')(given['kind'], `${where}.value.kind`);
  return {
    name: text(of['name'], `${where}.name`),
    value: kind === 'flag' ? { kind, raised: bool(given['raised'], `${where}.value.raised`) } : { kind, level: number(given['level'], `${where}.value.level`) },
  };
};

const event: Decoder<Event> = (value, where) => {
  const of = fields(value, where);
  const type = oneOf(...EVENT_TYPES)(of['type'], `${where}.type`);
  switch (type) {
    case 'admitted':
      return { type, call: call(of['call'], `${where}.call`) };
    case 'putBack':
      return { type, waiting: waiting(of['waiting'], `${where}.waiting`) };
    case 'mutedByOther':
      return { type, by: text(of['by'], `${where}.by`) };
    case 'capabilitiesChanged':
      return {
        type,
        role: role(of['role'], `${where}.role`),
        capabilities: capabilities(of['capabilities'], `${where}.capabilities`),
        reason: capabilitiesReason(of['reason'], `${where}.reason`),
      };
    case 'ended':
      return { type, end: { reason: errorBody(fields(of['end'], `${where}.end`)['reason'], `${where}.end.reason`) } };
    case 'participantJoined':
      return { type, participant: participant(of['participant'], `${where}.participant`) };
    case 'participantChanged':
      return { type, participant: participant(of['participant'], `${where}.participant`) };
    case 'participantLeft':
      return { type, user: text(of['user'], `${where}.user`), reason: errorBody(of['reason'], `${where}.reason`) };
    case 'knocked':
      return { type, waiter: waiter(of['waiter'], `${where}.waiter`) };
    case 'lobbyLeft':
      return { type, user: text(of['user'], `${where}.user`), outcome: outcome(of['outcome'], `${where}.outcome`) };
    case 'speakingChanged':
      return { type, users: list(text)(of['users'], `${where}.users`) };
    case 'ringingChanged':
      return { type, users: list(text)(of['users'], `${where}.users`) };
    case 'ringEnded':
      return { type, user: text(of['user'], `${where}.user`), reason: errorBody(of['reason'], `${where}.reason`) };
    case 'handsChanged':
      return { type, hands: list(text)(of['hands'], `${where}.hands`) };
    case 'spotlightChanged':
      return { type, users: list(text)(of['users'], `${where}.users`) };
    case 'reacted':
      return { type, user: text(of['user'], `${where}.user`), reaction: reaction(of['reaction'], `${where}.reaction`) };
    case 'dataReceived':
      return {
        type,
        user: text(of['user'], `${where}.user`),
        from: text(of['from'], `${where}.from`),
        channel: channel(of['channel'], `${where}.channel`),
        sequence: number(of['sequence'], `${where}.sequence`),
        mayBeLost: bool(of['mayBeLost'], `${where}.mayBeLost`),
        data: text(of['data'], `${where}.data`),
      };
    case 'dataClosed':
      return { type, from: text(of['from'], `${where}.from`), channel: channel(of['channel'], `${where}.channel`) };
    case 'textReceived':
      return {
        type,
        user: text(of['user'], `${where}.user`),
        sequence: number(of['sequence'], `${where}.sequence`),
        text: text(of['text'], `${where}.text`),
        done: bool(of['done'], `${where}.done`),
      };
    case 'diagnosticsTold':
      return {
        type,
        user: text(of['user'], `${where}.user`),
        from: text(of['from'], `${where}.from`),
        diagnostics: list(diagnostic)(of['diagnostics'], `${where}.diagnostics`),
      };
    case 'noticesChanged':
      return { type, notices: list(notice)(of['notices'], `${where}.notices`) };
    case 'slotsChanged':
      return { type, slots: list(slot)(of['slots'], `${where}.slots`) };
    case 'transferRequested':
      return {
        type,
        transfer: text(of['transfer'], `${where}.transfer`),
        by: text(of['by'], `${where}.by`),
        ...(of['target'] === undefined ? {} : { target: text(of['target'], `${where}.target`) }),
      };
    case 'transferFailed':
      return { type, reason: errorBody(of['reason'], `${where}.reason`) };
  }
};

function relay(of: Fields): { relay?: Relay } {
  if (of['relay'] === undefined) {
    return {};
  }
  const given = fields(of['relay'], 'relay');
  const urls = list(text)(given['urls'], 'relay.urls');
  return { relay: { urls, username: text(given['username'], 'relay.username'), credential: text(given['credential'], 'relay.credential') } };
}

function message(of: Fields): ServerMessage {
  const type = oneOf('welcome', 'refreshed', 'goodbye', 'response', 'event', 'rings', 'ringOver', 'pong')(of['type'], 'type');
  switch (type) {
    case 'welcome':
      return {
        type,
        version: number(of['version'], 'version'),
        user: text(of['user'], 'user'),
        heartbeatMs: number(of['heartbeatMs'], 'heartbeatMs'),
        expiresInMs: number(of['expiresInMs'], 'expiresInMs'),
        ...relay(of),
      };
    case 'refreshed':
      return { type, expiresInMs: number(of['expiresInMs'], 'expiresInMs'), ...relay(of) };
    case 'goodbye':
      return { type, error: errorBody(of['error'], 'error') };
    case 'response': {
      const id = number(of['id'], 'id');
      if (of['error'] !== undefined) {
        return { type, id, error: errorBody(of['error'], 'error') };
      }
      return { type, id, reply: reply(of['reply'], 'reply') };
    }
    case 'event':
      return { type, call: number(of['call'], 'call'), event: event(of['event'], 'event') };
    case 'rings':
      return { type, ring: ring(of['ring'], 'ring') };
    case 'ringOver':
      return { type, ring: text(of['ring'], 'ring'), reason: errorBody(of['reason'], 'reason') };
    case 'pong':
      return { type };
  }
}

/**
 * Reads one text frame of the server, field by field; what is not in the protocol is left out.
 *
 * @throws DecodeError if it is no message that this SDK knows
 */
export function decodeServerMessage(frame: string): ServerMessage {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    throw new DecodeError('the text', 'JSON');
  }
  return message(fields(value, 'the message'));
}
