import { browserDeviceId } from './capture.js';

/** Plays tracks. */
export interface AudioOutput {
  play(tracks: readonly MediaStreamTrack[]): void;
  setMuted(muted: boolean): void;
  /** An id of a speaker of the device manager. */
  setSpeaker(id: string | undefined): void;
  close(): void;
}

const GESTURES = ['pointerdown', 'keydown', 'touchend'] as const;

/** Plays each track in a hidden element; if the browser wants a gesture first, it plays with the next one. */
export class ElementAudioOutput implements AudioOutput {
  private elements: HTMLAudioElement[] = [];
  private muted = false;
  private speaker: string | undefined;
  private waitsForGesture = false;

  play(tracks: readonly MediaStreamTrack[]): void {
    this.removeElements();
    this.elements = tracks.map((track) => {
      const element = document.createElement('audio');
      element.autoplay = true;
      element.hidden = true;
      element.muted = this.muted;
      element.srcObject = new MediaStream([track]);
      document.body.append(element);
      return element;
    });
    this.applySpeaker();
    this.start();
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    for (const element of this.elements) {
      element.muted = muted;
    }
  }

  setSpeaker(id: string | undefined): void {
    this.speaker = id;
    this.applySpeaker();
  }

  close(): void {
    this.stopWaiting();
    this.removeElements();
  }

  private readonly start = (): void => {
    this.stopWaiting();
    for (const element of this.elements) {
      element.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError' && element.isConnected) {
          this.waitForGesture();
        }
      });
    }
  };

  private waitForGesture(): void {
    if (!this.waitsForGesture) {
      this.waitsForGesture = true;
      for (const gesture of GESTURES) {
        document.addEventListener(gesture, this.start, { capture: true });
      }
    }
  }

  private stopWaiting(): void {
    this.waitsForGesture = false;
    for (const gesture of GESTURES) {
      document.removeEventListener(gesture, this.start, { capture: true });
    }
  }

  private applySpeaker(): void {
    if (this.speaker === undefined) {
      return;
    }
    for (const element of this.elements) {
      if (typeof element.setSinkId === 'function') {
        // A speaker that was unplugged meanwhile: the browser goes on with the default one.
        element.setSinkId(browserDeviceId(this.speaker)).catch(() => undefined);
      }
    }
  }

  private removeElements(): void {
    for (const element of this.elements) {
      element.srcObject = null;
      element.remove();
    }
    this.elements = [];
  }
}
