// Everybody in the meeting, with what may be done to them. Reads, and changes nothing.

import { Features } from "@convene/calling";
import type { Call, MediaAccess, ParticipantRole, RemoteParticipant } from "@convene/calling";
import { getIdentifierRawId } from "@azure/communication-common";
import { identityKind, isAnonymous } from "../../shared/people";
import { commonWords } from "../../shared/strings/common";
import { peopleWords } from "../../shared/strings/people";
import type { MeetingActions } from "../actions";
import { may } from "../capabilities";
import type { RaisedHands } from "../hands/hands";
import type { Spotlit } from "../spotlight/spotlight";
import type { LobbyViewModel, PersonActionsViewModel, PersonViewModel } from "../view-model";
import type { KnockSound } from "./knock-sound";

/** The name to show for somebody. */
export function nameOf(person: RemoteParticipant): string {
  return person.displayName?.trim() || commonWords().nameless;
}

/** This client's own line. */
export function ownLine(call: Call, name: string, actions: MeetingActions, hands: RaisedHands, lit: Spotlit): PersonViewModel {
  const { identifier } = call.callerInfo;
  return {
    id: "local",
    name,
    kind: identifier ? identityKind(identifier) : "",
    isAnonymous: identifier !== undefined && isAnonymous(identifier),
    role: roleText(call.role),
    isMuted: call.isMuted,
    isMicrophoneForbidden: !may(call, "unmuteMic"),
    isCameraForbidden: !may(call, "turnVideoOn"),
    isLocal: true,
    hand: hands.ownPlace,
    actions: {
      ...NO_ACTIONS,
      startSpotlight: may(call, "spotlightParticipant") && !lit.isSelf && !lit.isFull ? () => actions.setOwnSpotlight(true) : undefined,
      stopSpotlight: lit.isSelf ? () => actions.setOwnSpotlight(false) : undefined,
    },
  };
}

/** Somebody else's line. */
export function lineOf(call: Call, person: RemoteParticipant, actions: MeetingActions, hands: RaisedHands, lit: Spotlit): PersonViewModel {
  const id = getIdentifierRawId(person.identifier);
  const access = accessOf(call, id);
  return {
    id,
    name: nameOf(person),
    kind: identityKind(person.identifier),
    isAnonymous: isAnonymous(person.identifier),
    role: roleText(person.role),
    isMuted: person.isMuted,
    isMicrophoneForbidden: !access.isAudioPermitted,
    isCameraForbidden: !access.isVideoPermitted,
    isLocal: false,
    hand: hands.placeOf(id),
    actions: actionsOn(call, person, access, actions, hands, lit),
  };
}

/** The lobby, for those who manage it. */
export function lobbyOf(call: Call, actions: MeetingActions, sound: KnockSound): LobbyViewModel | undefined {
  if (!may(call, "manageLobby")) return undefined;
  const waiters = call.lobby.participants.map((person) => ({
    id: getIdentifierRawId(person.identifier),
    name: nameOf(person),
    kind: identityKind(person.identifier),
    isAnonymous: isAnonymous(person.identifier),
    since: person.waitingSince ?? new Date(),
    admit: () => actions.admit(person),
    reject: () => actions.reject(person),
  }));
  return { waiters, admitAll: waiters.length > 1 ? () => actions.admitAll() : undefined, sound: { isOn: sound.isOn, toggle: () => sound.toggle() } };
}

const NO_ACTIONS: PersonActionsViewModel = {
  mute: undefined,
  lowerHand: undefined,
  startSpotlight: undefined,
  stopSpotlight: undefined,
  forbidMicrophone: undefined,
  permitMicrophone: undefined,
  forbidCamera: undefined,
  permitCamera: undefined,
  makeCoOrganizer: undefined,
  makePresenter: undefined,
  makeAttendee: undefined,
  putBack: undefined,
  remove: undefined,
};

function actionsOn(
  call: Call,
  person: RemoteParticipant,
  access: Pick<MediaAccess, "isAudioPermitted" | "isVideoPermitted">,
  actions: MeetingActions,
  hands: RaisedHands,
  lit: Spotlit,
): PersonActionsViewModel {
  const when = (condition: boolean, run: () => void): (() => void) | undefined => (condition ? run : undefined);
  const { role } = person;
  const id = getIdentifierRawId(person.identifier);
  const isLit = lit.placeOf(id) !== undefined;
  // Those who own a meeting cannot be shut, sent away or put back by anybody.
  const isOwner = role === "Organizer" || role === "Co-organizer";
  const changesRoles = (call.role === "Organizer" || call.role === "Co-organizer") && role !== "Organizer";
  const isOfOrganization = person.identifier.kind === "microsoftTeamsUser" && !isAnonymous(person.identifier);
  const audio = may(call, "forbidOthersAudio") && !isOwner;
  const video = may(call, "forbidOthersVideo") && !isOwner;
  return {
    mute: when(may(call, "muteOthers") && !person.isMuted, () => actions.mute(person)),
    lowerHand: when(may(call, "muteOthers") && hands.placeOf(id) !== undefined, () => actions.lowerHand(person)),
    startSpotlight: when(may(call, "spotlightParticipant") && !isLit && !lit.isFull, () => actions.setSpotlight(person, true)),
    stopSpotlight: when(may(call, "removeParticipantsSpotlight") && isLit, () => actions.setSpotlight(person, false)),
    forbidMicrophone: when(audio && access.isAudioPermitted, () => actions.setMicrophoneOf(person, false)),
    permitMicrophone: when(audio && !access.isAudioPermitted, () => actions.setMicrophoneOf(person, true)),
    forbidCamera: when(video && access.isVideoPermitted, () => actions.setCameraOf(person, false)),
    permitCamera: when(video && !access.isVideoPermitted, () => actions.setCameraOf(person, true)),
    makeCoOrganizer: when(changesRoles && isOfOrganization && role !== "Co-organizer", () => actions.setRole(person, "Co-organizer")),
    makePresenter: when(changesRoles && role !== "Presenter", () => actions.setRole(person, "Presenter")),
    makeAttendee: when(changesRoles && role !== "Attendee", () => actions.setRole(person, "Attendee")),
    putBack: when(may(call, "manageLobby") && !isOwner, () => actions.putBack(person)),
    remove: when(may(call, "removeParticipant") && !isOwner, () => actions.remove(person)),
  };
}

function accessOf(call: Call, id: string): Pick<MediaAccess, "isAudioPermitted" | "isVideoPermitted"> {
  const all = call.feature(Features.MediaAccess).getAllOthersMediaAccess();
  return all.find(({ participant }) => getIdentifierRawId(participant) === id) ?? { isAudioPermitted: true, isVideoPermitted: true };
}

function roleText(role: ParticipantRole): string {
  const { organizer, coOrganizer, presenter, attendee, consumer, collaborator } = peopleWords().roles;
  const words: Record<ParticipantRole, string> = {
    Organizer: organizer,
    "Co-organizer": coOrganizer,
    Presenter: presenter,
    Attendee: attendee,
    Consumer: consumer,
    Collaborator: collaborator,
    Unknown: "",
  };
  return words[role];
}
