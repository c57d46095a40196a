import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallFeature, CallFeatureContext } from '../api/call.js';
import { notSupported } from '../errors.js';
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

const REFUSE = (action: string) => (): Promise<void> => Promise.reject(notSupported(action));

/** Nobody is forbidden to speak or to be seen beyond what the role says. */
export class MediaAccessFeature extends FeatureBase<MediaAccessEvents> implements MediaAccessCallFeature {
  readonly name = 'MediaAccess';
  readonly permitAudio = REFUSE('Permitting audio');
  readonly forbidAudio = REFUSE('Forbidding audio');
  readonly permitOthersAudio = REFUSE('Permitting the others\' audio');
  readonly forbidOthersAudio = REFUSE('Forbidding the others\' audio');
  readonly permitVideo = REFUSE('Permitting video');
  readonly forbidVideo = REFUSE('Forbidding video');
  readonly permitOthersVideo = REFUSE('Permitting the others\' video');
  readonly forbidOthersVideo = REFUSE('Forbidding the others\' video');

  constructor(private readonly context: CallFeatureContext) {
    super();
  }

  getAllOthersMediaAccess(): MediaAccess[] {
    const others = coreOf(this.context).roster.participants;
    return others.map((other) => ({ participant: other.identifier, isAudioPermitted: true, isVideoPermitted: true }));
  }

  getMeetingMediaAccess(): MeetingMediaAccess {
    return { isAudioPermitted: true, isVideoPermitted: true };
  }
}
