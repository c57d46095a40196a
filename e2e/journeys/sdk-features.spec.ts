// What an app reads and does by the SDK's features, as the others see it.

import { randomUUID } from "node:crypto";
import { AppPage, guestToken } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";

test.beforeEach(() => test.slow());

test("raised hands are seen by the others in order, also by who comes later, and lowered by who leads", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const [ann, ben] = [await AppPage.inGroup(stage, group, "red", "Ann"), await AppPage.inGroup(stage, group, "green", "Ben")];
  const raised = (app: AppPage): Promise<(string | undefined)[]> =>
    app.do(({ call, agent, sdk }) => {
      const names = new Map(call.remoteParticipants.map((each) => [JSON.stringify(each.identifier), each.displayName]));
      return call.feature(sdk.Features.RaiseHand).getRaisedHands().map((each) => `${each.order} ${names.get(JSON.stringify(each.identifier)) ?? agent.displayName}`);
    });
  await ann.do(({ call, sdk, events }) => {
    call.feature(sdk.Features.RaiseHand).on("raisedHandEvent", () => events.push("raised"));
    call.feature(sdk.Features.RaiseHand).on("loweredHandEvent", () => events.push("lowered"));
  });
  await ben.do(({ call, sdk }) => call.feature(sdk.Features.RaiseHand).raiseHand());
  await expect.poll(() => raised(ann)).toEqual(["1 Ben"]);
  await ann.do(({ call, sdk }) => call.feature(sdk.Features.RaiseHand).raiseHand());
  await expect.poll(() => raised(ben)).toEqual(["1 Ben", "2 Ann"]);

  const cleo = await AppPage.inGroup(stage, group, "blue", "Cleo");
  await expect.poll(() => raised(cleo)).toEqual(["1 Ben", "2 Ann"]);
  await expectToSee(cleo.videoOf("Ben"), "green");
  await cleo.do(({ call, sdk }) => {
    const feature = call.feature(sdk.Features.RaiseHand);
    const [first] = feature.getRaisedHands();
    return first && feature.lowerHands([first.identifier]);
  });
  await expect.poll(() => raised(ben)).toEqual(["1 Ann"]);
  await ann.do(({ call, sdk }) => call.feature(sdk.Features.RaiseHand).lowerHand());
  await expect.poll(() => raised(cleo)).toEqual([]);
  await expect.poll(async () => (await ann.events()).filter((each) => /raised|lowered/.test(each))).toEqual(["raised", "raised", "lowered", "lowered"]);
});

test("who is put into the spotlight is in it for everybody, also for who comes later, and a reaction is seen by all", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const [ann, ben] = [await AppPage.inGroup(stage, group, "red", "Ann"), await AppPage.inGroup(stage, group, "green", "Ben")];
  const lit = (app: AppPage): Promise<(string | undefined)[]> =>
    app.do(({ call, agent, sdk }) => {
      const names = new Map(call.remoteParticipants.map((each) => [JSON.stringify(each.identifier), each.displayName]));
      return call.feature(sdk.Features.Spotlight).getSpotlightedParticipants().map((each) => `${each.order} ${names.get(JSON.stringify(each.identifier)) ?? agent.displayName}`);
    });
  await ben.do(({ call, sdk, events }) => {
    call.feature(sdk.Features.Spotlight).on("spotlightChanged", ({ added, removed }) => events.push(`spotlight +${added.length} -${removed.length}`));
    call.feature(sdk.Features.Reaction).on("reaction", ({ reactionMessage }) => events.push(reactionMessage.reactionType));
  });
  await ann.do(async ({ call, sdk }) => {
    const feature = call.feature(sdk.Features.Spotlight);
    await feature.startSpotlight(call.remoteParticipants.map((each) => each.identifier));
    await feature.startSpotlight();
  });
  await expect.poll(() => lit(ben)).toEqual(["1 Ben", "2 Ann"]);
  const cleo = await AppPage.inGroup(stage, group, "blue", "Cleo");
  await expect.poll(() => lit(cleo)).toEqual(["1 Ben", "2 Ann"]);
  await ben.do(({ call, sdk }) => call.feature(sdk.Features.Spotlight).stopSpotlight());
  await expect.poll(() => lit(cleo)).toEqual(["1 Ann"]);
  await cleo.do(({ call, sdk }) => call.feature(sdk.Features.Spotlight).stopAllSpotlight());
  await expect.poll(() => lit(ann)).toEqual([]);
  await cleo.do(({ call, sdk }) => call.feature(sdk.Features.Reaction).sendReaction({ reactionType: "applause" }));
  await ben.do(({ call, sdk }) => call.feature(sdk.Features.Reaction).sendReaction({ reactionType: "heart" }));
  const seen = async (): Promise<string[]> => (await ben.events()).filter((each) => /spotlight|applause|heart/.test(each));
  await expect.poll(seen).toEqual(["spotlight +1 -0", "spotlight +1 -0", "spotlight +0 -1", "spotlight +0 -1", "applause", "heart"]);
});

test("a recording that somebody announces is seen by all, also by who comes later, until that person leaves", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const [ann, ben] = [await AppPage.inGroup(stage, group, "red", "Ann"), await AppPage.inGroup(stage, group, "green", "Ben")];
  const seen = (app: AppPage): Promise<unknown> =>
    app.do(({ call, sdk }) => {
      const recording = call.feature(sdk.Features.Recording);
      return [recording.isRecordingActive, recording.recordings.map((each) => sdk.RecordingState[each.state]), call.feature(sdk.Features.Transcription).isTranscriptionActive];
    });
  await ann.do(({ call, sdk, events }) => {
    const recording = call.feature(sdk.Features.Recording);
    recording.on("isRecordingActiveChanged", () => events.push(`recording ${recording.isRecordingActive}`));
  });
  expect(await seen(ann)).toEqual([false, [], false]);
  await ben.do(({ call }) => call.convene.announceRecording("Started"));
  await expect.poll(() => seen(ann)).toEqual([true, ["Started"], false]);
  await ben.do(({ call }) => call.convene.announceRecording("Paused"));
  await expect.poll(() => seen(ann)).toEqual([false, ["Paused"], false]);
  await ben.do(async ({ call }) => {
    await call.convene.announceRecording("Started");
    await call.convene.announceTranscription(true);
  });
  const cleo = await AppPage.inGroup(stage, group, "blue", "Cleo");
  await expect.poll(() => seen(cleo)).toEqual([true, ["Started"], true]);
  await expectToHear(cleo.page, ["red", "green"]);
  await ben.do(({ call }) => call.hangUp());
  await expect.poll(() => seen(cleo)).toEqual([false, [], false]);
  await expect.poll(async () => (await ann.events()).filter((each) => each.startsWith("recording"))).toEqual(["recording true", "recording false", "recording true", "recording false"]);
});

test("media statistics report what goes over the wire, every second", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const [ann, ben] = [await AppPage.inGroup(stage, group, "red", "Ann"), await AppPage.inGroup(stage, group, "green", "Ben")];
  await expectToSee(ann.videoOf("Ben"), "green");
  await expectToHear(ann.page, ["green"]);
  const { samples, summary, streamId } = await ann.do(async ({ call, sdk }) => {
    const collector = call.feature(sdk.Features.MediaStats).createCollector({ aggregationInterval: 2, dataPointsPerAggregation: 3 });
    const samples: Parameters<Parameters<typeof collector.on<"sampleReported">>[1]>[0][] = [];
    collector.on("sampleReported", (sample) => samples.push(sample));
    const summary = await new Promise<Parameters<Parameters<typeof collector.on<"summaryReported">>[1]>[0]>((resolve) => collector.on("summaryReported", resolve));
    collector.dispose();
    const count = samples.length;
    // Another collector of the same call has reported twice by then; the disposed one must not.
    const other = call.feature(sdk.Features.MediaStats).createCollector();
    for (let reports = 0; reports < 2; reports += 1) await new Promise<void>((resolve) => other.on("sampleReported", () => resolve()));
    other.dispose();
    if (samples.length !== count) throw new Error("a disposed collector reports");
    return { samples, summary, streamId: call.remoteParticipants[0]?.videoStreams[0]?.id };
  });
  expect(samples).toHaveLength(6);
  const last = samples[5];
  const [sentAudio, sentVideo, seenVideo] = [last?.audio.send[0], last?.video.send[0], last?.video.receive[0]];
  expect([sentAudio?.codecName, sentVideo?.codecName, seenVideo?.codecName]).toEqual(["opus", "VP8", "VP8"]);
  expect(last?.audio.receive.map((each) => each.codecName)).toContain("opus");
  // In the best of six seconds: a busy machine may have had no time for pictures in any one of them.
  const best = (figure: (sample: (typeof samples)[number]) => number | undefined): number => Math.max(...samples.map((each) => figure(each) ?? 0));
  expect(best((each) => each.audio.send[0]?.packetsPerSecond)).toBeGreaterThan(20);
  expect(best((each) => each.video.send[0]?.bitrate)).toBeGreaterThan(20_000);
  expect(best((each) => each.video.send[0]?.frameRateSent)).toBeGreaterThan(5);
  expect([sentVideo?.frameWidthInput, sentVideo?.frameHeightInput]).toEqual([640, 360]);
  expect(seenVideo?.streamId).toBe(streamId);
  expect(best((each) => each.video.receive[0]?.bitrate)).toBeGreaterThan(20_000);
  expect(best((each) => each.video.receive[0]?.frameRateDecoded)).toBeGreaterThan(5);
  expect(seenVideo?.frameWidthReceived).toBeGreaterThan(0);
  expect(last?.transports[0]?.rttInMs).toBeGreaterThanOrEqual(0);
  expect(best((each) => Math.max(...each.audio.receive.map((one) => one.audioOutputLevel ?? 0)))).toBeGreaterThan(500);
  expect(summary.video.send[0]?.bitrate?.aggregation?.count).toEqual([1, 2, 2]);
  expect(summary.audio.send[0]?.packets?.raw).toEqual(samples.map((each) => each.audio.send[0]?.packets));
  expect([last?.screenShare, await ben.others()]).toEqual([{ send: [], receive: [] }, ["Ann"]]);
});

test("a second call agent of one identity is refused while the first lives, and other tabs know of each other", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const token = await guestToken(stage);
  const page = await open("red");
  const first = await AppPage.load(page, token, "Ann");
  const again = (): Promise<string> =>
    first.attempt(async ({ sdk }, token) => {
      await new sdk.CallClient().createCallAgent(new sdk.AzureCommunicationTokenCredential(token));
    }, token);
  expect(await again()).toBe("CommunicationServicesError 409/40228");
  const elsewhere = (): Promise<boolean> => first.do(({ client, sdk }) => client.feature(sdk.Features.DebugInfo).isCallClientActiveInAnotherTab);
  await first.do(({ client, sdk, events }) => client.feature(sdk.Features.DebugInfo).on("isCallClientActiveInAnotherTabChanged", () => events.push("tabs changed")));
  expect(await elsewhere()).toBe(false);

  const tab = await page.context().newPage();
  const second = await AppPage.load(tab, await guestToken(stage), "Ben");
  await expect.poll(elsewhere).toBe(true);
  expect(await second.do(({ client, sdk }) => {
    const feature = client.feature(sdk.Features.DebugInfo);
    return feature.isCallClientActiveInAnotherTab || new Promise<boolean>((resolve) => feature.on("isCallClientActiveInAnotherTabChanged", () => resolve(feature.isCallClientActiveInAnotherTab)));
  })).toBe(true);
  await tab.close();
  await expect.poll(elsewhere).toBe(false);
  expect((await first.events()).filter((each) => each.startsWith("tabs"))).toEqual(["tabs changed", "tabs changed"]);

  await first.do(({ agent }) => agent.dispose());
  expect(await again()).toBe("done");
});
