import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallFeature } from '../api/call.js';
import { notSupported } from '../errors.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';

export type DataChannelPriority = 'High' | 'Normal';
export type DataChannelReliability = 'Durable' | 'Lossy';

export type DataChannelSenderOpenOptions = {
  bitrateInKbps?: number;
  channelId?: number;
  participants?: CommunicationIdentifier[];
  priority?: DataChannelPriority;
  reliability?: DataChannelReliability;
};

export interface DataChannelMessage {
  sequenceNumber: number;
  data: Uint8Array;
}

export interface DataChannelSender {
  readonly channelId: number;
  readonly maxMessageSize: number;
  setParticipants(participants: CommunicationIdentifier[]): void;
  sendMessage(data: Uint8Array): Promise<void>;
  close(): void;
}

export type DataChannelReceiverCloseEvent = () => void;
export type DataChannelReceiverMessageReadyEvent = () => void;

export interface DataChannelReceiver
  extends EventSource<{ messageReady: DataChannelReceiverMessageReadyEvent; close: DataChannelReceiverCloseEvent }> {
  readonly channelId: number;
  readonly senderParticipantIdentifier: CommunicationIdentifierKind;
  readMessage(): DataChannelMessage | undefined;
}

export type DataChannelReceiverCreatedEvent = (args: DataChannelReceiver) => void;

export interface DataChannelEvents {
  dataChannelReceiverCreated: DataChannelReceiverCreatedEvent;
}

export interface DataChannelCallFeature extends CallFeature, EventSource<DataChannelEvents> {
  createDataChannelSender(options: DataChannelSenderOpenOptions): DataChannelSender;
}

/** Nobody opens a data channel. */
export class DataChannel extends FeatureBase<DataChannelEvents> implements DataChannelCallFeature {
  readonly name = 'DataChannel';

  createDataChannelSender(): DataChannelSender {
    throw notSupported('Opening a data channel');
  }
}
