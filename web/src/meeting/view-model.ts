// What the meeting's screen shows. An action that is not available now is `undefined`; views show what they are given.

import type { LocalVideoStream, RemoteVideoStream } from "@convene/calling";

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
  /** The camera; `undefined` while it is off. */
  readonly video: ShownVideo | undefined;
}

/** A shared screen. */
export interface ScreenViewModel {
  readonly id: string;
  readonly name: string;
  readonly video: ShownVideo;
}

/** One line of the roster. */
export interface PersonViewModel {
  readonly id: string;
  readonly name: string;
  /** Kind of identity and role, for example "organization, organizer". */
  readonly detail: string;
  readonly isMuted: boolean;
  readonly isLocal: boolean;
}

/** Somebody in the lobby. */
export interface WaiterViewModel {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly since: Date;
  readonly admit: Action;
  readonly reject: Action;
}

/** The lobby, as those see it who manage it. */
export interface LobbyViewModel {
  readonly waiters: readonly WaiterViewModel[];
  readonly admitAll: Action | undefined;
}

/** How others come in. */
export interface InviteViewModel {
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
  readonly screen: ToggleViewModel;
  readonly people: ToggleViewModel & { readonly waiting: number };
  readonly invite: ToggleViewModel;
  readonly leave: Action;
  readonly endForAll: Action | undefined;
}

/** Something to tell, until it is dismissed. */
export interface NoticeViewModel {
  readonly text: string;
  readonly isError: boolean;
  readonly dismiss: Action;
}

/** The whole screen. */
export interface MeetingViewModel {
  readonly title: string;
  readonly tiles: readonly TileViewModel[];
  readonly screen: ScreenViewModel | undefined;
  readonly people: readonly PersonViewModel[];
  /** `undefined` for those who do not manage the lobby. */
  readonly lobby: LobbyViewModel | undefined;
  readonly invite: InviteViewModel;
  readonly controls: ControlsViewModel;
  readonly notice: NoticeViewModel | undefined;
}
