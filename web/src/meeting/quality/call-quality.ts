// The figures of one call's media. Counted only while somebody looks at them.

import { Features } from "@convene/calling";
import type { Call, MediaStatsCollector, MediaStatsReportSample } from "@convene/calling";
import { nameOf } from "../people/build";
import { Figures, textOfRows } from "./figures";
import type { Connection, QualityRow, QualityViewModel } from "./view-model";
import { qualityWords, sentenceOf } from "../../shared/strings/quality";

/** Counts while it is open. */
export class CallQuality {
  private collector: MediaStatsCollector | undefined;
  private figures: Figures | undefined;
  private rows: readonly QualityRow[] = [];

  constructor(
    private readonly call: Call,
    private readonly changed: () => void,
  ) {}

  /** Begins or ends counting. */
  setOpen(isOpen: boolean): void {
    if (isOpen === (this.collector !== undefined)) return;
    if (!isOpen) {
      this.collector?.dispose();
      this.collector = undefined;
      return;
    }
    this.rows = [];
    this.figures = new Figures((streamId) => this.ownerOf(streamId));
    this.collector = this.call.feature(Features.MediaStats).createCollector();
    this.collector.on("sampleReported", this.handleSample);
  }

  /** What is shown; `undefined` while it is closed. */
  viewModel(connection: Connection): QualityViewModel | undefined {
    if (!this.collector) return undefined;
    const { rows } = this;
    const sentence = sentenceOf(connection);
    return { sentence, rows, asText: () => this.asText(sentence, rows) };
  }

  private readonly handleSample = (sample: MediaStatsReportSample): void => {
    this.rows = this.figures?.rows(sample) ?? [];
    this.changed();
  };

  private ownerOf(streamId: number | undefined): string | undefined {
    const owner = this.call.remoteParticipants.find((person) => person.videoStreams.some((stream) => stream.id === streamId));
    return owner && nameOf(owner);
  }

  private asText(sentence: string, rows: readonly QualityRow[]): string {
    const head = [qualityWords().heading, new Date().toISOString(), qualityWords().call(this.call.id), navigator.userAgent, sentence];
    return `${head.join("\n")}\n\n${textOfRows(rows)}\n`;
  }
}
