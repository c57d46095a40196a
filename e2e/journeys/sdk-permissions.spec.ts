// People who forbid the browser to use their devices: the call goes on with what is left, and says why.

import { randomUUID } from "node:crypto";
import { AppPage, guestToken } from "../lib/app-page";
import { gatheredAddress, type Address } from "../lib/firefox";
import { expect, test } from "../lib/fixtures";
import { expectToHear, expectToSee } from "../lib/probes";

// Without permission for a device, Chromium, too, gathers only the address from which a default route goes out.
let network: Address;
test.beforeAll(() => void (network = gatheredAddress()));
test.afterAll(() => network.remove());
test.beforeEach(() => test.slow());

test("who forbids the camera is in the call with sound only, and is told so", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann");
  const page = await open("forbidden");
  await page.context().grantPermissions(["microphone"]);
  const yves = await AppPage.join(page, await guestToken(stage), { groupId: group }, "Yves");
  await yves.expectState("Connected");
  await expectToSee(yves.videoOf("Ann"), "red");
  await expectToHear(yves.page, ["red"]);
  await expectToHear(ann.page, ["yellow"]);
  const start = (): Promise<string> =>
    yves.attempt(async ({ call, sdk, devices }) => {
      const [camera] = await devices.getCameras();
      await call.startVideo(new sdk.LocalVideoStream(camera ?? { id: "camera:", name: "", deviceType: "UsbCamera" }));
    });
  expect(await start()).toBe("CommunicationServicesError 403/40613");
  const seen = await yves.do(({ call, sdk }) => [call.isLocalVideoStarted, call.isMuted, call.feature(sdk.Features.UserFacingDiagnostics).media.getLatest().cameraPermissionDenied]);
  expect(seen).toEqual([false, false, { value: true, valueType: "DiagnosticFlag" }]);
});

test("who forbids everything is in the call muted, sees and hears, and is told why it cannot speak", async ({ open, request, server }) => {
  const stage = { open, request, server };
  const group = randomUUID();
  const ann = await AppPage.inGroup(stage, group, "red", "Ann");
  const yves = await AppPage.inGroup(stage, group, "forbidden", "Yves");
  await expectToSee(yves.videoOf("Ann"), "red");
  await expectToHear(yves.page, ["red"]);
  await expectToHear(ann.page, []);
  expect(await yves.attempt(({ call }) => call.unmute())).toBe("CommunicationServicesError 403/40613");
  expect(await yves.do(({ call, sdk }) => [call.isMuted, Object.keys(call.feature(sdk.Features.UserFacingDiagnostics).media.getLatest())])).toEqual([true, ["microphonePermissionDenied", "cameraPermissionDenied"]]);
  expect(await ann.do(({ call }) => call.remoteParticipants[0]?.isMuted)).toBe(true);
});
