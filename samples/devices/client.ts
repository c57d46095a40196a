// Cameras, microphones and speakers: asked for, listed, selected. A call that goes on follows what is selected.

import { CallClient, LocalAudioStream, LocalVideoStream, VideoStreamRenderer } from "@azure/communication-calling";
import type { AudioDeviceInfo, Call, CallAgent, DeviceManager, VideoDeviceInfo } from "@azure/communication-calling";
import { connectWith, element, getCredential, onPress } from "../shared/ui";

const callClient = new CallClient();
let callAgent: CallAgent | undefined;
let deviceManager: DeviceManager | undefined;
let camera: LocalVideoStream | undefined;
let microphone: LocalAudioStream | undefined;

onPress("ask", async () => {
  deviceManager = await callClient.getDeviceManager();
  const access = await deviceManager.askDevicePermission({ audio: true, video: true });
  element("access").textContent = `camera ${access.video ? "allowed" : "not allowed"}, microphone ${access.audio ? "allowed" : "not allowed"}`;
  deviceManager.on("videoDevicesUpdated", () => void list());
  deviceManager.on("audioDevicesUpdated", () => void list());
  await list();
  await startTest();
});

async function list(): Promise<void> {
  if (!deviceManager) return;
  show("cameras", await deviceManager.getCameras(), camera?.source.id, async (device) => camera?.switchSource(device));
  show("microphones", await deviceManager.getMicrophones(), deviceManager.selectedMicrophone?.id, async (device) => {
    await microphone?.switchSource(device);
    await deviceManager?.selectMicrophone(device);
  });
  if (!deviceManager.isSpeakerSelectionAvailable) return;
  show("speakers", await deviceManager.getSpeakers(), deviceManager.selectedSpeaker?.id, async (device) => deviceManager?.selectSpeaker(device));
}

/** The camera's picture and the microphone's level, before anybody else sees or hears them. */
async function startTest(): Promise<void> {
  const [first] = (await deviceManager?.getCameras()) ?? [];
  if (first && !camera) {
    camera = new LocalVideoStream(first);
    const view = await new VideoStreamRenderer(camera).createView({ isMirrored: true });
    element("local-video").replaceChildren(view.target);
  }
  const selected = deviceManager?.selectedMicrophone;
  if (selected && !microphone) {
    microphone = new LocalAudioStream(selected);
    const volume = await microphone.getVolume();
    volume.on("levelChanged", () => (element<HTMLMeterElement>("level").value = volume.level));
  }
}

connectWith(async (displayName, groupId): Promise<Call> => {
  callAgent ??= await callClient.createCallAgent(await getCredential(), { displayName });
  return callAgent.join(
    { groupId },
    {
      videoOptions: { localVideoStreams: camera ? [camera] : [] },
      audioOptions: { localAudioStreams: microphone ? [microphone] : [] },
    },
  );
});

function show<Device extends VideoDeviceInfo | AudioDeviceInfo>(
  id: string,
  devices: Device[],
  selected: string | undefined,
  select: (device: Device) => Promise<void>,
): void {
  const field = element<HTMLSelectElement>(id);
  field.replaceChildren(...devices.map(({ name, id: value }) => new Option(name, value, false, value === selected)));
  field.disabled = devices.length === 0;
  field.onchange = () => {
    const device = devices.find((each) => each.id === field.value);
    if (device) select(device).catch((error: unknown) => (element("call-end").textContent = String(error)));
  };
}
