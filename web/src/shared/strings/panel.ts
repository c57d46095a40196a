import { speaking } from "./speaking";

const english = {
  panel: "People",
  close: "Close people",
  list: "In the meeting",
  listOf: (count: number) => `In the meeting (${count})`,
  muteAll: "Mute all",
  lowerHands: "Lower hands",
  muted: "muted",
  mayNotSpeak: "may not speak",
  mayNotBeSeen: "may not turn the camera on",
  hand: (place: number) => `hand raised, number ${place}`,
  actionsOn: (name: string) => `Actions on ${name}`,
  actions: {
    mute: "Mute",
    lowerHand: "Lower the hand",
    startSpotlight: "Put into the spotlight",
    stopSpotlight: "Take out of the spotlight",
    forbidMicrophone: "Forbid the microphone",
    permitMicrophone: "Allow the microphone",
    forbidCamera: "Forbid the camera",
    permitCamera: "Allow the camera",
    makeCoOrganizer: "Make co-organizer",
    makePresenter: "Make presenter",
    makeAttendee: "Make attendee",
    putBack: "Put back into the lobby",
    remove: "Remove…",
  },
  lobby: {
    label: "Lobby",
    heading: "Waiting in the lobby ",
    sound: "Sound when somebody waits",
    admitAll: "Admit all",
    admit: "Admit",
    reject: "Reject",
    admitName: (name: string) => `Admit ${name}`,
    rejectName: (name: string) => `Reject ${name}`,
    since: (time: string) => `since ${time}`,
    came: (name: string, kind: string, waiting: number) => `${name} (${kind}) waits in the lobby. ${waiting} waiting.`,
    waits: (name: string) => `${name} waits to be let in`,
    wait: (count: number) => `${count} people wait to be let in`,
    show: "Show",
  },
  /** What screen readers are told while it goes on. */
  news: {
    came: (name: string, kind: string) => `${name} (${kind}) came in.`,
    left: (name: string) => `${name} left.`,
    raisedHand: (name: string) => `${name} raised a hand.`,
  },
};

export type PanelWords = typeof english;
export const panelWords = speaking("panel", english);
