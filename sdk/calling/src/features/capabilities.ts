import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { ParticipantRole } from '../api/common.js';
import type { CapabilitiesReason, Capability } from '../signaling/protocol.gen.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export type ParticipantCapabilityName =
  | 'turnVideoOn' | 'unmuteMic' | 'shareScreen' | 'removeParticipant' | 'hangUpForEveryOne' | 'addCommunicationUser' | 'addTeamsUser'
  | 'addPhoneNumber' | 'manageLobby' | 'spotlightParticipant' | 'removeParticipantsSpotlight' | 'blurBackground' | 'startLiveMeetingCaptions'
  | 'startLiveCallingCaptions' | 'setCaptionLanguage' | 'raiseHand' | 'pstnDialOut' | 'muteOthers' | 'useReactions' | 'viewAttendeeNames'
  | 'startTogetherMode' | 'joinBreakoutRooms' | 'forbidOthersAudio' | 'forbidOthersVideo' | 'realTimeText';

export type CapabilityResolutionReason =
  | 'Capable' | 'CapabilityNotApplicableForTheCallType' | 'ClientRestricted' | 'UserPolicyRestricted' | 'RoleRestricted' | 'FeatureNotSupported'
  | 'MeetingRestricted' | 'NotInitialized' | 'NotCapable' | 'TeamsPremiumLicenseRestricted' | 'IpModeUserPolicyRestricted' | 'ExplicitConsentRequired';

export type ParticipantCapabilities = Record<ParticipantCapabilityName, { isPresent: boolean; reason: CapabilityResolutionReason }>;
export type ChangedParticipantCapabilities = Partial<ParticipantCapabilities>;
export type CapabilitiesChangedReason = 'RoleChanged' | 'UserPolicyChanged' | 'MeetingOptionOrOrganizerPolicyChanged' | 'TeamsPremiumLicenseChanged';
export type CapabilitiesChangedEventType = 'capabilitiesChanged';

export interface CapabilitiesChangeInfo {
  oldValue: ChangedParticipantCapabilities;
  newValue: ChangedParticipantCapabilities;
  reason: CapabilitiesChangedReason;
}
export type CapabilitiesChangeHandler = (data: CapabilitiesChangeInfo) => void;

export interface CapabilitiesEvents {
  capabilitiesChanged: CapabilitiesChangeHandler;
}

export interface CapabilitiesFeature extends CallFeature, EventSource<CapabilitiesEvents> {
  readonly capabilities: ParticipantCapabilities;
}

/** What the role decides. Names that the protocol has, too. */
const BY_ROLE: readonly (ParticipantCapabilityName & Capability)[] = [
  'turnVideoOn', 'unmuteMic', 'shareScreen', 'manageLobby', 'hangUpForEveryOne', 'removeParticipant', 'muteOthers', 'forbidOthersAudio', 'forbidOthersVideo',
  'raiseHand', 'useReactions', 'spotlightParticipant', 'removeParticipantsSpotlight', 'realTimeText', 'addCommunicationUser',
];

const REASONS: Record<CapabilitiesReason, CapabilitiesChangedReason> = {
  roleChanged: 'RoleChanged',
  accessChanged: 'UserPolicyChanged',
  meetingOptionsChanged: 'MeetingOptionOrOrganizerPolicyChanged',
};

/** What this version of Convene does not have. */
const NOT_SUPPORTED: readonly ParticipantCapabilityName[] = [
  'addTeamsUser', 'addPhoneNumber', 'startLiveMeetingCaptions', 'startLiveCallingCaptions', 'setCaptionLanguage', 'pstnDialOut', 'startTogetherMode',
  'joinBreakoutRooms',
];

/** What no role takes. */
const FOR_EVERYBODY: readonly ParticipantCapabilityName[] = ['viewAttendeeNames', 'blurBackground'];

/** What of a call decides about capabilities. */
export interface CapabilityGrounds {
  /** What the server says; undefined before it said anything. */
  readonly granted: readonly Capability[] | undefined;
  readonly role: ParticipantRole;
  /** Group calls have no options that forbid, and those who are no hosts no lobby. */
  readonly isGroupCall: boolean;
}

/** What every role but the consumer's has of itself: if it is missing, the meeting's options or somebody who leads took it. */
const SENDING: readonly ParticipantCapabilityName[] = ['unmuteMic', 'turnVideoOn'];
/** What those roles have of themselves that present. */
const PRESENTING: readonly ParticipantCapabilityName[] = [...SENDING, 'shareScreen'];
const ONLY_IN_MEETINGS: readonly ParticipantCapabilityName[] = ['manageLobby', 'forbidOthersAudio', 'forbidOthersVideo'];

function reasonOf(name: ParticipantCapabilityName & Capability, { granted, role, isGroupCall }: CapabilityGrounds): CapabilityResolutionReason {
  if (!granted) {
    return 'NotInitialized';
  }
  if (granted.includes(name)) {
    return 'Capable';
  }
  if (isGroupCall && ONLY_IN_MEETINGS.includes(name)) {
    return 'CapabilityNotApplicableForTheCallType';
  }
  // Every role of a call has it into which people can be called.
  if (name === 'addCommunicationUser') {
    return 'CapabilityNotApplicableForTheCallType';
  }
  const ofRole = role === 'Consumer' ? [] : role === 'Attendee' ? SENDING : PRESENTING;
  return ofRole.includes(name) ? 'MeetingRestricted' : 'RoleRestricted';
}

/** The complete record, made anew each time: UI libraries freeze what they are given. */
export function capabilityRecord(grounds: CapabilityGrounds): ParticipantCapabilities {
  const entries = [
    ...BY_ROLE.map((name) => {
      const reason = reasonOf(name, grounds);
      return [name, { isPresent: reason === 'Capable', reason }] as const;
    }),
    ...NOT_SUPPORTED.map((name) => [name, { isPresent: false, reason: 'FeatureNotSupported' }] as const),
    ...FOR_EVERYBODY.map((name) => [name, { isPresent: true, reason: 'Capable' }] as const),
  ];
  return Object.fromEntries(entries) as ParticipantCapabilities;
}

/** What this client may do in the call. */
export class Capabilities extends FeatureBase<CapabilitiesEvents> implements CapabilitiesFeature {
  readonly name = 'Capabilities';
  private known: ParticipantCapabilities;

  constructor(private readonly context: CallFeatureContext) {
    super();
    this.known = this.capabilities;
    coreOf(context).standing.events.on('capabilitiesChanged', (reason) => this.handleChanged(reason));
  }

  get capabilities(): ParticipantCapabilities {
    const { standing, details } = coreOf(this.context);
    return capabilityRecord({ granted: standing.capabilities, role: standing.role, isGroupCall: details.groupId !== undefined });
  }

  private handleChanged(reason: CapabilitiesReason): void {
    const before = this.known;
    const after = this.capabilities;
    this.known = this.capabilities;
    const changed = BY_ROLE.filter((name) => before[name].reason !== after[name].reason);
    if (changed.length > 0) {
      const only = (record: ParticipantCapabilities): ChangedParticipantCapabilities => Object.fromEntries(changed.map((name) => [name, record[name]]));
      this.emitter.emit('capabilitiesChanged', { oldValue: only(before), newValue: only(after), reason: REASONS[reason] });
    }
  }
}
