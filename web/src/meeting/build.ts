// From a call to what the screen shows. Reads, and changes nothing.

import { Features } from "@convene/calling";
import type { Call, LocalVideoStream, RemoteParticipant } from "@convene/calling";
import { getIdentifierRawId } from "@azure/communication-common";
import type { Devices } from "../shared/devices";
import { meetingWords } from "../shared/strings/meeting";
import { ringingWords } from "../shared/strings/ringing";
import type { MeetingActions } from "./actions";
import { may } from "./capabilities";
import type { ChatViewModel } from "./chat/view-model";
import { raisedHands, type RaisedHands } from "./hands/hands";
import type { LayoutChoice } from "./layout/choice";
import type { OptionsViewModel } from "./options/view-model";
import { faultBanners } from "./quality/banners";
import type { CallSigns } from "./quality/signs";
import type { QualityViewModel } from "./quality/view-model";
import type { ShownReactions } from "./reactions/reactions";
import { spotlit, type Spotlit } from "./spotlight/spotlight";
import type { KnockSound } from "./people/knock-sound";
import { lineOf, lobbyOf, nameOf, ownLine } from "./people/build";
import type { Panel, Popover } from "./session";
import type {
  BannerViewModel,
  ControlsViewModel,
  InviteViewModel,
  MeetingViewModel,
  NoticeViewModel,
  ScreenViewModel,
  ShownVideo,
  TileViewModel,
} from "./view-model";

/** What the screen needs beside the call. */
export interface Surroundings {
  readonly title: string;
  readonly ownName: string;
  readonly invite: InviteViewModel;
  readonly devices: Devices;
  readonly options: OptionsViewModel | undefined;
  readonly panel: Panel | undefined;
  readonly chat: ChatViewModel | undefined;
  readonly popover: Popover | undefined;
  readonly notice: NoticeViewModel | undefined;
  readonly reactions: ShownReactions;
  readonly knockSound: KnockSound;
  readonly layout: LayoutChoice;
  readonly signs: CallSigns;
  readonly quality: QualityViewModel | undefined;
  /** Whether it is a call that rang. */
  readonly rang: boolean;
}

/** Builds the view-model. */
export function buildMeeting(call: Call, actions: MeetingActions, around: Surroundings): MeetingViewModel {
  const others = call.remoteParticipants.filter((person) => person.state === "Connected" || person.state === "Hold");
  const hands = raisedHands(call);
  const lit = spotlit(call);
  const { signs } = around;
  const weak = signs.weak;
  const mutesOthers = may(call, "muteOthers");
  return {
    title: call.info.subject ?? around.title,
    connection: {
      level: signs.connection.level,
      figures: { isOn: around.popover === "quality", toggle: () => actions.togglePopover("quality") },
    },
    quality: around.quality,
    banners: [...holdBanners(call, actions, others), ...bannersOf(call, actions), ...faultBanners(call, actions, signs)],
    tiles: [ownTile(call, around, hands, lit), ...others.map((person) => tileOf(person, around, hands, lit, weak))],
    speakers: call.feature(Features.DominantSpeakers).dominantSpeakers.speakersList.map(getIdentifierRawId),
    screen: sharedScreen(others),
    layout: around.layout.viewModel(others.length),
    people: [ownLine(call, around.ownName, actions, hands, lit), ...others.map((person) => lineOf(call, person, actions, hands, lit))],
    muteAll: mutesOthers && others.some((person) => !person.isMuted) ? () => actions.muteAll() : undefined,
    lowerAllHands: mutesOthers && hands.count > 0 ? () => actions.lowerAllHands() : undefined,
    lobby: lobbyOf(call, actions, around.knockSound),
    chat: around.chat,
    invite: around.invite,
    devices: around.devices.fields(call.isMuted ? undefined : call.localAudioStreams[0]),
    options: around.options,
    controls: controlsOf(call, actions, around, hands),
    notice: around.notice,
  };
}

function ownCamera(call: Call): LocalVideoStream | undefined {
  return call.localVideoStreams.find((stream) => stream.mediaStreamType === "Video");
}

function ownTile(call: Call, around: Surroundings, hands: RaisedHands, lit: Spotlit): TileViewModel {
  return {
    id: "local",
    name: around.ownName,
    isLocal: true,
    isMuted: call.isMuted,
    isSpeaking: false,
    isConnectionBad: false,
    hand: hands.ownPlace,
    spotlight: lit.ownPlace,
    reaction: around.reactions.own,
    video: ownCamera(call),
  };
}

function tileOf(person: RemoteParticipant, around: Surroundings, hands: RaisedHands, lit: Spotlit, weak: ReadonlySet<string>): TileViewModel {
  const id = getIdentifierRawId(person.identifier);
  return {
    id,
    name: nameOf(person),
    isLocal: false,
    isMuted: person.isMuted,
    isSpeaking: person.isSpeaking,
    isConnectionBad: weak.has(id),
    hand: hands.placeOf(id),
    spotlight: lit.placeOf(id),
    reaction: around.reactions.of(id),
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

function holdBanners(call: Call, actions: MeetingActions, others: readonly RemoteParticipant[]): BannerViewModel[] {
  const words = ringingWords();
  if (call.state === "LocalHold") {
    const resume = { text: words.hold[0], run: () => actions.setHeld(false) };
    return [{ id: "held", text: words.held, action: actions.isBusy("hold") ? undefined : resume, dismiss: undefined }];
  }
  const holder = others.find((person) => person.state === "Hold");
  return holder ? [{ id: "heldByOther", text: words.heldByOther(nameOf(holder)), action: undefined, dismiss: undefined }] : [];
}

function bannersOf(call: Call, actions: MeetingActions): BannerViewModel[] {
  const words = meetingWords().banners;
  const banners: BannerViewModel[] = [];
  if (call.isScreenSharingOn) {
    const stop = { text: words.stopSharing, run: () => actions.setScreen(false) };
    banners.push({ id: "sharing", text: words.sharing, action: actions.isBusy("screen") ? undefined : stop, dismiss: undefined });
  }
  if (call.feature(Features.Recording).isRecordingActive) {
    banners.push({ id: "recording", text: words.recording, action: undefined, dismiss: undefined });
  }
  if (call.feature(Features.Transcription).isTranscriptionActive) {
    banners.push({ id: "transcription", text: words.transcription, action: undefined, dismiss: undefined });
  }
  return banners;
}

function controlsOf(call: Call, actions: MeetingActions, around: Surroundings, hands: RaisedHands): ControlsViewModel {
  const unless = (action: string, run: () => void): (() => void) | undefined => (actions.isBusy(action) ? undefined : run);
  const cameraOn = ownCamera(call) !== undefined;
  const handUp = hands.ownPlace !== undefined;
  const canShare = typeof navigator.mediaDevices?.getDisplayMedia === "function";
  return {
    microphone: {
      isOn: !call.isMuted,
      toggle: may(call, "unmuteMic") ? unless("microphone", () => actions.setMicrophone(call.isMuted)) : undefined,
    },
    camera: {
      isOn: cameraOn,
      toggle: may(call, "turnVideoOn") ? unless("camera", () => actions.setCamera(!cameraOn)) : undefined,
    },
    screen: canShare
      ? {
          isOn: call.isScreenSharingOn,
          toggle: may(call, "shareScreen") ? unless("screen", () => actions.setScreen(!call.isScreenSharingOn)) : undefined,
        }
      : undefined,
    hand: may(call, "raiseHand") ? { isOn: handUp, toggle: unless("hand", () => actions.setHand(!handUp)) } : undefined,
    hold: around.rang ? { isOn: call.state === "LocalHold", toggle: unless("hold", () => actions.setHeld(call.state !== "LocalHold")) } : undefined,
    react: may(call, "useReactions") ? (reaction) => actions.react(reaction) : undefined,
    invite: around.rang ? undefined : { isOn: around.popover === "invite", toggle: () => actions.togglePopover("invite") },
    devices: { isOn: around.popover === "devices", toggle: () => actions.togglePopover("devices") },
    people: {
      isOn: around.panel === "people",
      toggle: () => actions.togglePanel("people"),
      waiting: may(call, "manageLobby") ? call.lobby.participants.length : 0,
    },
    chat: around.chat && { isOn: around.panel === "chat", toggle: () => actions.togglePanel("chat"), unread: around.chat.unread },
    options: actions.openOptions,
    leave: () => actions.leave(),
    endForAll: !around.rang && may(call, "hangUpForEveryOne") ? () => actions.endForAll() : undefined,
  };
}
