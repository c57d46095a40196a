// A page that joins and leaves all day, in a real browser: nothing of a call may outlive it.

import { randomUUID } from "node:crypto";
import { AppPage, guestToken } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";

const ROUNDS = 10;

/** What the page holds, as counted by the browser's own objects. */
interface Held {
  readonly connections: number;
  readonly tracks: number;
  readonly contexts: number;
  readonly sockets: number;
  readonly elements: number;
}

declare global {
  interface Window {
    __held: { tracks: MediaStreamTrack[]; contexts: AudioContext[]; sockets: WebSocket[] };
  }
}

/** Remembers every track, audio context and socket of the page, also copies. */
function remember(): void {
  const held = (window.__held = { tracks: [] as MediaStreamTrack[], contexts: [] as AudioContext[], sockets: [] as WebSocket[] });
  for (const name of ["getUserMedia", "getDisplayMedia"] as const) {
    const original = navigator.mediaDevices[name].bind(navigator.mediaDevices);
    navigator.mediaDevices[name] = async (constraints) => {
      const stream = await original(constraints);
      held.tracks.push(...stream.getTracks());
      return stream;
    };
  }
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function (this: MediaStreamTrack) {
    const copy = clone.call(this);
    held.tracks.push(copy);
    return copy;
  };
  window.AudioContext = class extends window.AudioContext {
    constructor(options?: AudioContextOptions) {
      super(options);
      held.contexts.push(this);
    }
  };
  window.WebSocket = class extends window.WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      held.sockets.push(this);
    }
  };
}

test(`${ROUNDS} joins and leaves leave no peer connection, track, audio context, socket or element behind`, async ({ open, request, server }) => {
  test.setTimeout(240_000);
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann");
  const page = await open("green");
  await page.addInitScript(remember);
  const ben = await AppPage.load(page, await guestToken(stage), "Ben");
  const held = (): Promise<Held> =>
    page.evaluate(() => ({
      connections: window.__observed.connections.filter((each) => each.connectionState !== "closed").length,
      tracks: window.__held.tracks.filter((each) => each.readyState === "live").length,
      contexts: window.__held.contexts.filter((each) => each.state !== "closed").length,
      sockets: window.__held.sockets.filter((each) => each.readyState !== WebSocket.CLOSED).length,
      elements: document.querySelectorAll("audio").length,
    }));
  const quiet = await held();
  expect(quiet).toEqual({ connections: 0, tracks: 0, contexts: 0, sockets: 1, elements: 0 });

  for (let round = 1; round <= ROUNDS; round += 1) {
    await ben.joinAgain({ groupId: group });
    await ben.expectState("Connected");
    await expectToSee(ben.videoOf("Ann"), "red");
    await ben.do(async ({ call, sdk }) => {
      call.feature(sdk.Features.UserFacingDiagnostics);
      call.feature(sdk.Features.MediaStats).createCollector();
      await call.startScreenSharing();
      await call.localAudioStreams[0]?.getVolume();
      await call.remoteAudioStreams[0]?.getVolume();
      await call.mute();
    });
    expect(await held()).toEqual({ connections: 1, tracks: 4, contexts: 3, sockets: 1, elements: 5 });
    await ben.do(({ call }) => call.hangUp());
    await ben.expectState("Disconnected");
    expect(await held(), `after ${round} rounds`).toEqual(quiet);
    await expect.poll(() => ann.others()).toEqual([]);
  }
  expect(await page.evaluate(() => window.__observed.connections.length)).toBe(ROUNDS);

  await ben.joinAgain({ groupId: group });
  await ben.expectState("Connected");
  await expectToSee(ann.videoOf("Ben"), "green");
  await expectToHear(ann.page, ["green"]);
  await ben.do(({ client }) => client.dispose());
  const { sockets: closing, ...media } = await held();
  expect(media).toEqual({ connections: 0, tracks: 0, contexts: 0, elements: 0 });
  expect(closing, "sockets that are open or closing").toBeLessThanOrEqual(1);
  // A socket is closed once the server has answered the close.
  await expect.poll(held).toEqual({ connections: 0, tracks: 0, contexts: 0, sockets: 0, elements: 0 });
});
