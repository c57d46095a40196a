// The cameras and microphones of this computer, and the camera's stream that is shown and sent.

import { LocalVideoStream } from "@convene/calling";
import type { AudioDeviceInfo, CallClient, DeviceManager, VideoDeviceInfo } from "@convene/calling";

/** The devices, once the person was asked. */
export class Devices {
  /** The selected camera's stream while it is on. */
  stream: LocalVideoStream | undefined;

  private constructor(
    private readonly manager: DeviceManager,
    readonly cameras: readonly VideoDeviceInfo[],
    readonly microphones: readonly AudioDeviceInfo[],
    /** What is missing, in words for the person; `undefined` if all is there. */
    readonly problem: string | undefined,
    private camera: VideoDeviceInfo | undefined,
  ) {}

  /** Asks for the devices and lists them. Never fails: what is missing stands in {@link problem}. */
  static async open(client: CallClient): Promise<Devices> {
    const manager = await client.getDeviceManager();
    const access = await askFor(manager, { audio: true, video: true });
    const cameras = access.video ? await manager.getCameras().catch(() => []) : [];
    const microphones = access.audio ? await manager.getMicrophones().catch(() => []) : [];
    return new Devices(manager, cameras, microphones, problemOf(cameras.length > 0, microphones.length > 0), cameras[0]);
  }

  get cameraId(): string | undefined {
    return this.camera?.id;
  }

  get microphoneId(): string | undefined {
    return this.manager.selectedMicrophone?.id ?? this.microphones[0]?.id;
  }

  /** Makes the stream of the selected camera. */
  startCamera(): LocalVideoStream {
    if (!this.camera) throw new Error("There is no camera that this page may use. Allow the camera in the browser and reload.");
    this.stream ??= new LocalVideoStream(this.camera);
    return this.stream;
  }

  /** Frees the camera. */
  stopCamera(): void {
    this.stream?.dispose();
    this.stream = undefined;
  }

  async selectCamera(id: string): Promise<void> {
    const camera = this.cameras.find((each) => each.id === id);
    if (!camera) return;
    this.camera = camera;
    await this.stream?.switchSource(camera);
  }

  async selectMicrophone(id: string): Promise<void> {
    const microphone = this.microphones.find((each) => each.id === id);
    if (microphone) await this.manager.selectMicrophone(microphone);
  }
}

async function askFor(manager: DeviceManager, wish: { audio: boolean; video: boolean }): Promise<{ audio: boolean; video: boolean }> {
  const both = await manager.askDevicePermission(wish).catch(() => ({ audio: false, video: false }));
  if (both.audio && both.video) return both;
  // Without a camera a browser refuses both at once: ask for each by itself.
  const none = { audio: false, video: false };
  const audio = both.audio ? both : await manager.askDevicePermission({ audio: true, video: false }).catch(() => none);
  const video = both.video ? both : await manager.askDevicePermission({ audio: false, video: true }).catch(() => none);
  return { audio: audio.audio, video: video.video };
}

function problemOf(hasCamera: boolean, hasMicrophone: boolean): string | undefined {
  const how = "Plug one in, or allow it beside the address in the browser, and reload.";
  if (!hasCamera && !hasMicrophone) return `No camera and no microphone can be used. ${how}`;
  if (!hasCamera) return `No camera can be used. ${how}`;
  if (!hasMicrophone) return `No microphone can be used. ${how}`;
  return undefined;
}
