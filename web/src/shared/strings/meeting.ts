import { speaking } from "./speaking";

const english = {
  pageTitle: (meeting: string, waiting: number) => `${waiting > 0 ? `(${waiting}) ` : ""}${meeting} – Convene`,
  banners: {
    sharing: "Everybody in the meeting sees your screen.",
    stopSharing: "Stop sharing",
    recording: "This meeting is being recorded.",
    transcription: "What is said here is being written down.",
  },
  notices: {
    mutedByOthers: "Somebody who leads the meeting muted you. Unmute when you want to speak.",
  },
  /** What did not work; the reason follows. */
  failed: {
    microphone: "The microphone could not be switched",
    camera: "The camera could not be switched",
    screen: "The screen could not be shared",
    admit: (name: string) => `${name} could not be let in`,
    reject: (name: string) => `${name} could not be sent away`,
    admitAll: "They could not be let in",
    someDidNotFit: (count: number) => `${count} of them did not fit into the meeting.`,
    mute: (name: string) => `${name} could not be muted`,
    muteAll: "They could not be muted",
    microphoneOf: (name: string) => `${name} keeps the right to speak as it was`,
    cameraOf: (name: string) => `${name} keeps the right to be seen as it was`,
    role: (name: string) => `${name} keeps the role`,
    putBack: (name: string) => `${name} could not be put back into the lobby`,
    remove: (name: string) => `${name} could not be removed`,
    raiseHand: "Your hand could not be raised",
    lowerOwnHand: "Your hand could not be lowered",
    lowerHand: (name: string) => `${name} keeps the hand up`,
    lowerAllHands: "The hands could not be lowered",
    startSpotlight: (name: string) => `${name} could not be put into the spotlight`,
    stopSpotlight: (name: string) => `${name} stays in the spotlight`,
    startOwnSpotlight: "You could not be put into the spotlight",
    stopOwnSpotlight: "You stay in the spotlight",
    react: "Your reaction was not sent",
    leave: "Leaving failed",
    end: "The meeting could not be ended",
  },
  options: {
    notRead: "The options could not be read.",
    notSaved: "This could not be saved.",
  },
  remove: {
    heading: (name: string) => `Remove ${name} from the meeting?`,
    text: "They are out at once, and cannot come back with the same identity.",
    yes: "Remove",
    no: "Cancel",
  },
  end: { heading: "End the meeting for everybody?", text: "Everybody leaves, also those who wait in the lobby.", yes: "End for everybody", no: "Go on" },
};

export type MeetingWords = typeof english;
export const meetingWords = speaking("meeting", english);
