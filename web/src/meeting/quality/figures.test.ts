import type { MediaStatsReportSample } from "@convene/calling";
import { expect, test } from "vitest";
import { Figures, textOfRows } from "./figures";

const NOTHING: MediaStatsReportSample = { audio: { send: [], receive: [] }, video: { send: [], receive: [] }, screenShare: { send: [], receive: [] }, transports: [] };

test("audio is one row each way, videos are of their people, and a sent video counts with its smaller layers", () => {
  const figures = new Figures((streamId) => (streamId === 7 ? "Ben" : undefined));
  const rows = figures.rows({
    audio: { send: [{ id: "a", bitrate: 32_400, jitterInMs: 2, rttInMs: 41 }], receive: [{ id: "b", bitrate: 20_000, jitterInMs: 3 }, { id: "c", bitrate: 4_000, jitterInMs: 9 }] },
    video: {
      send: [{ id: "d", bitrate: 900_000, frameWidthSent: 1280, frameHeightSent: 720, frameRateSent: 29.9, altLayouts: [{ id: "e", bitrate: 200_000 }] }],
      receive: [{ id: "f", streamId: 7, bitrate: 640_000, frameWidthReceived: 640, frameHeightReceived: 360, frameRateDecoded: 15 }],
    },
    screenShare: { send: [], receive: [{ id: "g", streamId: 8 }] },
    transports: [{ id: "t", rttInMs: 12 }],
  });
  expect(rows.map(({ isSent, what, bitrate, jitter, roundTrip, picture }) => [isSent, what, bitrate, jitter, roundTrip, picture])).toEqual([
    [true, "Audio", "32 kbit/s", "2 ms", "41 ms", "–"],
    [true, "Video", "1.1 Mbit/s", "–", "12 ms", "1280 × 720, 30 frames/s"],
    [false, "Audio", "24 kbit/s", "9 ms", "12 ms", "–"],
    [false, "Video of Ben", "640 kbit/s", "–", "12 ms", "640 × 360, 15 frames/s"],
    [false, "Screen", "–", "–", "12 ms", "–"],
  ]);
});

test("lost packets are those of the last ten seconds: beside what came, among what was sent", () => {
  const figures = new Figures(() => undefined);
  const lossAfter = (packets: number, packetsLost: number): string[] =>
    figures
      .rows({ ...NOTHING, audio: { send: [{ id: "a", packets, packetsLost }], receive: [{ id: "b", packets, packetsLost }] } })
      .map(({ loss }) => loss);
  expect(lossAfter(1_000, 500)).toEqual(["–", "–"]);
  expect(lossAfter(1_080, 520)).toEqual(["25.0 %", "20.0 %"]);
  for (let second = 1; second <= 9; second += 1) lossAfter(1_080, 520);
  expect(lossAfter(1_180, 520)).toEqual(["0.0 %", "0.0 %"]);
});

test("as text each row is a line, without what is not known", () => {
  const row = { id: "1", isSent: true, what: "Audio", bitrate: "32 kbit/s", loss: "0.0 %", jitter: "–", roundTrip: "–", picture: "–" };
  expect(textOfRows([row, { ...row, isSent: false, what: "Video of Ben", picture: "640 × 360" }])).toBe(
    "Sending: Audio: 32 kbit/s, Lost packets 0.0 %, Jitter –, Round trip –\nReceiving: Video of Ben: 32 kbit/s, Lost packets 0.0 %, Jitter –, Round trip –, 640 × 360",
  );
});
