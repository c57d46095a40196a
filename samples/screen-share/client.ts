// Sharing the screen, and seeing whose screen is shared.

import { CallClient, VideoStreamRenderer } from "@azure/communication-calling";
import type { Call, CallAgent, RemoteParticipant, RemoteVideoStream } from "@azure/communication-calling";
import { connectWith, element, getCredential, onPress } from "../shared/ui";

const callClient = new CallClient();
let callAgent: CallAgent | undefined;
let call: Call | undefined;

connectWith(async (displayName, groupId) => {
  callAgent ??= await callClient.createCallAgent(await getCredential(), { displayName });
  call = callAgent.join({ groupId }, { audioOptions: { muted: true } });
  call.on("remoteParticipantsUpdated", ({ added }) => added.forEach(followParticipant));
  call.remoteParticipants.forEach(followParticipant);
  call.on("isScreenSharingOnChanged", () => {
    element("sharing-state").textContent = call?.isScreenSharingOn ? "yes" : "no";
  });
  return call;
});

// The browser asks which screen, window or tab. Whoever stops with the browser's own button has stopped here, too.
onPress("start-sharing", async () => {
  await call?.startScreenSharing();
});

onPress("stop-sharing", async () => {
  await call?.stopScreenSharing();
});

function followParticipant(participant: RemoteParticipant): void {
  const screens = participant.videoStreams.filter((stream) => stream.mediaStreamType === "ScreenSharing");
  screens.forEach((stream) => followScreen(participant, stream));
}

function followScreen(participant: RemoteParticipant, stream: RemoteVideoStream): void {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = `The screen of ${participant.displayName}`;
  let renderer: VideoStreamRenderer | undefined;

  const update = async (): Promise<void> => {
    if (stream.isAvailable && !renderer) {
      renderer = new VideoStreamRenderer(stream);
      // A screen is shown whole: cropped text cannot be read.
      const view = await renderer.createView({ scalingMode: "Fit" });
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
