import { speaking } from "./speaking";

const english = {
  heading: "Meeting options",
  legend: "Options",
  whoWaits: "Who waits in the lobby",
  whoPresents: "Who presents",
  presenters: {
    everyone: "Everybody",
    organization: "People of my organization",
    roleIsPresenter: "Those I invited as presenters",
    organizer: "Only organizers",
  },
  /** Each with a hint. */
  flags: {
    allowAttendeeToEnableMic: ["Attendees may speak", "Otherwise only presenters unmute."] as readonly [string, string],
    allowAttendeeToEnableCamera: ["Attendees may turn their camera on", "Otherwise only presenters are seen."] as readonly [string, string],
    isGuestsAllowed: ["Guests may come", "Apps’ users and anonymous guests."] as readonly [string, string],
    guestsMayStart: ["Guests may start the meeting", "They need not wait until somebody of the organization is in."] as readonly [string, string],
    isLocked: ["Locked", "Nobody new comes in but organizers."] as readonly [string, string],
  },
  reading: "Reading the options…",
  saving: "Saving…",
  saved: "Saved. It holds from now on.",
  invitation: "Invitation",
  invitationHint: "What others need to come in.",
};

export type OptionWords = typeof english;
export const optionWords = speaking("options", english);
