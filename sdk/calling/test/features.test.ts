import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import type { BaseFeature } from '../src/api/common.js';
import { environmentOf } from '../src/features/debug-info.js';
import { Features } from '../src/features/index.js';
import { LocalAudioStream } from '../src/streams/local-audio-stream.js';
import { LocalVideoStream } from '../src/streams/local-video-stream.js';
import { asStream, cameraStream, credential, FakeStream, FakeTrack, OLGA, participant, settle, TestClient, token, world, type World } from './support/fakes.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
let at: World;
let client: TestClient;
let agent: CallAgent;
let call: Call;

beforeEach(async () => {
  vi.stubGlobal('MediaStream', FakeStream);
  at = world();
  client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()));
  call = agent.join(LINK);
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
  };
});

describe('the keys', () => {
  it('are ACS\'s 23 and the old name of the diagnostics', () => {
    expect(Object.keys(Features)).toHaveLength(24);
    expect(Features.Diagnostics).toBe(Features.UserFacingDiagnostics);
  });

  it('all give a feature, at once and always the same, with a name and with events that can be left again', () => {
    const video = new LocalVideoStream(asStream(cameraStream()));
    const audio = new LocalAudioStream(asStream(new FakeStream([new FakeTrack('audio', 'a')])));
    for (const [key, factory] of Object.entries(Features)) {
      const of = (): BaseFeature => {
        switch (key) {
          case 'DebugInfo':
            return client.feature(Features.DebugInfo);
          case 'VideoEffects':
            return video.feature(Features.VideoEffects);
          case 'AudioEffects':
            return audio.feature(Features.AudioEffects);
          default:
            return call.feature(factory as typeof Features.Recording);
        }
      };
      expect(of(), key).toBe(of());
      expect(of().name, key).not.toBe('');
      const listener = (): void => undefined;
      (of() as unknown as { on?: (event: string, listener: () => void) => void }).on?.('anything', listener);
      (of() as unknown as { off?: (event: string, listener: () => void) => void }).off?.('anything', listener);
    }
  });

  it('that belong to another object are refused with a sentence', () => {
    expect(() => call.feature(Features.DebugInfo as never)).toThrow(/belongs to this object/);
    expect(() => call.feature(undefined as never)).toThrow(/one of the keys of Features/);
    expect(call.api(Features.Recording)).toBe(call.feature(Features.Recording));
  });
});

describe('what Convene does not have', () => {
  it('is truly empty', () => {
    expect(call.feature(Features.Recording).isRecordingActive).toBe(false);
    expect(call.feature(Features.Recording).recordings).toEqual([]);
    expect(call.feature(Features.Transcription).isTranscriptionActive).toBe(false);
    expect(call.feature(Features.RaiseHand).getRaisedHands()).toEqual([]);
    expect(call.feature(Features.PPTLive).isActive).toBe(false);
    expect(call.feature(Features.BreakoutRooms).breakoutRooms).toBeUndefined();
    expect(call.feature(Features.UserFacingDiagnostics).network.getLatest()).toEqual({});
    expect(call.feature(Features.UserFacingDiagnostics).media.getLatest()).toEqual({});
    expect(call.feature(Features.TogetherMode).togetherModeStream).toEqual([]);
    expect(call.feature(Features.Captions).captions).toMatchObject({ kind: 'TeamsCaptions', isCaptionsFeatureActive: false, supportedCaptionLanguages: [] });
    expect(new LocalVideoStream(asStream(cameraStream())).feature(Features.VideoEffects).activeEffects).toEqual([]);
  });

  it('refuses its actions by name', async () => {
    await expect(call.feature(Features.Captions).captions.startCaptions()).rejects.toMatchObject({ name: 'CommunicationServicesError', code: 501 });
    expect(() => call.feature(Features.Transfer).transfer({ targetParticipantVoicemail: { microsoftTeamsUserId: 'x' } })).toThrow('Transferring to voicemail is not supported');
    await expect(call.sendDtmf('Flash')).rejects.toThrow('The DTMF tone Flash is not supported');
  });

  it('has telephone numbers of no kind, as a promise', async () => {
    await expect(call.feature(Features.TeamsMeetingAudioConferencing).getTeamsMeetingAudioConferencingDetails()).resolves.toEqual({ phoneConferenceId: '', phoneNumbers: [] });
  });

  it('has captions of ACS\'s other kind in group calls', () => {
    const group = agent.join({ groupId: '5a1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11' });
    const { captions } = group.feature(Features.Captions);
    expect(captions.kind).toBe('Captions');
    expect('supportedCaptionLanguages' in captions).toBe(false);
  });
});

describe('capabilities', () => {
  it('are a complete record from the moment of joining, and change once the server said what the role may do', async () => {
    const feature = agent.join(LINK).feature(Features.Capabilities);
    expect(Object.keys(feature.capabilities)).toHaveLength(25);
    expect(feature.capabilities.pstnDialOut).toEqual({ isPresent: false, reason: 'FeatureNotSupported' });
    expect(feature.capabilities.blurBackground).toEqual({ isPresent: true, reason: 'Capable' });
    expect(feature.capabilities.unmuteMic).toEqual({ isPresent: false, reason: 'NotInitialized' });
    const seen: unknown[] = [];
    feature.on('capabilitiesChanged', (change) => seen.push(change));
    await settle();
    expect(feature.capabilities.unmuteMic).toEqual({ isPresent: true, reason: 'Capable' });
    expect(feature.capabilities.manageLobby).toEqual({ isPresent: false, reason: 'RoleRestricted' });
    expect(seen).toEqual([expect.objectContaining({ reason: 'RoleChanged', newValue: expect.objectContaining({ turnVideoOn: { isPresent: true, reason: 'Capable' } }) })]);
  });
});

describe('dominant speakers', () => {
  it('are those who speak, loudest first', async () => {
    await settle();
    const feature = call.feature(Features.DominantSpeakers);
    let changes = 0;
    feature.on('dominantSpeakersChanged', () => (changes += 1));
    at.server.event({ type: 'participantJoined', participant: participant(OLGA) });
    at.server.event({ type: 'speakingChanged', users: [OLGA] });
    expect(changes).toBe(1);
    expect(feature.dominantSpeakers.speakersList).toMatchObject([{ kind: 'microsoftTeamsUser', rawId: OLGA }]);
  });

  it('are known to who asks while they speak, and nobody who left is among them', async () => {
    await settle();
    at.server.event({ type: 'participantJoined', participant: participant(OLGA) });
    at.server.event({ type: 'speakingChanged', users: [OLGA] });
    const feature = call.feature(Features.DominantSpeakers);
    expect(feature.dominantSpeakers.speakersList).toHaveLength(1);
    at.server.event({ type: 'participantLeft', user: OLGA, reason: { code: 0, subCode: 0, name: 'hungUp', message: '' } });
    expect(feature.dominantSpeakers.speakersList).toEqual([]);
  });
});

describe('the environment', () => {
  const edge = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.1.2';
  const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1';
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0';

  it('is read from the browser', () => {
    expect(environmentOf(edge, true).environment).toEqual({ platform: 'windows', browser: 'edge', browserVersion: '140.0.1.2' });
    expect(environmentOf(safari, true).environment).toEqual({ platform: 'ios', browser: 'safari', browserVersion: '17.4' });
    expect(environmentOf(edge, true).isSupportedEnvironment).toBe(true);
  });

  it('is not supported without WebRTC, nor in browsers too old or unknown', () => {
    expect(environmentOf(edge, false)).toMatchObject({ isSupportedBrowser: false, isSupportedEnvironment: false });
    expect(environmentOf(firefox, true)).toMatchObject({ isSupportedBrowser: true, isSupportedBrowserVersion: false, isSupportedEnvironment: false });
    expect(environmentOf('curl/8', true).environment).toEqual({ platform: 'unknown', browser: 'unknown', browserVersion: 'unknown' });
  });

  it('comes as a promise of own properties', async () => {
    const info = await client.feature(Features.DebugInfo).getEnvironmentInfo();
    expect(Object.keys(Object.assign({}, info))).toContain('isSupportedEnvironment');
  });
});
