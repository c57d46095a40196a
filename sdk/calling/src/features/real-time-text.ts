import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { ParticipantInfo } from '../api/common.js';
import { identifierOf } from '../call/remote-participant.js';
import type { TypedText } from '../call/texts.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

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

/** What people type, key by key; this client's own texts come back as the others see them. */
export class RealTimeText extends FeatureBase<RealTimeTextEvents> implements RealTimeTextFeature {
  readonly name = 'RealTimeText';

  constructor(private readonly context: CallFeatureContext) {
    super();
    coreOf(context).texts.events.on('received', (typed) => this.emitter.emit('realTimeTextReceived', this.infoOf(typed)));
  }

  /**
   * Shows everybody the whole text as it is now. What is sent until a text is finalized is one text.
   *
   * @throws CommunicationServicesError 400 for what is no text or too long, 403 if our role may not type
   */
  async sendRealTimeText(text: string, finalized = false): Promise<void> {
    await coreOf(this.context).texts.send(text, finalized);
  }

  private infoOf({ user, sequence, text, done, since, at }: TypedText): RealTimeTextInfo {
    const core = coreOf(this.context);
    const isLocal = user === core.self.user;
    const other = core.roster.participants.find((each) => each.user === user);
    const own = { displayName: core.self.displayName, endpointDetails: [{ participantId: core.details.participantId ?? '' }] };
    const { displayName, endpointDetails } = isLocal ? own : { displayName: other?.displayName ?? '', endpointDetails: other?.endpointDetails ?? [] };
    return {
      sequenceId: sequence,
      sender: { identifier: identifierOf(user), displayName, endpointDetails },
      text,
      resultType: done ? 'Final' : 'Partial',
      receivedTimestamp: since,
      updatedTimestamp: at,
      isLocal,
    };
  }
}
