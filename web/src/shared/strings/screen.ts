import { speaking } from "./speaking";

const english = {
  controls: {
    label: "Meeting controls",
    /** What a press does: while it is on, while it is off. */
    microphone: ["Mute", "Unmute"] as readonly [string, string],
    camera: ["Camera off", "Camera on"] as readonly [string, string],
    screen: ["Stop sharing", "Share screen"] as readonly [string, string],
    hand: ["Lower hand", "Raise hand"] as readonly [string, string],
    react: "React",
    devices: "Devices",
    options: "Options",
    invite: "Invite",
    people: "People",
    chat: "Chat",
    leave: "Leave",
    end: "End for all",
    /** After "People", for screen readers. */
    waiting: (count: number) => `, ${count} waiting in the lobby`,
    /** After "Chat", for screen readers. */
    unread: (count: number) => (count === 1 ? ", 1 new message" : `, ${count} new messages`),
  },
  reactions: { like: "Like", heart: "Heart", applause: "Applause", laugh: "Laugh", surprised: "Surprised" },
  /** What is said of who sends a reaction. */
  reacting: { like: "likes this", heart: "loves this", applause: "applauds", laugh: "laughs", surprised: "is surprised" },
  stage: {
    label: "People in the meeting",
    alone: "You are the only one here",
    aloneHint: "Send this link to the people you want to meet.",
    pin: "Pin for me",
    unpin: "Unpin",
    screenOf: (name: string) => `${name}’s screen`,
    /** The library puts the name in. */
    screenShown: "{participant} is shown.",
    screenGone: "{participant} is no longer shown.",
    muted: "muted",
    spotlit: "in the spotlight",
    pinned: "pinned",
  },
  layout: { view: "View", gallery: "Everybody alike", speaker: "Who speaks large", ownInCorner: "Own video in the corner" },
  invite: { heading: "Invite people", hint: "Anybody with this link can ask to join." },
  devices: "Devices",
  closeCard: (card: string) => `Close ${card}`,
  dismiss: "Dismiss",
  chat: {
    panel: "Chat",
    close: "Close chat",
    opening: "Opening the chat…",
    off: "The chat is off in this meeting.",
    failed: "The chat could not be opened.",
    empty: "Nobody has written anything yet.",
    tryAgain: "Try again",
    messages: "Messages",
    field: "Write to everybody",
    /** The field's name for screen readers. */
    fieldName: "Message",
    /** The library puts the names in. */
    typing: { singleUser: "{user} is typing…", multipleUsers: "{users} are typing…" },
  },
};

export type ScreenWords = typeof english;
export const screenWords = speaking("screen", english);
