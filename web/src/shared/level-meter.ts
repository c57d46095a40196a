// A bar that shows how loud a microphone is.

import type { LocalAudioStream, Volume } from "@convene/calling";
import { h, setAttribute, type View } from "./dom";
import { joiningWords } from "./strings/joining";

/** Makes the bar. It is empty while there is no stream. */
export function levelMeter(): View<LocalAudioStream | undefined> {
  const bar = h("div", { class: "level-bar" });
  const element = h("div", { class: "level", role: "meter", "aria-label": joiningWords().devices.level, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0 }, bar);
  let shown: LocalAudioStream | undefined;
  let volume: Volume | undefined;

  function show(): void {
    const level = volume?.level ?? 0;
    setAttribute(element, "aria-valuenow", level);
    bar.style.transform = `scaleX(${level / 100})`;
  }

  function follow(next: Volume | undefined): void {
    volume?.off("levelChanged", show);
    volume = next;
    volume?.on("levelChanged", show);
    show();
  }

  async function measure(stream: LocalAudioStream): Promise<void> {
    try {
      const measured = await stream.getVolume();
      if (shown === stream) follow(measured);
    } catch (error) {
      // The stream ended before it was measured, or the microphone went away: the fields say so.
      console.warn("The microphone's level cannot be shown.", error);
    }
  }

  return {
    element,
    update(stream) {
      if (stream === shown) return;
      shown = stream;
      follow(undefined);
      if (stream) void measure(stream);
    },
    dispose() {
      shown = undefined;
      follow(undefined);
    },
  };
}
