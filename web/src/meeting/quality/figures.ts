// From a sample of the SDK's media statistics to the rows of the table. Pure.

import type { MediaStatsReportSample } from "@convene/calling";
import type { QualityRow } from "./view-model";
import { qualityWords } from "../../shared/strings/quality";

/** Samples, one a second, over which lost packets are counted. Fewer: one lost packet looks like a fault. More: what is over stays. */
const LOSS_SAMPLES = 10;

/** What one stream counts. */
interface Stream {
  readonly id: string;
  readonly bitrate?: number;
  readonly packets?: number;
  readonly packetsLost?: number;
  readonly jitterInMs?: number;
  readonly rttInMs?: number;
}

interface Picture {
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly frames: number | undefined;
}

type Counted = ReadonlyMap<string, { readonly packets: number; readonly lost: number }>;

/** Makes rows of samples; it keeps what packets were counted of late. */
export class Figures {
  private history: readonly Counted[] = [];

  /** @param nameOf whose stream has this id; undefined for what is not known */
  constructor(private readonly nameOf: (streamId: number | undefined) => string | undefined) {}

  /** The rows after one more sample. */
  rows(sample: MediaStatsReportSample): QualityRow[] {
    const { audio, video, screenShare, transports } = sample;
    const sentVideo = [video, screenShare].map(({ send }) => send.map((each) => ({ top: each, all: [each, ...(each.altLayouts ?? [])] })));
    const sent = [...audio.send, ...sentVideo.flat().flatMap(({ all }) => all)];
    const received = [...audio.receive, ...video.receive, ...screenShare.receive];
    this.history = [...this.history, countedOf([...sent, ...received])].slice(-LOSS_SAMPLES - 1);
    const roundTrip = worst(transports.map(({ rttInMs }) => rttInMs));
    const row = (id: string, isSent: boolean, what: string, streams: readonly Stream[], picture?: Picture): QualityRow => ({
      id,
      isSent,
      what,
      bitrate: textOf(total(streams.map(({ bitrate }) => bitrate)), bitrateText),
      loss: textOf(this.lossOf(streams, isSent), (share) => qualityWords().percent(share * 100)),
      jitter: textOf(worst(streams.map(({ jitterInMs }) => jitterInMs)), qualityWords().milliseconds),
      // What comes goes the same way as what is sent.
      roundTrip: textOf(worst(streams.map(({ rttInMs }) => rttInMs)) ?? roundTrip, qualityWords().milliseconds),
      picture: picture ? pictureText(picture) : qualityWords().unknown,
    });
    const kinds = [qualityWords().video, qualityWords().screen];
    return [
      ...(audio.send.length > 0 ? [row("audio sent", true, qualityWords().audio, audio.send)] : []),
      ...sentVideo.flatMap((streams, kind) =>
        streams.map(({ top, all }) =>
          row(`${top.id} sent`, true, kinds[kind] ?? "", all, { width: top.frameWidthSent, height: top.frameHeightSent, frames: top.frameRateSent }),
        ),
      ),
      ...(audio.receive.length > 0 ? [row("audio received", false, qualityWords().audio, audio.receive)] : []),
      ...[video, screenShare].flatMap(({ receive }, kind) =>
        receive.map((each) =>
          row(`${each.id} received`, false, this.whose(kinds[kind] ?? "", each.streamId), [each], {
            width: each.frameWidthReceived,
            height: each.frameHeightReceived,
            frames: each.frameRateDecoded ?? each.frameRateReceived,
          }),
        ),
      ),
    ];
  }

  private whose(what: string, streamId: number | undefined): string {
    const name = this.nameOf(streamId);
    return name === undefined ? what : qualityWords().of(what, name);
  }

  /** The share of packets that were lost of late: of those sent, or of those that should have come. */
  private lossOf(streams: readonly Stream[], isSent: boolean): number | undefined {
    const [first, last] = [this.history[0], this.history.at(-1)];
    if (!first || !last || first === last) return undefined;
    let [packets, lost] = [0, 0];
    for (const { id } of streams) {
      const [before, now] = [first.get(id), last.get(id)];
      if (!before || !now) continue;
      packets += now.packets - before.packets;
      lost += Math.max(0, now.lost - before.lost);
    }
    const all = isSent ? packets : packets + lost;
    return all > 0 ? Math.min(1, lost / all) : undefined;
  }
}

/** The table as text: one line for each row. */
export function textOfRows(rows: readonly QualityRow[]): string {
  const { columns } = qualityWords();
  return rows
    .map((row) => {
      const figures = [row.bitrate, `${columns.loss} ${row.loss}`, `${columns.jitter} ${row.jitter}`, `${columns.roundTrip} ${row.roundTrip}`, row.picture];
      return `${row.isSent ? qualityWords().sending : qualityWords().receiving}: ${row.what}: ${figures.filter((each) => each !== qualityWords().unknown).join(", ")}`;
    })
    .join("\n");
}

function countedOf(streams: readonly Stream[]): Counted {
  return new Map(
    streams.flatMap(({ id, packets, packetsLost }) => (packets === undefined || packetsLost === undefined ? [] : [[id, { packets, lost: packetsLost }] as const])),
  );
}

function known(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}

function total(values: readonly (number | undefined)[]): number | undefined {
  const numbers = known(values);
  return numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0);
}

function worst(values: readonly (number | undefined)[]): number | undefined {
  const numbers = known(values);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

function textOf(value: number | undefined, write: (value: number) => string): string {
  return value === undefined ? qualityWords().unknown : write(value);
}

/** @param bits per second */
function bitrateText(bits: number): string {
  return bits < 1_000_000 ? qualityWords().kilobits(bits / 1_000) : qualityWords().megabits(bits / 1_000_000);
}

function pictureText({ width, height, frames }: Picture): string {
  const size = width === undefined || height === undefined ? [] : [qualityWords().size(width, height)];
  return [...size, ...(frames === undefined ? [] : [qualityWords().frames(frames)])].join(", ") || qualityWords().unknown;
}
