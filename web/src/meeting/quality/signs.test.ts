import { DiagnosticQuality, Features, type Call, type LatestMediaDiagnostics, type LatestNetworkDiagnostics } from "@convene/calling";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CallQuality } from "./call-quality";
import { CallSigns } from "./signs";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Listeners of one event. */
class Wire {
  private readonly listeners = new Set<(news: unknown) => void>();
  readonly on = (_: string, listener: (news: unknown) => void): void => void this.listeners.add(listener);
  readonly off = (_: string, listener: (news: unknown) => void): void => void this.listeners.delete(listener);
  readonly tell = (news?: unknown): void => this.listeners.forEach((listener) => listener(news));
  get count(): number {
    return this.listeners.size;
  }
}

/** A call whose diagnostics are set by hand. */
function callWith() {
  const [network, media, remote, muted, samples] = [new Wire(), new Wire(), new Wire(), new Wire(), new Wire()];
  const latest: { network: LatestNetworkDiagnostics; media: LatestMediaDiagnostics } = { network: {}, media: {} };
  const dispose = vi.fn();
  const createCollector = vi.fn(() => ({ on: samples.on, off: samples.off, dispose }));
  const startSendingDiagnostics = vi.fn();
  const features = new Map<unknown, unknown>([
    [
      Features.UserFacingDiagnostics,
      {
        network: { on: network.on, off: network.off, getLatest: () => latest.network },
        media: { on: media.on, off: media.off, getLatest: () => latest.media },
        remote: { on: remote.on, off: remote.off, getLatest: () => ({ diagnostics: [] }), startSendingDiagnostics },
      },
    ],
    [Features.MediaStats, { createCollector }],
  ]);
  const state = { isMuted: true };
  const call = {
    ...muted,
    id: "1",
    remoteParticipants: [],
    feature: (key: unknown) => features.get(key),
    get isMuted() {
      return state.isMuted;
    },
  } as unknown as Call;
  return { call, state, latest, network, media, remote, muted, samples, dispose, createCollector, startSendingDiagnostics };
}

const quality = (value: DiagnosticQuality) => ({ value, valueType: "DiagnosticQuality" as const });
const flag = (value: boolean) => ({ value, valueType: "DiagnosticFlag" as const });

test("a connection that is good again is shown so after 5 s; one that is lost, at once", () => {
  const { call, latest, network, startSendingDiagnostics } = callWith();
  const changed = vi.fn();
  const signs = new CallSigns(call, changed);
  expect(startSendingDiagnostics).toHaveBeenCalledOnce();
  latest.network = { networkSendQuality: quality(DiagnosticQuality.Poor) };
  network.tell();
  expect(signs.connection).toEqual({ level: "poor", direction: "sending" });
  latest.network = { networkSendQuality: quality(DiagnosticQuality.Good), networkReconnect: quality(DiagnosticQuality.Bad) };
  network.tell();
  expect(signs.connection.level).toBe("reconnecting");
  latest.network = { networkReconnect: quality(DiagnosticQuality.Good) };
  network.tell();
  expect(signs.connection.level).toBe("poor");
  changed.mockClear();
  vi.advanceTimersByTime(5_000);
  expect(signs.connection.level).toBe("good");
  expect(changed).toHaveBeenCalledOnce();
});

test("what is dismissed is told anew only when it was over", () => {
  const { call, latest, network } = callWith();
  const signs = new CallSigns(call, () => undefined);
  const see = (value: DiagnosticQuality): void => {
    latest.network = { networkReceiveQuality: quality(value) };
    network.tell();
  };
  see(DiagnosticQuality.Poor);
  signs.dismiss("poor");
  see(DiagnosticQuality.Good);
  see(DiagnosticQuality.Poor);
  expect(signs.isDismissed("poor")).toBe(true);
  see(DiagnosticQuality.Good);
  vi.advanceTimersByTime(5_000);
  see(DiagnosticQuality.Poor);
  expect(signs.isDismissed("poor")).toBe(false);
});

test("speaking while muted is over when the microphone is on; of one device the worst is told", () => {
  const { call, state, latest, media, muted } = callWith();
  const signs = new CallSigns(call, () => undefined);
  latest.media = { speakingWhileMicrophoneIsMuted: flag(true), cameraStoppedUnexpectedly: flag(true), cameraFreeze: flag(true), microphoneNotMuteButSilent: flag(true) };
  media.tell();
  expect(signs.faults).toEqual(["mutedSpeech", "cameraStopped"]);
  state.isMuted = false;
  latest.media = { microphoneNotMuteButSilent: flag(true) };
  muted.tell();
  expect(signs.faults).toEqual(["microphoneSilent"]);
  state.isMuted = true;
  muted.tell();
  expect(signs.faults).toEqual([]);
});

test("at the end nothing listens any more, and no timer is left", () => {
  const { call, latest, network, media, remote, muted } = callWith();
  const signs = new CallSigns(call, () => undefined);
  latest.network = { networkSendQuality: quality(DiagnosticQuality.Bad) };
  network.tell();
  latest.network = {};
  network.tell();
  signs.dispose();
  expect([network, media, remote, muted].map(({ count }) => count)).toEqual([0, 0, 0, 0]);
  expect(vi.getTimerCount()).toBe(0);
});

test("media are counted only while the figures are open", () => {
  const { call, samples, dispose, createCollector } = callWith();
  const figures = new CallQuality(call, () => undefined);
  const connection = { level: "good", direction: "both" } as const;
  expect(figures.viewModel(connection)).toBeUndefined();
  figures.setOpen(true);
  figures.setOpen(true);
  expect(createCollector).toHaveBeenCalledOnce();
  expect(figures.viewModel(connection)?.rows).toEqual([]);
  samples.tell({ audio: { send: [{ id: "a", bitrate: 24_000 }], receive: [] }, video: { send: [], receive: [] }, screenShare: { send: [], receive: [] }, transports: [] });
  expect(figures.viewModel(connection)?.rows.map(({ bitrate }) => bitrate)).toEqual(["24 kbit/s"]);
  figures.setOpen(false);
  expect(dispose).toHaveBeenCalledOnce();
  expect(figures.viewModel(connection)).toBeUndefined();
});
