// The cameras, microphones and speakers of this computer: asked for, listed, selected, tested. And the streams that are shown,
// measured and sent.

import { LocalAudioStream, LocalVideoStream } from "@convene/calling";
import type { AudioDeviceInfo, CallClient, DeviceManager, VideoDeviceInfo } from "@convene/calling";
import type { DeviceChoice, DeviceFieldsViewModel } from "./device-fields";
import { findProblems, type Problem } from "./device-problems";
import { joiningWords } from "./strings/joining";
import { failureOf, SpokenError, type Told } from "./strings/telling";
import { playTestSound } from "./test-sound";

/** The devices. What is missing stands in what {@link fields} says; nothing here fails for want of a device. */
export class Devices {
  /** The selected camera's stream while it is on. */
  stream: LocalVideoStream | undefined;
  cameras: readonly VideoDeviceInfo[] = [];
  microphones: readonly AudioDeviceInfo[] = [];
  private speakers: readonly AudioDeviceInfo[] = [];
  private sound: LocalAudioStream | undefined;
  private camera: VideoDeviceInfo | undefined;
  private access = { audio: false, video: false };
  private problems: readonly Problem[] = [];
  private failure: (() => Told) | undefined;
  private asking: Promise<void> | undefined;
  private isPlaying = false;

  private constructor(
    private readonly manager: DeviceManager,
    private readonly changed: () => void,
  ) {}

  /** @param changed called after every change of what {@link fields} shows */
  static async open(client: CallClient, changed: () => void): Promise<Devices> {
    const manager = await client.getDeviceManager();
    const devices = new Devices(manager, changed);
    manager.on("videoDevicesUpdated", () => void devices.handleUpdated());
    manager.on("audioDevicesUpdated", () => void devices.handleUpdated());
    manager.on("selectedMicrophoneChanged", () => devices.handleMicrophone());
    manager.on("selectedSpeakerChanged", changed);
    return devices;
  }

  /** True until the person has answered the browser's question. */
  get isAsking(): boolean {
    return this.asking !== undefined;
  }

  /** Asks for camera and microphone, and lists what there is. */
  ask(): Promise<void> {
    this.asking ??= this.askOnce().finally(() => {
      this.asking = undefined;
      this.changed();
    });
    this.changed();
    return this.asking;
  }

  get hasCamera(): boolean {
    return this.access.video && this.cameras.length > 0;
  }

  get hasMicrophone(): boolean {
    return this.access.audio && this.microphones.length > 0;
  }

  /** What the fields for choosing and testing show. */
  fields(sound: LocalAudioStream | undefined = this.sound): DeviceFieldsViewModel {
    const { manager } = this;
    const words = joiningWords().devices;
    const problems = this.problems.map((problem) => ({ text: problem() }));
    return {
      cameras: this.hasCamera ? this.cameras.map(choiceOf(words.cameraNumber)) : [],
      cameraId: this.camera?.id,
      selectCamera: (id) => this.select("camera", () => this.selectCamera(id)),
      microphones: this.hasMicrophone ? this.microphones.map(choiceOf(words.microphoneNumber)) : [],
      microphoneId: manager.selectedMicrophone?.id,
      selectMicrophone: (id) => this.select("microphone", () => this.selectMicrophone(id)),
      sound,
      speakers: this.speakers.map(choiceOf(words.speakerNumber)),
      speakerId: manager.selectedSpeaker?.id,
      selectSpeaker: (id) => this.select("speaker", () => this.selectSpeaker(id)),
      playTestSound: this.isPlaying ? undefined : () => void this.play(),
      problems: this.failure === undefined ? problems : [...problems, this.failure()],
      askAgain: this.problems.length > 0 && !this.isAsking ? () => void this.ask() : undefined,
    };
  }

  /** Makes the stream of the selected camera. */
  startCamera(): LocalVideoStream {
    if (!this.camera) throw new SpokenError(joiningWords().devices.noCamera);
    this.stream ??= new LocalVideoStream(this.camera);
    return this.stream;
  }

  /** Frees the camera. */
  stopCamera(): void {
    this.stream?.dispose();
    this.stream = undefined;
  }

  /** Listens to the selected microphone, for the level that is shown. */
  startMicrophone(): void {
    const { selectedMicrophone } = this.manager;
    if (selectedMicrophone) this.sound ??= new LocalAudioStream(selectedMicrophone);
  }

  /** Frees the microphone. */
  stopMicrophone(): void {
    this.sound?.dispose();
    this.sound = undefined;
  }

  /** Hands the microphone's stream over to a call, which frees it at its end: so the browser does not ask a second time. */
  takeMicrophone(): LocalAudioStream | undefined {
    const { sound } = this;
    this.sound = undefined;
    return sound;
  }

  private async askOnce(): Promise<void> {
    this.access = await this.manager.askDevicePermission({ audio: true, video: true }).catch(() => ({ audio: false, video: false }));
    await this.list();
    this.problems = await findProblems(this.access, { audio: this.microphones.length > 0, video: this.cameras.length > 0 });
  }

  private async list(): Promise<void> {
    const { manager } = this;
    this.cameras = await manager.getCameras();
    this.microphones = await manager.getMicrophones();
    this.speakers = manager.isSpeakerSelectionAvailable ? await manager.getSpeakers() : [];
    if (this.cameras.some((each) => each.id === this.camera?.id)) return;
    this.camera = this.cameras[0];
    const { camera, stream } = this;
    // The camera in use was unplugged: go on with another one, if there is any.
    if (camera && stream) this.select("camera", () => stream.switchSource(camera));
  }

  /** Also when the microphone in use was unplugged: the device manager selects another one then. */
  private handleMicrophone(): void {
    const { sound } = this;
    const selected = this.manager.selectedMicrophone;
    if (sound && selected && sound.source.id !== selected.id) this.select("microphone", () => sound.switchSource(selected));
    this.changed();
  }

  /** Something was plugged in or out. What the person was not asked for yet, since it was not there, is asked for now. */
  private async handleUpdated(): Promise<void> {
    if (this.isAsking) return;
    await this.list();
    const isNew = (!this.access.audio && this.microphones.length > 0) || (!this.access.video && this.cameras.length > 0);
    if (isNew) await this.ask();
    else this.problems = await findProblems(this.access, { audio: this.microphones.length > 0, video: this.cameras.length > 0 });
    this.changed();
  }

  private async selectCamera(id: string): Promise<void> {
    const camera = this.cameras.find((each) => each.id === id);
    if (!camera) return;
    await this.stream?.switchSource(camera);
    this.camera = camera;
  }

  private async selectMicrophone(id: string): Promise<void> {
    const microphone = this.microphones.find((each) => each.id === id);
    if (!microphone) return;
    await this.sound?.switchSource(microphone);
    await this.manager.selectMicrophone(microphone);
  }

  private async selectSpeaker(id: string): Promise<void> {
    const speaker = this.speakers.find((each) => each.id === id);
    if (speaker) await this.manager.selectSpeaker(speaker);
  }

  private select(what: "camera" | "microphone" | "speaker", work: () => Promise<void>): void {
    this.failure = undefined;
    work()
      .catch((error: unknown) => {
        this.failure = () => failureOf(joiningWords().devices.notChanged[what], error);
      })
      .finally(this.changed);
  }

  private async play(): Promise<void> {
    this.failure = undefined;
    this.isPlaying = true;
    this.changed();
    try {
      await playTestSound(this.manager.selectedSpeaker?.id);
    } catch (error) {
      this.failure = () => failureOf(joiningWords().devices.testNotPlayed, error);
    }
    this.isPlaying = false;
    this.changed();
  }
}

/** Some browsers name devices only after the person allowed them. */
function choiceOf(numbered: (number: number) => string): (device: { id: string; name: string }, index: number) => DeviceChoice {
  return ({ id, name }, index) => ({ id, name: name || numbered(index + 1) });
}
