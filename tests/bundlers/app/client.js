// A small app as it is written against ACS: joins a group call with video, and shows everybody else. How it is bundled is not its concern.

import { CallClient, Features, LocalVideoStream, VideoStreamRenderer } from "@azure/communication-calling";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";

const element = (id) => document.getElementById(id);
let call;

element("join").addEventListener("click", async () => {
  const displayName = element("name").value;
  const { token } = await (await fetch("/token")).json();
  const client = new CallClient();
  const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName });
  const devices = await client.getDeviceManager();
  await devices.askDevicePermission({ audio: true, video: true });
  const [camera] = await devices.getCameras();
  const ownVideo = new LocalVideoStream(camera);
  const preview = await new VideoStreamRenderer(ownVideo).createView({ isMirrored: true });
  element("own").append(preview.target);

  call = agent.join({ groupId: element("group").value }, { videoOptions: { localVideoStreams: [ownVideo] } });
  call.on("stateChanged", showState);
  call.on("remoteParticipantsUpdated", ({ added }) => added.forEach(followParticipant));
  call.remoteParticipants.forEach(followParticipant);
  call.feature(Features.DominantSpeakers).on("dominantSpeakersChanged", showState);
  showState();
});

element("leave").addEventListener("click", () => call.hangUp());

function showState() {
  element("state").textContent = call.state === "Disconnected" ? `Disconnected ${call.callEndReason.code}/${call.callEndReason.subCode}` : call.state;
}

function followParticipant(participant) {
  participant.on("videoStreamsUpdated", ({ added }) => added.forEach((stream) => followVideo(participant, stream)));
  participant.videoStreams.forEach((stream) => followVideo(participant, stream));
}

function followVideo(participant, stream) {
  let renderer;
  const show = async () => {
    if (stream.isAvailable && !renderer) {
      renderer = new VideoStreamRenderer(stream);
      const view = await renderer.createView();
      view.target.dataset.name = participant.displayName;
      element("others").append(view.target);
    } else if (!stream.isAvailable && renderer) {
      renderer.dispose();
      renderer = undefined;
    }
  };
  stream.on("isAvailableChanged", show);
  show();
}
