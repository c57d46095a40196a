// The camera, turned on and off while a call goes on, and everybody else's cameras.

import { CallClient, LocalVideoStream, VideoStreamRenderer } from "@azure/communication-calling";
import type { Call, CallAgent, RemoteParticipant, RemoteVideoStream } from "@azure/communication-calling";
import { connectWith, element, getCredential, onPress } from "../shared/ui";

const callClient = new CallClient();
let callAgent: CallAgent | undefined;
let call: Call | undefined;
let camera: LocalVideoStream | undefined;
let preview: VideoStreamRenderer | undefined;

connectWith(async (displayName, groupId) => {
  callAgent ??= await callClient.createCallAgent(await getCredential(), { displayName });
  call = callAgent.join({ groupId });
  call.on("remoteParticipantsUpdated", ({ added }) => added.forEach(followParticipant));
  call.remoteParticipants.forEach(followParticipant);
  call.on("isLocalVideoStartedChanged", () => {
    element("camera-state").textContent = call?.isLocalVideoStarted ? "on" : "off";
  });
  return call;
});

onPress("start-video", async () => {
  const deviceManager = await callClient.getDeviceManager();
  await deviceManager.askDevicePermission({ audio: false, video: true });
  const [first] = await deviceManager.getCameras();
  if (!first) throw new Error("There is no camera that this page may use.");
  camera = new LocalVideoStream(first);
  await call?.startVideo(camera);
  preview = new VideoStreamRenderer(camera);
  const view = await preview.createView({ isMirrored: true });
  element("local-video").replaceChildren(view.target);
});

onPress("stop-video", async () => {
  preview?.dispose();
  if (camera) await call?.stopVideo(camera);
});

function followParticipant(participant: RemoteParticipant): void {
  const cameras = participant.videoStreams.filter((stream) => stream.mediaStreamType === "Video");
  cameras.forEach((stream) => followStream(participant, stream));
}

function followStream(participant: RemoteParticipant, stream: RemoteVideoStream): void {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = participant.displayName ?? "";
  let renderer: VideoStreamRenderer | undefined;

  const update = async (): Promise<void> => {
    if (stream.isAvailable && !renderer) {
      renderer = new VideoStreamRenderer(stream);
      const view = await renderer.createView({ scalingMode: "Crop" });
      figure.replaceChildren(view.target, caption);
      element("remote-videos").append(figure);
    } else if (!stream.isAvailable) {
      renderer?.dispose();
      renderer = undefined;
      figure.remove();
    }
  };
  stream.on("isAvailableChanged", update);
  void update();
}
