import type { DeviceManager } from '../api/devices.js';

/** What the app selected in its device manager. */
export type DeviceSelection = Pick<
  DeviceManager,
  'selectedMicrophone' | 'selectedSpeaker' | 'on' | 'off' | 'getMicrophones' | 'getSpeakers' | 'isSpeakerSelectionAvailable'
> & {
  /** Whether somebody selected the microphone, or a selected one is gone; otherwise it is only the first that was found. */
  readonly isMicrophoneChosen: boolean;
};

/** What follows the selection. */
export interface DeviceFollowers {
  setSpeaker(id: string | undefined): void;
  setMicrophone(device: NonNullable<DeviceManager['selectedMicrophone']>): void;
}

/** Lets a call follow what the app selects, from `start` to `close`. */
export class CallDevices {
  constructor(
    private readonly selection: DeviceSelection,
    private readonly followers: DeviceFollowers,
  ) {}

  start(): void {
    this.handleSpeaker();
    this.selection.on('selectedSpeakerChanged', this.handleSpeaker);
    this.selection.on('selectedMicrophoneChanged', this.handleMicrophone);
  }

  close(): void {
    this.selection.off('selectedSpeakerChanged', this.handleSpeaker);
    this.selection.off('selectedMicrophoneChanged', this.handleMicrophone);
  }

  private readonly handleSpeaker = (): void => this.followers.setSpeaker(this.selection.selectedSpeaker?.id);

  private readonly handleMicrophone = (): void => {
    const device = this.selection.selectedMicrophone;
    if (device && this.selection.isMicrophoneChosen) {
      this.followers.setMicrophone(device);
    }
  };
}
