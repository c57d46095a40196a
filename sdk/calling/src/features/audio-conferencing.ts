import type { PhoneNumberIdentifier } from '@azure/communication-common';
import type { CallFeature } from '../api/call.js';
import { FeatureBase } from './base.js';

export interface TeamsMeetingAudioConferencingPhoneNumber {
  tollPhoneNumber?: PhoneNumberIdentifier;
  tollFreePhoneNumber?: PhoneNumberIdentifier;
  countryName?: string;
  cityName?: string;
}

export interface TeamsMeetingAudioConferencingDetails {
  phoneConferenceId: string;
  phoneNumbers: TeamsMeetingAudioConferencingPhoneNumber[];
}

export interface TeamsMeetingAudioConferencingCallFeature extends CallFeature {
  getTeamsMeetingAudioConferencingDetails(): Promise<TeamsMeetingAudioConferencingDetails>;
}

/** No meeting has telephone numbers. */
export class AudioConferencing extends FeatureBase<Record<never, never>> implements TeamsMeetingAudioConferencingCallFeature {
  readonly name = 'TeamsMeetingAudioConferencing';

  getTeamsMeetingAudioConferencingDetails(): Promise<TeamsMeetingAudioConferencingDetails> {
    return Promise.resolve({ phoneConferenceId: '', phoneNumbers: [] });
  }
}
