// What the meeting's screen shows. An action that is not available now is `undefined`; views show what they are given.

import type { LocalVideoStream, Reaction, RemoteVideoStream } from "@convene/calling";
import type { DeviceFieldsViewModel } from "../shared/device-fields";
import type { Told } from "../shared/strings/telling";
import type { ChatViewModel } from "./chat/view-model";
import type { LayoutViewModel } from "./layout/view-model";
import type { OptionsViewModel } from "./options/view-model";
import type { ConnectionViewModel, QualityViewModel } from "./quality/view-model";

/** A video that can be shown. */
export type ShownVideo = LocalVideoStream | RemoteVideoStream;

/** An action of the screen. Failures are told as a notice. */
export type Action = () => void;

/** One person's picture in the gallery. */
export interface TileViewModel {
  readonly id: string;
  readonly name: string;
  readonly isLocal: boolean;
  readonly isMuted: boolean;
  readonly isSpeaking: boolean;
  /** Whether they told that their connection is bad. */
  readonly isConnectionBad: boolean;
  /** The place among the raised hands, from 1. */
  readonly hand: number | undefined;
  /** The place in the spotlight, from 1. */
  readonly spotlight: number | undefined;
  /** What they have just sent. */
  readonly reaction: Reaction | undefined;
  /** The camera; `undefined` while it is off. */
  readonly video: ShownVideo | undefined;
}

/** A shared screen of somebody else. */
export interface ScreenViewModel {
  readonly id: string;
  readonly name: string;
  readonly video: ShownVideo;
}

/** One line of the roster. */
export interface PersonViewModel {
  readonly id: string;
  readonly name: string;
  /** The kind of identity, in words: names can be imitated, the kind cannot. */
  readonly kind: string;
  /** True for those whom nobody vouches for. */
  readonly isAnonymous: boolean;
  /** In words; empty where there are no roles. */
  readonly role: string;
  readonly isMuted: boolean;
  readonly isMicrophoneForbidden: boolean;
  readonly isCameraForbidden: boolean;
  readonly isLocal: boolean;
  readonly hand: number | undefined;
  readonly actions: PersonActionsViewModel;
}

/** What this client may do to somebody now. */
export interface PersonActionsViewModel {
  readonly mute: Action | undefined;
  readonly lowerHand: Action | undefined;
  readonly startSpotlight: Action | undefined;
  readonly stopSpotlight: Action | undefined;
  readonly forbidMicrophone: Action | undefined;
  readonly permitMicrophone: Action | undefined;
  readonly forbidCamera: Action | undefined;
  readonly permitCamera: Action | undefined;
  readonly makeCoOrganizer: Action | undefined;
  readonly makePresenter: Action | undefined;
  readonly makeAttendee: Action | undefined;
  readonly putBack: Action | undefined;
  readonly remove: Action | undefined;
}

/** Somebody in the lobby. */
export interface WaiterViewModel {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly isAnonymous: boolean;
  readonly since: Date;
  readonly admit: Action;
  readonly reject: Action;
}

/** The lobby, as those see it who manage it. */
export interface LobbyViewModel {
  readonly waiters: readonly WaiterViewModel[];
  readonly admitAll: Action | undefined;
  /** Whether a sound is heard when somebody comes. */
  readonly sound: ToggleViewModel;
}

/** How others come in. */
export interface InviteViewModel {
  /** What it is about, as far as the link or the organizer tells. */
  readonly subject?: string;
  readonly link: string;
  readonly meetingId: string | undefined;
  readonly passcode: string | undefined;
}

/** Something that is on or off. */
export interface ToggleViewModel {
  readonly isOn: boolean;
  readonly toggle: Action | undefined;
}

/** The buttons below the gallery. */
export interface ControlsViewModel {
  readonly microphone: ToggleViewModel;
  readonly camera: ToggleViewModel;
  /** `undefined` where the browser cannot share a screen. */
  readonly screen: ToggleViewModel | undefined;
  readonly hand: ToggleViewModel | undefined;
  /** Holding the call; `undefined` in meetings. */
  readonly hold: ToggleViewModel | undefined;
  /** `undefined` for those who may not react. */
  readonly react: ((reaction: Reaction) => void) | undefined;
  readonly people: ToggleViewModel & { readonly waiting: number };
  /** `undefined` where there is no chat. */
  readonly chat: (ToggleViewModel & { readonly unread: number }) | undefined;
  /** `undefined` where there is no link. */
  readonly invite: ToggleViewModel | undefined;
  readonly devices: ToggleViewModel;
  readonly options: Action | undefined;
  readonly leave: Action;
  readonly endForAll: Action | undefined;
}

/** Something to tell, until it is dismissed. */
export interface NoticeViewModel {
  readonly told: Told;
  readonly isError: boolean;
  readonly dismiss: Action;
}

/** Something that is true for as long as it stands there: a strip under the title. */
export interface BannerViewModel {
  readonly id: "held" | "heldByOther" | "sharing" | "recording" | "transcription" | "connection" | "mutedSpeech" | "microphone" | "camera";
  readonly text: string;
  readonly action: { readonly text: string; readonly run: Action } | undefined;
  /** `undefined` for what has to stand there. */
  readonly dismiss: Action | undefined;
}

/** The whole screen. */
export interface MeetingViewModel {
  readonly title: string;
  readonly connection: ConnectionViewModel;
  /** While the figures are open. */
  readonly quality: QualityViewModel | undefined;
  readonly banners: readonly BannerViewModel[];
  readonly tiles: readonly TileViewModel[];
  /** Who speaks or spoke last, by id, the latest first. */
  readonly speakers: readonly string[];
  readonly screen: ScreenViewModel | undefined;
  readonly layout: LayoutViewModel;
  readonly people: readonly PersonViewModel[];
  readonly muteAll: Action | undefined;
  readonly lowerAllHands: Action | undefined;
  /** `undefined` for those who do not manage the lobby. */
  readonly lobby: LobbyViewModel | undefined;
  readonly chat: ChatViewModel | undefined;
  readonly invite: InviteViewModel;
  readonly devices: DeviceFieldsViewModel;
  /** While the dialog is open. */
  readonly options: OptionsViewModel | undefined;
  readonly controls: ControlsViewModel;
  readonly notice: NoticeViewModel | undefined;
}
