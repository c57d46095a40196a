import type { CallFeature, CallFeatureContext } from '../api/call.js';
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
];

const REASONS: Record<CapabilitiesReason, CapabilitiesChangedReason> = {
  roleChanged: 'RoleChanged',
  accessChanged: 'UserPolicyChanged',
  meetingOptionsChanged: 'MeetingOptionOrOrganizerPolicyChanged',
};

/** What this version of Convene does not have. */
const NOT_SUPPORTED: readonly ParticipantCapabilityName[] = [
  'addCommunicationUser', 'addTeamsUser', 'addPhoneNumber', 'spotlightParticipant', 'removeParticipantsSpotlight', 'blurBackground',
  'startLiveMeetingCaptions', 'startLiveCallingCaptions', 'setCaptionLanguage', 'raiseHand', 'pstnDialOut', 'useReactions', 'startTogetherMode',
  'joinBreakoutRooms', 'realTimeText',
];

/**
 * The complete record, made anew each time: UI libraries freeze what they are given.
 *
 * @param granted what the server says; undefined before it said anything
 */
export function capabilityRecord(granted: readonly Capability[] | undefined): ParticipantCapabilities {
  const byRole = (name: Capability): ParticipantCapabilities[ParticipantCapabilityName] => {
    if (!granted) {
      return { isPresent: false, reason: 'NotInitialized' };
    }
    return granted.includes(name) ? { isPresent: true, reason: 'Capable' } : { isPresent: false, reason: 'RoleRestricted' };
  };
  const entries = [
    ...BY_ROLE.map((name) => [name, byRole(name)] as const),
    ...NOT_SUPPORTED.map((name) => [name, { isPresent: false, reason: 'FeatureNotSupported' }] as const),
    ['viewAttendeeNames', { isPresent: true, reason: 'Capable' }] as const,
  ];
  return Object.fromEntries(entries) as ParticipantCapabilities;
}

/** What this client may do in the call. */
export class Capabilities extends FeatureBase<CapabilitiesEvents> implements CapabilitiesFeature {
  readonly name = 'Capabilities';
  private known: readonly Capability[] | undefined;

  constructor(private readonly context: CallFeatureContext) {
    super();
    const { standing } = coreOf(context);
    this.known = standing.capabilities;
    standing.events.on('capabilitiesChanged', (reason) => this.handleChanged(reason));
  }

  get capabilities(): ParticipantCapabilities {
    return capabilityRecord(coreOf(this.context).standing.capabilities);
  }

  private handleChanged(reason: CapabilitiesReason): void {
    const before = capabilityRecord(this.known);
    const after = this.capabilities;
    this.known = coreOf(this.context).standing.capabilities;
    const changed = BY_ROLE.filter((name) => before[name].isPresent !== after[name].isPresent || before[name].reason !== after[name].reason);
    if (changed.length > 0) {
      const only = (record: ParticipantCapabilities): ChangedParticipantCapabilities => Object.fromEntries(changed.map((name) => [name, record[name]]));
      this.emitter.emit('capabilitiesChanged', { oldValue: only(before), newValue: only(after), reason: REASONS[reason] });
    }
  }
}
