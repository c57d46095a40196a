// When things happen first on the way into a call, read from the page without a word of the SDK: its WebSocket, its peer
// connection, and the first video element that gets a stream. Times are milliseconds of performance.timeOrigin, so that
// those of two pages can be compared.

import type { Page } from "@playwright/test";

/** The marks, in order. */
export const MARKS = ["asked", "joined", "answered", "path", "connected", "packet", "frame"] as const;

/** One of the marks. */
export type Mark = (typeof MARKS)[number];

/** What was marked so far. */
export type Marked = Partial<Record<Mark, number>>;

declare global {
  interface Window {
    __marks: Marked;
    __mark: (name: Mark, at?: number) => void;
  }
}

/** Installs the marks; passed to `addInitScript`. */
export function installMarks(): void {
  window.__marks = {};
  window.__mark = (name, at = performance.now()) => {
    window.__marks[name] ??= performance.timeOrigin + at;
  };
  // What a message is about stands at its start or not far from it; its whole text may be an SDP of many kilobytes.
  const said: readonly [string, Mark][] = [
    ['"type":"joined"', "joined"],
    ['"type":"admitted"', "joined"],
    ['"type":"answer"', "answered"],
  ];
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
        const head = typeof data === "string" ? data.slice(0, 120) : "";
        for (const [words, name] of said) if (head.includes(words)) window.__mark(name);
      });
    }
  };
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener("iceconnectionstatechange", () => {
        if (this.iceConnectionState === "connected" || this.iceConnectionState === "completed") window.__mark("path");
      });
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState === "connected") window.__mark("connected");
      });
    }
  };
  const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  const { get, set } = property ?? {};
  if (!get || !set) throw new Error("This browser has no srcObject to observe.");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    configurable: true,
    enumerable: true,
    get(this: HTMLMediaElement) {
      return get.call(this) as MediaProvider | null;
    },
    set(this: HTMLMediaElement, value: MediaProvider | null) {
      set.call(this, value);
      if (!(this instanceof HTMLVideoElement) || !value) return;
      this.requestVideoFrameCallback((_, { receiveTime, presentationTime }) => {
        // Pictures of this machine's own camera were not received.
        if (receiveTime === undefined) return;
        window.__mark("packet", receiveTime);
        window.__mark("frame", presentationTime);
      });
    },
  });
}

/** Forgets what was marked. */
export function forgetMarks(page: Page): Promise<void> {
  return page.evaluate(() => {
    window.__marks = {};
  });
}

/** Waits for the first decoded frame, and gives all marks. */
export async function marksOf(page: Page): Promise<Marked> {
  await page.waitForFunction(() => window.__marks.frame !== undefined);
  return page.evaluate(() => window.__marks);
}
