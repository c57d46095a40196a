import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

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

/** Messages of the app to others in the call, and theirs. */
export class DataChannel extends FeatureBase<DataChannelEvents> implements DataChannelCallFeature {
  readonly name = 'DataChannel';

  constructor(private readonly context: CallFeatureContext) {
    super();
    coreOf(context).data.events.on('received', (receiver) => this.emitter.emit('dataChannelReceiverCreated', receiver));
  }

  /**
   * Opens a channel. One with the same `channelId` is closed.
   *
   * @throws CommunicationServicesError 400 for options that there are not
   */
  createDataChannelSender(options: DataChannelSenderOpenOptions): DataChannelSender {
    return coreOf(this.context).data.createSender({ ...options });
  }
}
