import type { CallFeature } from '../api/call.js';
import type { ParticipantInfo } from '../api/common.js';
import { notSupported } from '../errors.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type RealTimeTextResultType = 'Partial' | 'Final';
export type RealTimeTextReceivedEventType = 'realTimeTextReceived';

export interface RealTimeTextInfo {
  sequenceId: number;
  sender: ParticipantInfo;
  text: string;
  resultType: RealTimeTextResultType;
  receivedTimestamp: Date;
  updatedTimestamp: Date;
  isLocal: boolean;
}
export type RealTimeTextReceivedEventHandler = (data: RealTimeTextInfo) => void;

export interface RealTimeTextEvents {
  realTimeTextReceived: RealTimeTextReceivedEventHandler;
}

export interface RealTimeTextFeature extends CallFeature, EventSource<RealTimeTextEvents> {
  sendRealTimeText(text: string): Promise<void>;
  sendRealTimeText(text: string, finalized: boolean): Promise<void>;
}

/** Nobody types in real time. */
export class RealTimeText extends FeatureBase<RealTimeTextEvents> implements RealTimeTextFeature {
  readonly name = 'RealTimeText';

  sendRealTimeText(): Promise<void> {
    return Promise.reject(notSupported('Sending real-time text'));
  }
}
