// An app's server plays a file in a call: to everybody, to one alone, and no more. Measured on the sound that pages play.

import { randomUUID } from "node:crypto";
import { AppPage } from "../lib/app-page";
import { startAutomation, type Automation } from "../lib/automation";
import { expect, test } from "../lib/fixtures";
import { heardTones } from "../lib/probes";

/** The tone of the file; nobody's voice. */
const TONE = 1_350;

const heard = (app: AppPage): Promise<number[]> => heardTones(app.page, [TONE]);
const others = (app: AppPage): Promise<string[]> => app.do(({ call }) => call.remoteParticipants.map((each) => each.displayName ?? ""));

/** The types of what the app was told of what it did by this name. */
const toldOf = ({ told }: Automation, context: string): string[] => told.filter(({ data }) => data.operationContext === context).map(({ type }) => type);

test("keys that somebody presses come to the app's server, in order", async ({ open, request, server }) => {
  const groupId = randomUUID();
  const ana = await AppPage.inGroup({ open, request, server }, groupId, "red", "Ana", { camera: false, muted: true });
  const app = await startAutomation(server, TONE);
  try {
    const callLocator = { kind: "groupCallLocator", groupCallId: groupId };
    const made = await app.ask<{ callConnectionId: string }>("POST", "/calling/callConnections:connect", { callLocator, callbackUri: app.callbacks });
    const path = `/calling/callConnections/${made.callConnectionId}`;
    const { value } = await app.ask<{ value: { identifier: object }[] }>("GET", `${path}/participants`);
    await app.ask("POST", `${path}:startContinuousDtmfRecognition`, { targetParticipant: value[0]?.identifier, operationContext: "menu" });
    await ana.do(async ({ call }) => {
      for (const tone of ["Num4", "Num2", "Pound"] as const) await call.sendDtmf(tone);
    });
    const pressed = (): unknown[] => app.told.filter(({ type }) => type === "ContinuousDtmfRecognitionToneReceived").map(({ data }) => [data.sequenceId, data.tone]);
    await expect.poll(pressed).toEqual([[1, "four"], [2, "two"], [3, "pound"]]);
    expect(await ana.attempt(({ call }) => call.sendDtmf("Flash"))).toBe("CommunicationServicesError 501/90501");
  } finally {
    await app.stop();
  }
});

test("a file is heard by everybody or by one alone, whoever plays it is seen, and what is canceled is silent", async ({ open, request, server }) => {
  test.slow();
  const groupId = randomUUID();
  const stage = { open, request, server };
  const ana = await AppPage.inGroup(stage, groupId, "red", "Ana", { camera: false, muted: true });
  const ben = await AppPage.inGroup(stage, groupId, "green", "Ben", { camera: false, muted: true });
  const app = await startAutomation(server, TONE);
  try {
    const locator = { kind: "groupCallLocator", groupCallId: groupId };
    const { callConnectionId } = await app.ask<{ callConnectionId: string }>("POST", "/calling/callConnections:connect", {
      callLocator: locator,
      callbackUri: app.callbacks,
      displayName: "Jukebox",
    });
    const path = `/calling/callConnections/${callConnectionId}`;
    const play = (context: string, playTo: object[] = []): Promise<void> =>
      app.ask("POST", `${path}:play`, { playSources: [{ kind: "file", file: { uri: app.file } }], playTo, playOptions: { loop: true }, operationContext: context });
    expect(await others(ana)).toEqual(["Ben"]);

    await play("all");
    await expect.poll(() => heard(ana)).toEqual([TONE]);
    await expect.poll(() => heard(ben)).toEqual([TONE]);
    expect((await others(ana)).sort()).toEqual(["Ben", "Jukebox"]);
    expect(toldOf(app, "all")).toEqual(["PlayStarted"]);

    await app.ask("POST", `${path}:cancelAllMediaOperations`, {});
    await expect.poll(() => toldOf(app, "all")).toEqual(["PlayStarted", "PlayCanceled"]);
    await expect.poll(() => heard(ana)).toEqual([]);
    await expect.poll(() => heard(ben)).toEqual([]);

    const id = await ben.do(({ call }) => {
      const other = call.remoteParticipants.find((each) => each.displayName === "Ana")?.identifier;
      return other && "communicationUserId" in other ? other.communicationUserId : "";
    });
    await play("one", [{ communicationUser: { id } }]);
    await expect.poll(() => heard(ana)).toEqual([TONE]);
    expect(await heard(ben)).toEqual([]);
    expect(await heard(ana)).toEqual([TONE]);

    await app.ask("DELETE", path);
    await expect.poll(() => others(ana)).toEqual(["Ben"]);
    await expect.poll(() => heard(ana)).toEqual([]);
  } finally {
    await app.stop();
  }
});
