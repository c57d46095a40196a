import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { Participant } from '../call/remote-participant.js';
import type { EventSource } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export interface BaseMediaAccess {
  isAudioPermitted: boolean;
  isVideoPermitted: boolean;
}

export interface MediaAccess extends BaseMediaAccess {
  participant: CommunicationIdentifier;
}

export interface MeetingMediaAccess extends BaseMediaAccess {}

export interface MediaAccessChangedEvent {
  mediaAccesses: MediaAccess[];
}
export interface MeetingMediaAccessChangedEvent {
  meetingMediaAccess: MeetingMediaAccess;
}
export type MediaAccessChangedListener = (data: MediaAccessChangedEvent) => void;
export type MeetingMediaAccessChangedListener = (data: MeetingMediaAccessChangedEvent) => void;

export interface MediaAccessEvents {
  mediaAccessChanged: MediaAccessChangedListener;
  meetingMediaAccessChanged: MeetingMediaAccessChangedListener;
}

export interface MediaAccessCallFeature extends CallFeature, EventSource<MediaAccessEvents> {
  permitAudio(participants: CommunicationIdentifier[]): Promise<void>;
  forbidAudio(participants: CommunicationIdentifier[]): Promise<void>;
  permitOthersAudio(): Promise<void>;
  forbidOthersAudio(): Promise<void>;
  permitVideo(participants: CommunicationIdentifier[]): Promise<void>;
  forbidVideo(participants: CommunicationIdentifier[]): Promise<void>;
  permitOthersVideo(): Promise<void>;
  forbidOthersVideo(): Promise<void>;
  getAllOthersMediaAccess(): MediaAccess[];
  getMeetingMediaAccess(): MeetingMediaAccess;
}

/** What people may send, as those who lead the call decide beyond what the role says. The server drops what is forbidden. */
export class MediaAccessFeature extends FeatureBase<MediaAccessEvents> implements MediaAccessCallFeature {
  readonly name = 'MediaAccess';
  private meeting: MeetingMediaAccess;

  constructor(private readonly context: CallFeatureContext) {
    super();
    const { roster, standing } = coreOf(context);
    this.meeting = this.getMeetingMediaAccess();
    roster.events.on('accessChanged', (participants) => this.emitter.emit('mediaAccessChanged', { mediaAccesses: participants.map(accessOf) }));
    standing.events.on('capabilitiesChanged', (reason) => {
      const meetingMediaAccess = this.getMeetingMediaAccess();
      const { isAudioPermitted, isVideoPermitted } = this.meeting;
      const changed = isAudioPermitted !== meetingMediaAccess.isAudioPermitted || isVideoPermitted !== meetingMediaAccess.isVideoPermitted;
      this.meeting = meetingMediaAccess;
      if (changed && reason === 'meetingOptionsChanged') {
        this.emitter.emit('meetingMediaAccessChanged', { meetingMediaAccess });
      }
    });
  }

  permitAudio(participants: CommunicationIdentifier[]): Promise<void> {
    return this.set(participants, 'microphone', true);
  }

  forbidAudio(participants: CommunicationIdentifier[]): Promise<void> {
    return this.set(participants, 'microphone', false);
  }

  permitOthersAudio(): Promise<void> {
    return this.set(null, 'microphone', true);
  }

  forbidOthersAudio(): Promise<void> {
    return this.set(null, 'microphone', false);
  }

  permitVideo(participants: CommunicationIdentifier[]): Promise<void> {
    return this.set(participants, 'camera', true);
  }

  forbidVideo(participants: CommunicationIdentifier[]): Promise<void> {
    return this.set(participants, 'camera', false);
  }

  permitOthersVideo(): Promise<void> {
    return this.set(null, 'camera', true);
  }

  forbidOthersVideo(): Promise<void> {
    return this.set(null, 'camera', false);
  }

  getAllOthersMediaAccess(): MediaAccess[] {
    return coreOf(this.context).roster.participants.map(accessOf);
  }

  /** What this client may send. */
  getMeetingMediaAccess(): MeetingMediaAccess {
    const { standing } = coreOf(this.context);
    return { isAudioPermitted: standing.may('unmuteMic'), isVideoPermitted: standing.may('turnVideoOn') };
  }

  private async set(participants: CommunicationIdentifier[] | null, source: 'microphone' | 'camera', permitted: boolean): Promise<void> {
    await coreOf(this.context).managing.setAccess(participants, source, permitted);
  }
}

function accessOf(participant: Participant): MediaAccess {
  const { forbidden, identifier } = participant;
  return { participant: identifier, isAudioPermitted: !forbidden.includes('microphone'), isVideoPermitted: !forbidden.includes('camera') };
}
