// From a call to what the screen shows. Reads, and changes nothing.

import { Features } from "@convene/calling";
import type { Call, LocalVideoStream, ParticipantCapabilityName, ParticipantRole, RemoteParticipant } from "@convene/calling";
import { getIdentifierRawId } from "@azure/communication-common";
import { identityKind } from "../shared/people";
import type { MeetingActions } from "./actions";
import type {
  ControlsViewModel,
  InviteViewModel,
  LobbyViewModel,
  MeetingViewModel,
  NoticeViewModel,
  PersonViewModel,
  ScreenViewModel,
  ShownVideo,
  TileViewModel,
} from "./view-model";

/** What the screen needs beside the call. */
export interface Surroundings {
  readonly title: string;
  readonly ownName: string;
  readonly invite: InviteViewModel;
  readonly isPeopleOpen: boolean;
  readonly isInviteOpen: boolean;
  readonly notice: NoticeViewModel | undefined;
}

/** Builds the view-model. */
export function buildMeeting(call: Call, actions: MeetingActions, around: Surroundings): MeetingViewModel {
  const others = call.remoteParticipants.filter((person) => person.state === "Connected");
  return {
    title: call.info.subject ?? around.title,
    tiles: [ownTile(call, around), ...others.map(tileOf)],
    screen: sharedScreen(others),
    people: [ownLine(call, around), ...others.map(lineOf)],
    lobby: lobbyOf(call, actions),
    invite: around.invite,
    controls: controlsOf(call, actions, around),
    notice: around.notice,
  };
}

/** Whether this client may do something in this call. */
export function may(call: Call, capability: ParticipantCapabilityName): boolean {
  return call.feature(Features.Capabilities).capabilities[capability].isPresent;
}

/** The name to show for somebody. */
export function nameOf(person: RemoteParticipant): string {
  return person.displayName?.trim() || "Somebody without a name";
}

function ownCamera(call: Call): LocalVideoStream | undefined {
  return call.localVideoStreams.find((stream) => stream.mediaStreamType === "Video");
}

function ownTile(call: Call, around: Surroundings): TileViewModel {
  const video = ownCamera(call);
  return { id: "local", name: around.ownName, isLocal: true, isMuted: call.isMuted, isSpeaking: false, video };
}

function tileOf(person: RemoteParticipant): TileViewModel {
  return {
    id: getIdentifierRawId(person.identifier),
    name: nameOf(person),
    isLocal: false,
    isMuted: person.isMuted,
    isSpeaking: person.isSpeaking,
    video: availableVideo(person, "Video"),
  };
}

function availableVideo(person: RemoteParticipant, type: "Video" | "ScreenSharing"): ShownVideo | undefined {
  return person.videoStreams.find((stream) => stream.mediaStreamType === type && stream.isAvailable);
}

function sharedScreen(others: readonly RemoteParticipant[]): ScreenViewModel | undefined {
  for (const person of others) {
    const video = availableVideo(person, "ScreenSharing");
    if (video) return { id: getIdentifierRawId(person.identifier), name: nameOf(person), video };
  }
  return undefined;
}

function ownLine(call: Call, around: Surroundings): PersonViewModel {
  return { id: "local", name: around.ownName, detail: roleText(call.role), isMuted: call.isMuted, isLocal: true };
}

function lineOf(person: RemoteParticipant): PersonViewModel {
  const words = [identityKind(person.identifier), roleText(person.role)].filter((word) => word !== "");
  return {
    id: getIdentifierRawId(person.identifier),
    name: nameOf(person),
    detail: words.join(", "),
    isMuted: person.isMuted,
    isLocal: false,
  };
}

function roleText(role: ParticipantRole): string {
  return role === "Unknown" ? "" : role.toLowerCase();
}

function lobbyOf(call: Call, actions: MeetingActions): LobbyViewModel | undefined {
  if (!may(call, "manageLobby")) return undefined;
  const waiters = call.lobby.participants.map((person) => {
    const id = getIdentifierRawId(person.identifier);
    return {
      id,
      name: nameOf(person),
      kind: identityKind(person.identifier),
      since: person.waitingSince ?? new Date(),
      admit: () => actions.admit(person),
      reject: () => actions.reject(person),
    };
  });
  return { waiters, admitAll: waiters.length > 1 ? () => actions.admitAll() : undefined };
}

function controlsOf(call: Call, actions: MeetingActions, around: Surroundings): ControlsViewModel {
  const unless = (action: string, run: () => void): (() => void) | undefined => (actions.isBusy(action) ? undefined : run);
  const cameraOn = ownCamera(call) !== undefined;
  return {
    microphone: {
      isOn: !call.isMuted,
      toggle: may(call, "unmuteMic") ? unless("microphone", () => actions.setMicrophone(call.isMuted)) : undefined,
    },
    camera: {
      isOn: cameraOn,
      toggle: may(call, "turnVideoOn") ? unless("camera", () => actions.setCamera(!cameraOn)) : undefined,
    },
    screen: {
      isOn: call.isScreenSharingOn,
      toggle: may(call, "shareScreen") ? unless("screen", () => actions.setScreen(!call.isScreenSharingOn)) : undefined,
    },
    invite: { isOn: around.isInviteOpen, toggle: () => actions.togglePanel("invite") },
    people: {
      isOn: around.isPeopleOpen,
      toggle: () => actions.togglePanel("people"),
      waiting: may(call, "manageLobby") ? call.lobby.participants.length : 0,
    },
    leave: () => actions.leave(),
    endForAll: may(call, "hangUpForEveryOne") ? () => actions.endForAll() : undefined,
  };
}
