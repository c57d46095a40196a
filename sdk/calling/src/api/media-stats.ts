// What a collector of media statistics reports. Names as in ACS. What a browser does not say is left out.

import type { EventSource } from '../util/emitter.js';

export type MediaStatsCollectorOptions = {
  /** Seconds that one aggregated value stands for; 10 if it is left out. */
  aggregationInterval?: number;
  /** Aggregated values in one summary; 6 if it is left out. */
  dataPointsPerAggregation?: number;
};

export type MediaStatsAggregation = { count: number[]; sum: number[]; min: number[]; max: number[] };

export type MediaStatValue<T extends number | string> = {
  /** One value for each interval; numbers only. */
  aggregation?: MediaStatsAggregation;
  /** Numbers: those of every second, oldest first. Texts: what it was, in order, each once. */
  raw: T[];
  /** When the summary was made. */
  timestamp: Date;
};

interface CommonMediaStats<NumberType, StringType> {
  id: string;
  codecName?: StringType;
  /** Bits per second. */
  bitrate?: NumberType;
  jitterInMs?: NumberType;
  /** Since the stream began. */
  packets?: NumberType;
  packetsPerSecond?: NumberType;
  /** Since the stream began. */
  packetsLost?: NumberType;
  packetsLostPerSecond?: NumberType;
  rttInMs?: NumberType;
  transportId?: StringType;
}

export interface OutgoingAudioMediaStats<NumberType, StringType> extends CommonMediaStats<NumberType, StringType> {
  /** 0 to 65536. */
  audioInputLevel?: NumberType;
}

export interface IncomingAudioMediaStats<NumberType, StringType> extends CommonMediaStats<NumberType, StringType> {
  jitterBufferDelayInMs?: NumberType;
  /** 0 to 65536. */
  audioOutputLevel?: NumberType;
  /** The share of samples that were made up for lost ones. */
  healedRatio?: NumberType;
}

export interface OutgoingVideoMediaStats<NumberType, StringType> extends CommonMediaStats<NumberType, StringType> {
  frameRateInput?: NumberType;
  frameWidthInput?: NumberType;
  frameHeightInput?: NumberType;
  framesEncoded?: NumberType;
  frameRateEncoded?: NumberType;
  framesSent?: NumberType;
  frameRateSent?: NumberType;
  frameWidthSent?: NumberType;
  frameHeightSent?: NumberType;
  keyFramesEncoded?: NumberType;
  /** Smaller layers that are sent beside it. */
  altLayouts?: OutgoingVideoMediaStats<NumberType, StringType>[];
}

export interface IncomingVideoMediaStats<NumberType, StringType> extends CommonMediaStats<NumberType, StringType> {
  /** The `id` of the remote video stream. */
  streamId?: NumberType;
  jitterBufferDelayInMs?: NumberType;
  frameRateDecoded?: NumberType;
  frameRateReceived?: NumberType;
  frameWidthReceived?: NumberType;
  frameHeightReceived?: NumberType;
  longestFreezeDurationInMs?: NumberType;
  totalFreezeDurationInMs?: NumberType;
  framesReceived?: NumberType;
  framesDropped?: NumberType;
  framesDecoded?: NumberType;
  keyFramesDecoded?: NumberType;
}

export type OutgoingScreenShareMediaStats<NumberType, StringType> = OutgoingVideoMediaStats<NumberType, StringType>;
export type IncomingScreenShareMediaStats<NumberType, StringType> = IncomingVideoMediaStats<NumberType, StringType>;

export interface TransportMediaStats<NumberType> {
  id: string;
  rttInMs?: NumberType;
  availableIncomingBitrate?: NumberType;
  availableOutgoingBitrate?: NumberType;
}

interface MediaStatsReport<NumberType, StringType> {
  audio: { send: OutgoingAudioMediaStats<NumberType, StringType>[]; receive: IncomingAudioMediaStats<NumberType, StringType>[] };
  video: { send: OutgoingVideoMediaStats<NumberType, StringType>[]; receive: IncomingVideoMediaStats<NumberType, StringType>[] };
  screenShare: { send: OutgoingScreenShareMediaStats<NumberType, StringType>[]; receive: IncomingScreenShareMediaStats<NumberType, StringType>[] };
  transports: TransportMediaStats<NumberType>[];
}

export interface MediaStatsReportSample extends MediaStatsReport<number, string> {}
export interface MediaStatsReportSummary extends MediaStatsReport<MediaStatValue<number>, MediaStatValue<string>> {}

export type MediaStatsReportSampleEvent = (args: MediaStatsReportSample) => void;
export type MediaStatsReportSummaryEvent = (args: MediaStatsReportSummary) => void;

export interface MediaStatsCollectorEvents {
  /** Once a second while media flows. */
  sampleReported: MediaStatsReportSampleEvent;
  /** Every `aggregationInterval` × `dataPointsPerAggregation` seconds. */
  summaryReported: MediaStatsReportSummaryEvent;
}

export interface MediaStatsCollector extends EventSource<MediaStatsCollectorEvents> {
  dispose(): void;
}
