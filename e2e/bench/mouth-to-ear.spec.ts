// From mouth to ear: how long a sound takes from one page to another, through a call and directly between the two, in the same run.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";

const MARKS = 60;
/** How far apart the marks are, in seconds. */
const APART = 0.5;

declare global {
  interface Window {
    /** When the marks of this page's voice were made, and when marks were heard, in milliseconds of the machine's clock. */
    __sounds: { readonly made: number[]; readonly heard: number[] };
    __listen: (track: MediaStreamTrack) => void;
    __voice: MediaStreamTrack;
    __direct: RTCPeerConnection;
  }
}

test("a sound's way through a call, and directly", async ({ open, request, server }) => {
  test.setTimeout(300_000);
  const at = { open: async (...who: Parameters<typeof open>) => marking(await open(who[0], { bypassCSP: true })), request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(at, group, "red", "Ann", { camera: false });
  const ben = await AppPage.inGroup(at, group, "green", "Ben", { camera: false });
  await ben.page.evaluate(() => {
    const receivers = window.__observed.connections.flatMap((connection) => connection.getReceivers());
    for (const { track } of receivers) if (track.kind === "audio") window.__listen(track);
  });
  const through = await delays(ann.page, ben.page);

  await ben.page.evaluate(() => {
    window.__direct = new RTCPeerConnection();
    window.__direct.addEventListener("track", ({ track }) => window.__listen(track));
  });
  const offer = await ann.page.evaluate(async () => {
    window.__direct = new RTCPeerConnection();
    window.__direct.addTrack(window.__voice);
    await window.__direct.setLocalDescription();
    while (window.__direct.iceGatheringState !== "complete") await new Promise((done) => window.__direct.addEventListener("icegatheringstatechange", done, { once: true }));
    return window.__direct.localDescription!.sdp;
  });
  const answer = await ben.page.evaluate(async (sdp) => {
    await window.__direct.setRemoteDescription({ type: "offer", sdp });
    await window.__direct.setLocalDescription();
    while (window.__direct.iceGatheringState !== "complete") await new Promise((done) => window.__direct.addEventListener("icegatheringstatechange", done, { once: true }));
    return window.__direct.localDescription!.sdp;
  }, offer);
  await ann.page.evaluate((sdp) => window.__direct.setRemoteDescription({ type: "answer", sdp }), answer);
  await ann.do(({ call }) => call.hangUp());
  await expect.poll(() => ann.page.evaluate(() => window.__direct.connectionState), { message: "the direct connection" }).toBe("connected");
  const directly = await delays(ann.page, ben.page);

  const said = (of: readonly number[]): string => `p50 ${of[Math.ceil(of.length * 0.5) - 1]}, p95 ${of[Math.ceil(of.length * 0.95) - 1]} (${of.length} marks)`;
  console.log(`\nfrom mouth to ear, ms: through a call ${said(through)}; directly ${said(directly)}\n`);
});

/** Gives a page a voice that is marks, and ears for them. */
async function marking(page: Page): Promise<Page> {
  await page.addInitScript(
    ({ script }) => {
      const marks = { made: [] as number[], heard: [] as number[] };
      let context: Promise<AudioContext> | undefined;
      const begun = (): Promise<AudioContext> =>
        (context ??= (async () => {
          const made = new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
          await made.audioWorklet.addModule(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
          await made.resume();
          return made;
        })());
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await open(constraints);
        if (!constraints?.audio) return stream;
        const audio = await begun();
        const mouth = new AudioWorkletNode(audio, "mouth");
        const way = audio.createMediaStreamDestination();
        mouth.port.onmessage = ({ data }) => marks.made.push(Number(data));
        mouth.connect(way);
        const [voice] = way.stream.getAudioTracks();
        // A call that ends stops its own.
        window.__voice = voice!.clone();
        return new MediaStream([voice!, ...stream.getVideoTracks()]);
      };
      Object.assign(window, {
        __sounds: marks,
        __listen: (track: MediaStreamTrack) =>
          void begun().then((audio) => {
            const ear = new AudioWorkletNode(audio, "ear");
            ear.port.onmessage = ({ data }) => marks.heard.push(Number(data));
            audio.createMediaStreamSource(new MediaStream([track])).connect(ear);
            ear.connect(audio.destination);
          }),
      });
    },
    { script: `(${worklet.toString()})(${APART})` },
  );
  return page;
}

/** How long marks take from one page to the other, ascending. */
async function delays(from: Page, to: Page): Promise<readonly number[]> {
  for (const page of [from, to]) await page.evaluate(() => void (window.__sounds.made.length = window.__sounds.heard.length = 0));
  await expect.poll(() => to.evaluate(() => window.__sounds.heard.length), { message: "marks that were heard", timeout: 90_000 }).toBeGreaterThan(MARKS);
  const made = await from.evaluate(() => window.__sounds.made);
  const heard = await to.evaluate(() => window.__sounds.heard);
  // Each was made less than half a second before it was heard.
  const took = heard.map((at) => at - Math.max(...made.filter((before) => before <= at)));
  return took.slice(1).sort((a, b) => a - b);
}

/** Runs where sound is made and heard. */
function worklet(apart: number): void {
  const scope = globalThis as unknown as { AudioWorkletProcessor: new () => { port: MessagePort }; registerProcessor: (name: string, processor: unknown) => void; currentTime: number; sampleRate: number };
  const LENGTH = 0.04;
  scope.registerProcessor(
    "mouth",
    class extends scope.AudioWorkletProcessor {
      private at = 0;
      process(_: unknown, [output]: Float32Array[][]): boolean {
        for (const channel of output ?? []) {
          for (let n = 0; n < channel.length; n += 1) {
            const since = (this.at + n) / scope.sampleRate;
            channel[n] = since < LENGTH ? Math.sin(2 * Math.PI * 1000 * since) * 0.8 : 0;
          }
        }
        if (this.at === 0) this.port.postMessage(Date.now());
        this.at += 128;
        if (this.at >= apart * scope.sampleRate) this.at = 0;
        return true;
      }
    },
  );
  scope.registerProcessor(
    "ear",
    class extends scope.AudioWorkletProcessor {
      private quietSince = 0;
      process([input]: Float32Array[][]): boolean {
        const loudest = Math.max(0, ...(input?.[0] ?? []).map(Math.abs));
        if (loudest > 0.2) {
          if (scope.currentTime - this.quietSince > 0.1) this.port.postMessage(Date.now());
          this.quietSince = scope.currentTime;
        }
        return true;
      }
    },
  );
}
