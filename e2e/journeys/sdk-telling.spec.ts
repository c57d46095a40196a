// What apps send each other beside media: data channels, real-time text, diagnostics; and what people think of the call afterwards.

import { randomUUID } from "node:crypto";
import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { expectToSee } from "../lib/probes";

interface Listed {
  readonly id: string;
  readonly callId: string;
  readonly participantId: string;
  readonly survey: unknown;
}

test("data reaches those it is for, texts are read while they are typed, and a survey of the ended call is kept", async ({ open, request, server }) => {
  test.slow();
  const stage = { open, request, server };
  const group = randomUUID();
  const [ann, ben, cleo] = [
    await AppPage.inGroup(stage, group, "red", "Ann"),
    await AppPage.inGroup(stage, group, "green", "Ben"),
    await AppPage.inGroup(stage, group, "blue", "Cleo", { camera: false, muted: true }),
  ];
  for (const app of [ann, ben, cleo]) {
    await app.do(({ call, sdk, events }) => {
      const nameOf = (rawId: string): string | undefined => call.remoteParticipants.find((each) => (each.identifier as { rawId?: string }).rawId === rawId)?.displayName;
      call.feature(sdk.Features.DataChannel).on("dataChannelReceiverCreated", (receiver) => {
        const from = nameOf((receiver.senderParticipantIdentifier as { rawId: string }).rawId);
        receiver.on("messageReady", () => {
          for (let message = receiver.readMessage(); message; message = receiver.readMessage()) {
            const size = message.data.length;
            events.push(`data ${receiver.channelId}/${message.sequenceNumber} of ${from}: ${size > 99 ? `${size} bytes, last ${message.data.at(-1)}` : new TextDecoder().decode(message.data)}`);
          }
        });
        receiver.on("close", () => events.push(`data ${receiver.channelId} of ${from} closed`));
      });
      call.feature(sdk.Features.RealTimeText).on("realTimeTextReceived", ({ sender, text, resultType, isLocal }) => events.push(`text of ${isLocal ? "me" : sender.displayName}: ${text} ${resultType}`));
      call.feature(sdk.Features.UserFacingDiagnostics).remote.on("diagnosticChanged", ({ diagnostics }) => {
        for (const each of diagnostics) events.push(`diagnostic of ${each.remoteParticipant?.displayName}: ${each.diagnostic} ${each.value}`);
      });
    });
  }
  const told = async (app: AppPage, kind: string): Promise<string[]> => (await app.events()).filter((each) => each.startsWith(kind));

  await ann.do(async ({ call, sdk }) => {
    const feature = call.feature(sdk.Features.DataChannel);
    const ben = call.remoteParticipants.filter((each) => each.displayName === "Ben").map((each) => each.identifier);
    const toAll = feature.createDataChannelSender({ channelId: 1000, reliability: "Durable" });
    const toBen = feature.createDataChannelSender({ channelId: 1001, participants: ben, priority: "High" });
    const sending = [new Uint8Array(toAll.maxMessageSize).fill(7), new TextEncoder().encode("grüß Gott")].map((data) => toAll.sendMessage(data));
    await Promise.all([...sending, toBen.sendMessage(new TextEncoder().encode("only you"))]);
    toAll.close();
  });
  const toAll = ["data 1000/1 of Ann: 32768 bytes, last 7", "data 1000/2 of Ann: grüß Gott", "data 1000 of Ann closed"];
  await expect.poll(async () => (await told(cleo, "data")).length).toBe(3);
  await expect.poll(async () => (await told(ben, "data")).length).toBe(4);
  expect(await told(cleo, "data")).toEqual(toAll);
  expect((await told(ben, "data")).filter((each) => !each.includes("1001"))).toEqual(toAll);
  expect(await told(ben, "data 1001")).toEqual(["data 1001/1 of Ann: only you"]);
  expect(await told(ann, "data")).toEqual([]);

  await ben.do(async ({ call, sdk }) => {
    const feature = call.feature(sdk.Features.RealTimeText);
    await feature.sendRealTimeText("Good mor");
    await feature.sendRealTimeText("Good morning", true);
  });
  await expect.poll(() => told(cleo, "text")).toEqual(["text of Ben: Good mor Partial", "text of Ben: Good morning Final"]);
  await expect.poll(() => told(ben, "text")).toEqual(["text of me: Good mor Partial", "text of me: Good morning Final"]);

  await cleo.do(({ call, sdk }) => call.feature(sdk.Features.UserFacingDiagnostics).remote.startSendingDiagnostics());
  const noCamera = await cleo.attempt(({ call, sdk }) => call.startVideo(new sdk.LocalVideoStream({ id: "camera:gone", name: "Gone", deviceType: "UsbCamera" })));
  expect(noCamera).toBe("CommunicationServicesError 500/43000");
  await expect.poll(() => told(ann, "diagnostic of Cleo")).toEqual(["diagnostic of Cleo: cameraStartFailed true"]);

  await expectToSee(ann.videoOf("Ben"), "green");
  const count = await ann.do(({ call, sdk }) => [call.feature(sdk.Features.OptimalVideoCount).optimalVideoCount, navigator.hardwareConcurrency]);
  expect(count[0]).toBe((count[1] ?? 0) >= 4 ? 16 : 9);

  const survey = { overallRating: { score: 4 }, videoRating: { score: 2, issues: ["Freezes" as const] } };
  const refused = await ann.attempt(({ call, sdk }) => call.feature(sdk.Features.CallSurvey).submitSurvey({ overallRating: { score: 6 } }));
  expect(refused).toBe("CommunicationServicesError 400/90400");
  await ann.do(({ call }) => call.hangUp());
  const answer = await ann.do(({ call, sdk }, survey) => call.feature(sdk.Features.CallSurvey).submitSurvey(survey, { comment: "Nice." }), survey);
  expect(answer).toMatchObject({ ...survey, callId: await ann.callId() });
  const listed = await server.cli<Listed[]>("survey", "list", "--call", await ann.callId());
  expect(listed).toMatchObject([
    { id: answer.id, callId: answer.callId, participantId: answer.localParticipantId, survey: { overall: { score: 4 }, video: { score: 2, issues: ["Freezes"] }, comment: "Nice." } },
  ]);
});
