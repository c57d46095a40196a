// Tells that something about a call changed, whatever it was. What is true stands in the call itself, and is read from there.

import { Features } from "@convene/calling";
import type { Call, RemoteParticipant, RemoteVideoStream } from "@convene/calling";

/** Calls `changed` after every change of the call, its people, their videos and its lobby. Returns what stops it. */
export function watchCall(call: Call, changed: () => void): () => void {
  const streams = new Set<RemoteVideoStream>();
  const people = new Set<RemoteParticipant>();

  const onStreams = (update: { added: RemoteVideoStream[]; removed: RemoteVideoStream[] }): void => {
    update.added.forEach(watchStream);
    update.removed.forEach(unwatchStream);
    changed();
  };
  const watchStream = (stream: RemoteVideoStream): void => {
    if (streams.has(stream)) return;
    streams.add(stream);
    stream.on("isAvailableChanged", changed);
  };
  const unwatchStream = (stream: RemoteVideoStream): void => {
    streams.delete(stream);
    stream.off("isAvailableChanged", changed);
  };
  const watchPerson = (person: RemoteParticipant): void => {
    if (people.has(person)) return;
    people.add(person);
    person.on("stateChanged", changed);
    person.on("isMutedChanged", changed);
    person.on("isSpeakingChanged", changed);
    person.on("displayNameChanged", changed);
    person.on("roleChanged", changed);
    person.on("videoStreamsUpdated", onStreams);
    person.videoStreams.forEach(watchStream);
  };
  const unwatchPerson = (person: RemoteParticipant): void => {
    people.delete(person);
    person.off("stateChanged", changed);
    person.off("isMutedChanged", changed);
    person.off("isSpeakingChanged", changed);
    person.off("displayNameChanged", changed);
    person.off("roleChanged", changed);
    person.off("videoStreamsUpdated", onStreams);
    person.videoStreams.forEach(unwatchStream);
  };
  const onPeople = (update: { added: RemoteParticipant[]; removed: RemoteParticipant[] }): void => {
    update.added.forEach(watchPerson);
    update.removed.forEach(unwatchPerson);
    changed();
  };

  const capabilities = call.feature(Features.Capabilities);
  const access = call.feature(Features.MediaAccess);
  const hands = call.feature(Features.RaiseHand);
  const spotlight = call.feature(Features.Spotlight);
  const speakers = call.feature(Features.DominantSpeakers);
  const recording = call.feature(Features.Recording);
  const transcription = call.feature(Features.Transcription);
  call.on("stateChanged", changed);
  call.on("isMutedChanged", changed);
  call.on("isLocalVideoStartedChanged", changed);
  call.on("isScreenSharingOnChanged", changed);
  call.on("localVideoStreamsUpdated", changed);
  call.on("localAudioStreamsUpdated", changed);
  call.on("roleChanged", changed);
  call.on("remoteParticipantsUpdated", onPeople);
  call.info.onCallInfoChanged("callInfoChanged", changed);
  call.lobby.on("lobbyParticipantsUpdated", changed);
  capabilities.on("capabilitiesChanged", changed);
  access.on("mediaAccessChanged", changed);
  hands.on("raisedHandEvent", changed);
  hands.on("loweredHandEvent", changed);
  spotlight.on("spotlightChanged", changed);
  speakers.on("dominantSpeakersChanged", changed);
  recording.on("isRecordingActiveChanged", changed);
  transcription.on("isTranscriptionActiveChanged", changed);
  call.remoteParticipants.forEach(watchPerson);

  return () => {
    call.off("stateChanged", changed);
    call.off("isMutedChanged", changed);
    call.off("isLocalVideoStartedChanged", changed);
    call.off("isScreenSharingOnChanged", changed);
    call.off("localVideoStreamsUpdated", changed);
    call.off("localAudioStreamsUpdated", changed);
    call.off("roleChanged", changed);
    call.off("remoteParticipantsUpdated", onPeople);
    call.info.offCallInfoChanged("callInfoChanged", changed);
    call.lobby.off("lobbyParticipantsUpdated", changed);
    capabilities.off("capabilitiesChanged", changed);
    access.off("mediaAccessChanged", changed);
    hands.off("raisedHandEvent", changed);
    hands.off("loweredHandEvent", changed);
    spotlight.off("spotlightChanged", changed);
    speakers.off("dominantSpeakersChanged", changed);
    recording.off("isRecordingActiveChanged", changed);
    transcription.off("isTranscriptionActiveChanged", changed);
    [...people].forEach(unwatchPerson);
  };
}
