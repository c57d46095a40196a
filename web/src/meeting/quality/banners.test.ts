import { Features, type Call } from "@convene/calling";
import { expect, test, vi } from "vitest";
import type { MeetingActions } from "../actions";
import { faultBanners } from "./banners";
import type { CallSigns, DeviceFault } from "./signs";
import type { Connection } from "./view-model";

interface State {
  readonly connection?: Connection;
  readonly faults?: readonly DeviceFault[];
  readonly dismissed?: readonly string[];
  readonly cameraOn?: boolean;
  readonly mayUnmute?: boolean;
}

function bannersOf({ connection = { level: "good", direction: "both" }, faults = [], dismissed = [], cameraOn = true, mayUnmute = true }: State) {
  const actions = { isBusy: () => false, setCamera: vi.fn(), setMicrophone: vi.fn(), openPopover: vi.fn() };
  const signs = { connection, faults, isDismissed: (what: string) => dismissed.includes(what), dismiss: vi.fn() };
  const capabilities = { capabilities: { unmuteMic: { isPresent: mayUnmute } } };
  const call = {
    localVideoStreams: cameraOn ? [{ mediaStreamType: "Video" }] : [],
    feature: (key: unknown) => (key === Features.Capabilities ? capabilities : undefined),
  };
  const banners = faultBanners(call as unknown as Call, actions as unknown as MeetingActions, signs as unknown as CallSigns);
  return { banners, actions, signs };
}

test("nothing is told while nothing is wrong, nor what is dismissed", () => {
  expect(bannersOf({}).banners).toEqual([]);
  const weak = { level: "poor", direction: "sending" } as const;
  expect(bannersOf({ connection: weak, faults: ["cameraStopped"], dismissed: ["poor", "cameraStopped"] }).banners).toEqual([]);
  const { banners, signs } = bannersOf({ connection: weak });
  banners[0]?.dismiss?.();
  expect(signs.dismiss).toHaveBeenCalledWith("poor");
});

test("turning the camera off is offered where it helps: to who sends one over a weak line", () => {
  const offered = (connection: Connection, cameraOn = true) => bannersOf({ connection, cameraOn }).banners[0]?.action?.text;
  expect(offered({ level: "bad", direction: "both" })).toBe("Turn camera off");
  expect(offered({ level: "bad", direction: "receiving" })).toBeUndefined();
  expect(offered({ level: "bad", direction: "both" }, false)).toBeUndefined();
  expect(offered({ level: "offline", direction: "both" })).toBeUndefined();
});

test("who speaks while muted may unmute, if they may at all; other faults lead to the devices", () => {
  const { banners, actions } = bannersOf({ faults: ["mutedSpeech", "cameraFrozen"] });
  expect(banners.map(({ id }) => id)).toEqual(["mutedSpeech", "camera"]);
  banners.forEach(({ action }) => action?.run());
  expect(actions.setMicrophone).toHaveBeenCalledWith(true);
  expect(actions.openPopover).toHaveBeenCalledWith("devices");
  expect(bannersOf({ faults: ["mutedSpeech"], mayUnmute: false }).banners[0]?.action).toBeUndefined();
});
