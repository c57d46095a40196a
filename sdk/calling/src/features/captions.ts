import type { CallFeature, CallFeatureContext } from '../api/call.js';
import type { CallerInfo, ParticipantInfo, PropertyChangedEvent } from '../api/common.js';
import { notSupported } from '../errors.js';
import { Emitter, type EventSource, type ListenerMap } from '../util/emitter.js';
import { FeatureBase } from './base.js';
import { coreOf } from './context.js';

export type CaptionsKind = 'TeamsCaptions' | 'Captions';
export type CaptionsResultType = 'Partial' | 'Final';
export type CaptionsKindChangedEventType = 'CaptionsKindChanged';
export type CaptionsPropertyChangedEventType = 'CaptionsActiveChanged';
export type CaptionsReceivedEventType = 'CaptionsReceived';
export type CaptionLanguageChangedEventType = 'CaptionLanguageChanged';
export type SpokenLanguageChangedEventType = 'SpokenLanguageChanged';

export interface StartCaptionsOptions {
  spokenLanguage: string;
}

export interface CaptionsInfo {
  resultType: CaptionsResultType;
  speaker: ParticipantInfo;
  spokenLanguage: string;
  spokenText: string;
  timestamp: Date;
}
export type CaptionsHandler = (data: CaptionsInfo) => void;

export interface TeamsCaptionsInfo {
  captionText: string;
  captionLanguage: string;
  resultType: CaptionsResultType;
  speaker: CallerInfo;
  spokenLanguage: string;
  spokenText: string;
  timestamp: Date;
}
export type TeamsCaptionsHandler = (data: TeamsCaptionsInfo) => void;

export interface CaptionsCommon {
  startCaptions(startCaptionsOptions?: StartCaptionsOptions): Promise<void>;
  stopCaptions(): Promise<void>;
  setSpokenLanguage(language: string): Promise<void>;
  readonly supportedSpokenLanguages: string[];
  readonly isCaptionsFeatureActive: boolean;
  readonly activeSpokenLanguage: string;
  readonly kind: CaptionsKind;
}

export interface CaptionsEvents {
  CaptionsReceived: CaptionsHandler;
  CaptionsActiveChanged: PropertyChangedEvent;
  SpokenLanguageChanged: PropertyChangedEvent;
}

export interface Captions extends CaptionsCommon, EventSource<CaptionsEvents> {}

export interface TeamsCaptionsEvents {
  CaptionsReceived: TeamsCaptionsHandler;
  CaptionsActiveChanged: PropertyChangedEvent;
  CaptionLanguageChanged: PropertyChangedEvent;
  SpokenLanguageChanged: PropertyChangedEvent;
}

export interface TeamsCaptions extends CaptionsCommon, EventSource<TeamsCaptionsEvents> {
  readonly supportedCaptionLanguages: string[];
  readonly activeCaptionLanguage: string;
  setCaptionLanguage(language: string): Promise<void>;
}

export interface CaptionsFeatureEvents {
  CaptionsKindChanged: PropertyChangedEvent;
}

export interface CaptionsCallFeature extends CallFeature, EventSource<CaptionsFeatureEvents> {
  readonly captions: CaptionsCommon;
}

/** Captions that never come: no languages, never active. */
abstract class NoCaptions<E extends ListenerMap<E>> implements CaptionsCommon {
  abstract readonly kind: CaptionsKind;
  readonly isCaptionsFeatureActive = false;
  readonly activeSpokenLanguage = '';
  private readonly emitter = new Emitter<E>();

  get supportedSpokenLanguages(): string[] {
    return [];
  }

  on<K extends keyof E>(event: K, listener: E[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof E>(event: K, listener: E[K]): void {
    this.emitter.off(event, listener);
  }

  startCaptions(): Promise<void> {
    return Promise.reject(notSupported('Starting captions'));
  }

  stopCaptions(): Promise<void> {
    return Promise.reject(notSupported('Stopping captions'));
  }

  setSpokenLanguage(): Promise<void> {
    return Promise.reject(notSupported('Choosing the captions\' spoken language'));
  }
}

class NoCallCaptions extends NoCaptions<CaptionsEvents> implements Captions {
  readonly kind = 'Captions';
}

class NoMeetingCaptions extends NoCaptions<TeamsCaptionsEvents> implements TeamsCaptions {
  readonly kind = 'TeamsCaptions';
  readonly activeCaptionLanguage = '';

  get supportedCaptionLanguages(): string[] {
    return [];
  }

  setCaptionLanguage(): Promise<void> {
    return Promise.reject(notSupported('Choosing the captions\' language'));
  }
}

/** Meetings have captions of the kind `TeamsCaptions`, group calls of the kind `Captions`, as in ACS. */
export class CaptionsFeature extends FeatureBase<CaptionsFeatureEvents> implements CaptionsCallFeature {
  readonly name = 'Captions';
  readonly captions: Captions | TeamsCaptions;

  constructor(context: CallFeatureContext) {
    super();
    this.captions = coreOf(context).details.groupId === undefined ? new NoMeetingCaptions() : new NoCallCaptions();
  }
}
