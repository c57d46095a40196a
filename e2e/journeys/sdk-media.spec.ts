// What an app does with its media by the SDK, as the other side sees and hears it.

import { randomUUID } from "node:crypto";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee, heardTones, look } from "../lib/probes";

test.beforeEach(() => test.slow());

test("a camera is switched in mid-call to an app's own picture and back, in one stream", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann");
  const ben = await AppPage.inGroup(stage, group, "green", "Ben");
  await expectToSee(ann.videoOf("Ben"), "green");

  await ben.do(async ({ call }) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const context = canvas.getContext("2d");
    let x = 0;
    setInterval(() => {
      if (!context) return;
      context.fillStyle = "rgb(20, 40, 220)";
      context.fillRect(0, 0, 640, 360);
      context.fillStyle = "black";
      x = (x + 20) % 640;
      context.fillRect(x, 0, 80, 360);
    }, 33);
    await call.localVideoStreams[0]?.setMediaStream(canvas.captureStream(30));
  });
  await expectToSee(ann.videoOf("Ben"), "blue");

  await ben.do(async ({ call, devices }) => {
    const [camera] = await devices.getCameras();
    if (camera) await call.localVideoStreams[0]?.switchSource(camera);
  });
  await expectToSee(ann.videoOf("Ben"), "green");
  expect(await ann.do(({ call }) => call.remoteParticipants[0]?.videoStreams.map((each) => [each.mediaStreamType, each.isAvailable]))).toEqual([["Video", true], ["ScreenSharing", false]]);
});

test("a microphone is switched in mid-call, and the other tone is heard", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann", { camera: false });
  const ben = await AppPage.inGroup(stage, group, "green", "Ben", { camera: false });
  await expectToHear(ann.page, ["green"]);

  await ben.do(async ({ call, sdk }) => {
    const context = new AudioContext();
    await context.resume();
    const tone = new OscillatorNode(context, { frequency: 1120 });
    const loudness = new GainNode(context, { gain: 0.3 });
    const destination = context.createMediaStreamDestination();
    tone.connect(loudness).connect(destination);
    tone.start();
    await call.startAudio(new sdk.LocalAudioStream(destination.stream));
  });
  await expectToHear(ann.page, ["blue"]);

  await ben.do(async ({ call, devices }) => {
    const [microphone] = await devices.getMicrophones();
    if (microphone) await call.localAudioStreams[0]?.switchSource(microphone);
  });
  await expectToHear(ann.page, ["green"]);
});

test("a shared screen arrives in its full size, and ends when the browser's own button ends it", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann");
  const ben = await AppPage.inGroup(stage, group, "green", "Ben");
  const captured = await ben.do(async ({ call, events }) => {
    call.on("isScreenSharingOnChanged", () => events.push(`sharing ${call.isScreenSharingOn}`));
    await call.startScreenSharing();
    const stream = call.localVideoStreams.find((each) => each.mediaStreamType === "ScreenSharing");
    const track = (await stream?.getMediaStream())?.getVideoTracks()[0];
    return { width: track?.getSettings().width, hint: track?.contentHint };
  });
  expect(captured).toEqual({ width: expect.any(Number), hint: "detail" });
  await expect.poll(async () => (await ann.screenOf("Ben").count()) > 0 && (await look(ann.screenOf("Ben"))).frames, { message: "frames of the screen" }).toBeGreaterThanOrEqual(10);
  await expect.poll(() => ann.screenOf("Ben").evaluate((video) => (video as HTMLVideoElement).videoWidth), { message: "the screen's width" }).toBe(captured.width);
  await expectToSee(ann.videoOf("Ben"), "green");

  await ben.do(async ({ call }) => {
    const stream = call.localVideoStreams.find((each) => each.mediaStreamType === "ScreenSharing");
    const track = (await stream?.getMediaStream())?.getVideoTracks()[0];
    // As the browser does: the track has ended, and says so.
    track?.stop();
    track?.dispatchEvent(new Event("ended"));
  });
  await expect(ann.screenOf("Ben")).toHaveCount(0);
  expect((await ben.events()).filter((each) => each.startsWith("sharing"))).toEqual(["sharing true", "sharing false"]);
  await expectToSee(ann.videoOf("Ben"), "green");
});

test("who is heard is the dominant speaker, until somebody else is", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann", { camera: false, muted: true });
  const ben = await AppPage.inGroup(stage, group, "green", "Ben", { camera: false });
  const cleo = await AppPage.inGroup(stage, group, "blue", "Cleo", { camera: false, muted: true });
  await ann.do(({ call, sdk, events }) => {
    const feature = call.feature(sdk.Features.DominantSpeakers);
    feature.on("dominantSpeakersChanged", () => events.push("speakers changed"));
  });
  const loudest = (): Promise<string | undefined> =>
    ann.do(({ call, sdk }) => {
      const [first] = call.feature(sdk.Features.DominantSpeakers).dominantSpeakers.speakersList;
      return call.remoteParticipants.find((each) => JSON.stringify(each.identifier) === JSON.stringify(first))?.displayName;
    });
  await expectToHear(ann.page, ["green"]);
  await expect.poll(loudest).toBe("Ben");
  await ben.setMuted(true);
  await cleo.setMuted(false);
  await expectToHear(ann.page, ["blue"]);
  await expect.poll(loudest).toBe("Cleo");
  expect(await ann.events()).toContain("speakers changed");
});

test("who mutes what comes in hears nobody, and is heard all the same", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann", { camera: false });
  const ben = await AppPage.inGroup(stage, group, "green", "Ben", { camera: false });
  await expectToHear(ann.page, ["green"]);
  await ann.do(({ call }) => call.muteIncomingAudio());
  await expect.poll(() => heardTones(ann.page)).toEqual([]);
  await expectToHear(ben.page, ["red"]);
  await ann.do(({ call }) => call.unmuteIncomingAudio());
  await expectToHear(ann.page, ["green"]);
  const loudest = (whose: "localAudioStreams" | "remoteAudioStreams"): Promise<number> =>
    ann.do(async ({ call }, whose) => {
      const volume = await call[whose][0]?.getVolume();
      let most = 0;
      const end = performance.now() + 2_000;
      while (volume && performance.now() < end) {
        await new Promise(requestAnimationFrame);
        most = Math.max(most, volume.level);
      }
      return most;
    }, whose);
  await expect.poll(() => loudest("localAudioStreams")).toBeGreaterThan(40);
  await expect.poll(() => loudest("remoteAudioStreams")).toBeGreaterThan(40);
});

test("who speaks while muted is told so, and nobody hears it", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann", { camera: false });
  const ben = await AppPage.inGroup(stage, group, "green", "Ben", { camera: false });
  await expectToHear(ann.page, ["green"]);
  const speaks = (): Promise<unknown> => ben.do(({ call, sdk }) => call.feature(sdk.Features.UserFacingDiagnostics).media.getLatest().speakingWhileMicrophoneIsMuted?.value);
  expect(await speaks()).toBeUndefined();
  await ben.setMuted(true);
  await expect.poll(speaks).toBe(true);
  await expectToHear(ann.page, []);
  await ben.setMuted(false);
  await expect.poll(speaks).toBe(false);
  await expectToHear(ann.page, ["green"]);
});

test("a camera that is pulled out ends the video alone, and the call goes on", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann");
  const ben = await AppPage.inGroup(stage, group, "green", "Ben");
  await expectToSee(ann.videoOf("Ben"), "green");
  const latest = (): Promise<object> => ben.do(({ call, sdk }) => call.feature(sdk.Features.UserFacingDiagnostics).media.getLatest());
  expect(await latest()).toEqual({});

  await ben.do(async ({ call }) => {
    const track = (await call.localVideoStreams[0]?.getMediaStream())?.getVideoTracks()[0];
    track?.stop();
    track?.dispatchEvent(new Event("ended"));
  });
  await expect(ann.videoOf("Ben")).toHaveCount(0);
  expect(await ben.do(({ call }) => [call.state, call.isLocalVideoStarted, call.localVideoStreams.length])).toEqual(["Connected", false, 0]);
  expect(await latest()).toEqual({ cameraStoppedUnexpectedly: { value: true, valueType: "DiagnosticFlag" } });
  await expectToHear(ann.page, ["green"]);

  await ben.do(async ({ call, devices, sdk }) => {
    const [camera] = await devices.getCameras();
    if (camera) await call.startVideo(new sdk.LocalVideoStream(camera));
  });
  await expectToSee(ann.videoOf("Ben"), "green");
  expect(await latest()).toEqual({ cameraStoppedUnexpectedly: { value: false, valueType: "DiagnosticFlag" } });
});

test("a microphone that is pulled out gives way to another one; without another one it is muted, and everybody knows", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann", { camera: false });
  const ben = await AppPage.inGroup(stage, group, "green", "Ben", { camera: false });
  await expectToHear(ann.page, ["green"]);
  const pullOut = (): Promise<void> =>
    ben.do(async ({ call }) => {
      const track = (await call.localAudioStreams[0]?.getMediaStream())?.getAudioTracks()[0];
      track?.stop();
      track?.dispatchEvent(new Event("ended"));
    });
  const isMutedFor = (): Promise<boolean | undefined> => ann.do(({ call }) => call.remoteParticipants[0]?.isMuted);

  await pullOut();
  await expectToHear(ann.page, ["green"]);
  expect(await isMutedFor()).toBe(false);

  await ben.do(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("There is none.", "NotFoundError"));
  });
  await pullOut();
  await expect.poll(isMutedFor).toBe(true);
  await expectToHear(ann.page, []);
  expect(await ben.do(({ call, sdk }) => [call.state, call.isMuted, call.feature(sdk.Features.UserFacingDiagnostics).media.getLatest().microphoneNotFunctioning?.value])).toEqual(["Connected", true, true]);
  await expectToHear(ben.page, ["red"]);
});
