// The pictures of a video as they arrive, before anything decodes or shows them: what a busy machine has no time to show is seen here all the same.

import type { Page } from "@playwright/test";

/** The pictures that arrived since somebody began to watch. */
export interface Pictures {
  readonly count: number;
  /** How wide they were, one after the other, from what arrived before on. */
  readonly widths: readonly number[];
  /** The longest time between two of them by their own clock (RTP), in milliseconds: how much of the video was left out at once. */
  readonly longestGapMs: number;
}

const SCRIPT = "/samples/watching-pictures.js";

/** Looks at all video that will arrive on a page, once it is loaded. Browsers let nobody look who comes later. */
export async function lookAtPictures(page: Page): Promise<Page> {
  // The pages' policy takes scripts from their own address only.
  await page.route(`**${SCRIPT}`, (route) => route.fulfill({ contentType: "text/javascript", body: `(${lookInWorker.toString()})()` }));
  await page.addInitScript((script) => {
    const add = RTCPeerConnection.prototype.addTransceiver;
    let worker: Worker | undefined;
    RTCPeerConnection.prototype.addTransceiver = function (...what) {
      const transceiver = add.apply(this, what);
      const { receiver } = transceiver;
      if (receiver.track.kind === "video") {
        worker ??= new Worker(script);
        receiver.transform = new RTCRtpScriptTransform(worker);
        Object.assign(window, { __looking: worker });
      }
      return transceiver;
    };
  }, SCRIPT);
  return page;
}

/** Watches the only video that arrives, from now on. Returns what reads what has arrived since. */
export async function watchPictures(page: Page): Promise<() => Promise<Pictures>> {
  const ask = (what: "begin" | "read"): Promise<Pictures> =>
    page.evaluate(async (what) => {
      const { __looking: worker } = window as unknown as { __looking: Worker };
      const answer = new Promise<Pictures>((resolve) => worker.addEventListener("message", ({ data }) => resolve(data as Pictures), { once: true }));
      worker.postMessage(what);
      return answer;
    }, what);
  await ask("begin");
  return () => ask("read");
}

/** Runs in the worker. */
function lookInWorker(): void {
  /** Units of video's clock in a millisecond (RFC 7741 §4.1). */
  const units = 90;
  let seen = { count: 0, widths: [] as number[], longestGapMs: 0 };
  let last: { readonly timestamp: number; readonly width: number } | undefined;
  const look = (frame: RTCEncodedVideoFrame): void => {
    const { rtpTimestamp: timestamp = 0, width: own = 0 } = frame.getMetadata();
    // A picture that builds upon the one before is as wide.
    const width = frame.type === "key" ? own : (last?.width ?? 0);
    // Timestamps have 32 bits and begin anew.
    if (last) seen.longestGapMs = Math.max(seen.longestGapMs, ((timestamp - last.timestamp) | 0) / units);
    if (seen.widths.at(-1) !== width) seen.widths.push(width);
    seen.count += 1;
    last = { timestamp, width };
  };
  addEventListener("message", ({ data }) => {
    if (data === "begin") seen = { count: 0, widths: last ? [last.width] : [], longestGapMs: 0 };
    postMessage(seen);
  });
  addEventListener("rtctransform", (event) => {
    const { readable, writable } = (event as Event & { transformer: { readable: ReadableStream<RTCEncodedVideoFrame>; writable: WritableStream } }).transformer;
    const passing = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
      transform: (frame, controller) => {
        look(frame);
        controller.enqueue(frame);
      },
    });
    void readable.pipeThrough(passing).pipeTo(writable);
  });
}
