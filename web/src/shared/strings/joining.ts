import { speaking } from "./speaking";

const english = {
  pageTitle: "Join a meeting – Convene",
  preJoin: {
    title: "Join the meeting",
    asking: "The browser asks whether this page may use your camera and microphone.",
    cameraIsOff: "Your camera is off",
    withoutDevices: "Join without them",
    yourName: "Your name",
    yourNameHint: "The others see it.",
    join: "Join",
    back: "Back",
    invite: "Invite people",
    inviteHint: "You can send the link already now. Guests wait until you are in and admit them.",
    signedInAs: (name: string) => `You join as ${name}, of this organization.`,
    asGuest: { before: "You join as a guest. Of this organization? ", signIn: "Sign in", after: " to join as yourself." },
    microphone: { on: "Microphone on", off: "Microphone off", turnOn: "Turn the microphone on", turnOff: "Turn the microphone off" },
    camera: { on: "Camera on", off: "Camera off", turnOn: "Turn the camera on", turnOff: "Turn the camera off" },
  },
  waiting: {
    connecting: "Connecting…",
    inLobby: "Waiting to be let in…",
    putBack: "You are back in the lobby",
    seen: (name: string) => `The people in the meeting see that ${name} is here. Nobody hears or sees you yet.`,
    joining: (title: string) => `Joining ${title}.`,
    joiningUnknown: "Joining the meeting.",
  },
  devices: {
    camera: "Camera",
    microphone: "Microphone",
    speaker: "Speaker",
    level: "Microphone level",
    playTest: "Play a test sound",
    playing: "Playing…",
    tryAgain: "Try again",
    cameraNumber: (number: number) => `Camera ${number}`,
    microphoneNumber: (number: number) => `Microphone ${number}`,
    speakerNumber: (number: number) => `Speaker ${number}`,
    notChanged: {
      camera: "The camera could not be changed.",
      microphone: "The microphone could not be changed.",
      speaker: "The speaker could not be changed.",
    },
    testNotPlayed: "The test sound could not be played.",
    noCamera: "There is no camera that this page may use. Plug one in, or allow it beside the address in the browser.",
    problems: {
      camera: {
        insecure: "The browser gives no camera to this page, since it did not come over https. Open it by its https address.",
        denied: "The browser does not let this page use the camera. Press the sign beside the address, allow the camera, then press “Try again”.",
        missing: "No camera was found. Plug one in; this page notices it by itself.",
        failed: "The camera could not be started. Perhaps another program uses it: close that one, then press “Try again”.",
      },
      microphone: {
        insecure: "The browser gives no microphone to this page, since it did not come over https. Open it by its https address.",
        denied: "The browser does not let this page use the microphone. Press the sign beside the address, allow the microphone, then press “Try again”.",
        missing: "No microphone was found. Plug one in; this page notices it by itself.",
        failed: "The microphone could not be started. Perhaps another program uses it: close that one, then press “Try again”.",
      },
    },
  },
  invitation: {
    copy: "Copy link",
    link: "Join link",
    meetingId: "Meeting id",
    passcode: "Passcode",
    noPasscode: "none",
    copied: "The link is copied.",
    notCopied: "The browser does not let this page copy. The link is selected: press Ctrl+C, or ⌘C on a Mac.",
    when: "When",
    addToCalendar: "Add to calendar",
  },
  /** What stands in a calendar's file. */
  calendar: {
    join: (link: string) => `Join: ${link}`,
    meetingId: (id: string) => `Meeting id: ${id}`,
    passcode: (passcode: string) => `Passcode: ${passcode}`,
    fileName: "meeting",
  },
  notFetched: "A part of this page could not be fetched from the server. Look at your connection, and load the page again.",
  onlyEmbedded: "This page shows a meeting inside other pages, by the element <convene-meeting>. To join a meeting, open its link.",
};

export type JoiningWords = typeof english;
export const joiningWords = speaking("joining", english);
