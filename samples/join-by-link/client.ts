// This sample and its sister differ in one line: the one with callAgent.join.

import { CallClient, LocalVideoStream, VideoStreamRenderer } from "@azure/communication-calling";
import type { Call, CallAgent, RemoteParticipant, RemoteVideoStream } from "@azure/communication-calling";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const nameInput = element<HTMLInputElement>("name");
const destinationInput = element<HTMLInputElement>("destination");
const connectButton = element<HTMLButtonElement>("connect");
const disconnectButton = element<HTMLButtonElement>("disconnect");
const callState = element<HTMLOutputElement>("call-state");
const callEnd = element<HTMLParagraphElement>("call-end");
const localVideo = element<HTMLDivElement>("local-video");
const remoteVideos = element<HTMLDivElement>("remote-videos");

const callClient = new CallClient();
let callAgent: CallAgent | undefined;
let call: Call | undefined;
let preview: VideoStreamRenderer | undefined;

connectButton.addEventListener("click", async () => {
  connectButton.disabled = true;
  callEnd.textContent = "";
  try {
    callAgent ??= await createAgent();
    const localVideoStreams = await openCamera();
    call = callAgent.join({ meetingLink: destinationInput.value }, { videoOptions: { localVideoStreams } });
    followCall(call);
    disconnectButton.disabled = false;
  } catch (error) {
    callEnd.textContent = String(error);
    connectButton.disabled = false;
  }
});

disconnectButton.addEventListener("click", async () => {
  await call?.hangUp();
});

async function createAgent(): Promise<CallAgent> {
  const response = await fetch("/api/token");
  if (!response.ok) throw new Error(`No token: the server answered ${response.status}. Start it with --dev.`);
  const { value } = await response.json();
  const credential = new AzureCommunicationTokenCredential(value.item2.token);
  return callClient.createCallAgent(credential, { displayName: nameInput.value });
}

async function openCamera(): Promise<LocalVideoStream[]> {
  const deviceManager = await callClient.getDeviceManager();
  await deviceManager.askDevicePermission({ audio: true, video: true });
  const [camera] = await deviceManager.getCameras();
  if (!camera) return [];
  const stream = new LocalVideoStream(camera);
  preview = new VideoStreamRenderer(stream);
  const view = await preview.createView({ isMirrored: true });
  localVideo.replaceChildren(view.target);
  return [stream];
}

function followCall(call: Call): void {
  const showState = (): void => {
    callState.textContent = call.state;
    if (call.state === "Disconnected") showEnd(call);
  };
  call.on("stateChanged", showState);
  showState();

  call.on("remoteParticipantsUpdated", ({ added }) => added.forEach(followParticipant));
  call.remoteParticipants.forEach(followParticipant);
}

function followParticipant(participant: RemoteParticipant): void {
  participant.on("videoStreamsUpdated", ({ added }) => added.forEach((stream) => followVideo(participant, stream)));
  participant.videoStreams.forEach((stream) => followVideo(participant, stream));
}

function followVideo(participant: RemoteParticipant, stream: RemoteVideoStream): void {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = participant.displayName ?? "";
  let renderer: VideoStreamRenderer | undefined;

  const update = async (): Promise<void> => {
    if (stream.isAvailable && !renderer) {
      renderer = new VideoStreamRenderer(stream);
      const view = await renderer.createView();
      figure.replaceChildren(view.target, caption);
      remoteVideos.append(figure);
    } else if (!stream.isAvailable && renderer) {
      renderer.dispose();
      renderer = undefined;
      figure.remove();
    }
  };
  stream.on("isAvailableChanged", update);
  void update();
}

function showEnd({ callEndReason }: Call): void {
  const { code, subCode, message } = { message: "", ...callEndReason };
  callEnd.textContent = `${code}/${subCode} ${message}`;
  preview?.dispose();
  connectButton.disabled = false;
  disconnectButton.disabled = true;
}
