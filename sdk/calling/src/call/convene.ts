import type { ConveneAnnouncing, ConveneManaging } from '../api/call.js';
import type { CallManaging } from './managing.js';
import type { CallNotices } from './notices.js';

/** What `call.convene` has: ours beyond ACS, each under its own name. */
export function conveneActions(managing: CallManaging, notices: CallNotices): ConveneManaging & ConveneAnnouncing {
  return {
    putBackIntoLobby: (participant) => managing.putBackIntoLobby(participant),
    setRole: (participant, role) => managing.setRole(participant, role),
    liftBar: (participant) => managing.liftBar(participant),
    announceRecording: (state) => notices.announceRecording(state),
    announceTranscription: (active) => notices.announceTranscription(active),
  };
}
