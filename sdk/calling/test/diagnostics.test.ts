import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import { DiagnosticQuality } from '../src/api/enums.js';
import { qualityOf, QualityGauge } from '../src/diagnostics/quality.js';
import { failure } from '../src/errors.js';
import { Features } from '../src/features/index.js';
import type { StatsEntry } from '../src/media/connection.js';
import { LocalAudioStream } from '../src/streams/local-audio-stream.js';
import { LocalVideoStream } from '../src/streams/local-video-stream.js';
import {
  asStream, cameraStream, credential, FakeStream, FakeTrack, installDevices, settle, TestClient, token, world, type FakeMediaConnection, type World,
} from './support/fakes.js';
import { installPage } from './support/page.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
const CAMERA = { name: 'Front camera', id: 'camera:cam', deviceType: 'UsbCamera' as const };
const { Good, Poor, Bad } = DiagnosticQuality;
let at: World;
let client: TestClient;
let agent: CallAgent;
let captured: FakeStream[];
let told: unknown[];
let page: Map<string, () => void>;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
  installPage();
  captured = installDevices();
  page = new Map();
  vi.stubGlobal('addEventListener', (name: string, listener: () => void) => page.set(name, listener));
  vi.stubGlobal('removeEventListener', (name: string) => page.delete(name));
  at = world();
  client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()));
  told = [];
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  };
});

const connection = (): FakeMediaConnection => at.connections.at(-1) as FakeMediaConnection;
const diagnostics = (call: Call) => call.feature(Features.UserFacingDiagnostics);

async function connected(options: Parameters<CallAgent['join']>[1] = {}): Promise<Call> {
  const call = agent.join(LINK, options);
  const feature = diagnostics(call);
  feature.media.on('diagnosticChanged', ({ diagnostic, value, valueType }) => told.push([diagnostic, value, valueType]));
  feature.network.on('diagnosticChanged', ({ diagnostic, value, valueType }) => told.push([diagnostic, value, valueType]));
  await settle();
  connection().uses = new Map([['0', 'microphone'], ['1', 'camera'], ['2', 'screen'], ['3', 'audioSlot']]);
  connection().become('connected');
  await settle();
  return call;
}

/** One second goes by, at whose end the browser has counted this. */
async function second(...entries: StatsEntry[]): Promise<void> {
  connection().entries = entries;
  await vi.advanceTimersByTimeAsync(1_000);
}

const flag = (name: string, value: boolean): unknown => [name, value, 'DiagnosticFlag'];
const quality = (name: string, value: DiagnosticQuality): unknown => [name, value, 'DiagnosticQuality'];

describe('a device that fails', () => {
  it('is told, the others learn of the mute, and the call goes on', async () => {
    at.microphone.deny = true;
    const platform = at.platform;
    client = new TestClient({
      ...at,
      platform: {
        ...platform,
        createMicrophone: (device) => {
          const stream = platform.createMicrophone(device);
          stream.getMediaStream = () => Promise.reject(failure('permissionDenied', 'No.'));
          return stream;
        },
      },
    });
    await agent.dispose();
    agent = await client.createCallAgent(credential(token()));
    const call = await connected();
    expect([call.state, call.isMuted, at.server.asked('setMuted')]).toEqual(['Connected', true, [{ type: 'setMuted', muted: true }]]);
    expect(told).toEqual([flag('microphonePermissionDenied', true)]);
    expect(diagnostics(call).media.getLatest()).toEqual({ microphonePermissionDenied: { value: true, valueType: 'DiagnosticFlag' } });
    await expect(call.unmute()).rejects.toMatchObject({ name: 'CommunicationServicesError', code: 403, subCode: 40613 });
  });

  it('by permission of the camera leaves the call with sound only, and startVideo says why', async () => {
    installDevices('everything');
    const call = await connected({ videoOptions: { localVideoStreams: [new LocalVideoStream(CAMERA)] } });
    expect([call.state, call.isLocalVideoStarted, call.isMuted]).toEqual(['Connected', false, false]);
    expect(told).toEqual([flag('cameraPermissionDenied', true)]);
    await expect(call.startVideo(new LocalVideoStream(CAMERA))).rejects.toMatchObject({ code: 403, subCode: 40613 });
    installDevices();
    await call.startVideo(new LocalVideoStream(CAMERA));
    expect(told).toEqual([flag('cameraPermissionDenied', true), flag('cameraPermissionDenied', false)]);
  });

  it('because another program has it is told as failed', async () => {
    const call = await connected();
    navigator.mediaDevices.getUserMedia = () => Promise.reject(Object.assign(new Error('in use'), { name: 'NotReadableError' }));
    await expect(call.startVideo(new LocalVideoStream(CAMERA))).rejects.toMatchObject({ code: 500, subCode: 43000 });
    expect(told).toEqual([flag('cameraStartFailed', true)]);
  });

  it('tells a screen that the system keeps from one that the person did not choose', async () => {
    const call = await connected();
    const refuse = (message: string, name: string): void => {
      navigator.mediaDevices.getDisplayMedia = () => Promise.reject(Object.assign(new Error(message), { name }));
    };
    refuse('Permission denied', 'NotAllowedError');
    await expect(call.startScreenSharing()).rejects.toMatchObject({ subCode: 40613 });
    expect(told).toEqual([]);
    refuse('Permission denied by system', 'NotAllowedError');
    await expect(call.startScreenSharing()).rejects.toMatchObject({ subCode: 40613 });
    refuse('broken', 'NotReadableError');
    await expect(call.startScreenSharing()).rejects.toMatchObject({ subCode: 43000 });
    expect(told).toEqual([flag('screenshareRecordingDisabled', true), flag('screenshareRecordingDisabled', false), flag('capturerStartFailed', true)]);
  });

  it('is kept for who asks later', async () => {
    installDevices('everything');
    const call = agent.join(LINK, { videoOptions: { localVideoStreams: [new LocalVideoStream(CAMERA)] } });
    await settle();
    expect(diagnostics(call).media.getLatest()).toEqual({ cameraPermissionDenied: { value: true, valueType: 'DiagnosticFlag' } });
  });
});

describe('a device that is pulled out', () => {
  it('as a camera ends the video alone', async () => {
    const call = await connected({ videoOptions: { localVideoStreams: [new LocalVideoStream(CAMERA)] } });
    captured[0]?.getVideoTracks()[0]?.end();
    await settle();
    expect([call.state, call.isLocalVideoStarted, call.localVideoStreams, call.isMuted]).toEqual(['Connected', false, [], false]);
    expect(told).toEqual([flag('cameraStoppedUnexpectedly', true)]);
    await call.startVideo(new LocalVideoStream(CAMERA));
    expect(told.at(-1)).toEqual(flag('cameraStoppedUnexpectedly', false));
  });

  it('as a shared screen ends the share', async () => {
    const call = await connected();
    await call.startScreenSharing();
    captured[0]?.getVideoTracks()[0]?.end();
    await settle();
    expect([call.isScreenSharingOn, told]).toEqual([false, [flag('capturerStoppedUnexpectedly', true)]]);
  });

  it('as a microphone gives way to another one, and nobody is muted', async () => {
    const headset = new LocalAudioStream({ name: 'Headset', id: 'microphone:mic', isSystemDefault: false, deviceType: 'Microphone' });
    const call = await connected({ audioOptions: { localAudioStreams: [headset] } });
    const first = captured[0]?.getTracks()[0];
    expect([captured.length, first?.readyState, connection().sent.get('microphone')]).toEqual([1, 'live', first]);
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (constraints) => {
      const audio = constraints?.audio as MediaTrackConstraints;
      return audio.deviceId ? Promise.reject(Object.assign(new Error('gone'), { name: 'NotFoundError' })) : capture(constraints);
    };
    first?.end();
    await settle();
    expect([call.isMuted, call.localAudioStreams[0]?.source.name, at.server.asked('setMuted')]).toEqual([false, 'Default', []]);
    expect(connection().sent.get('microphone')).toBe(captured[1]?.getTracks()[0]);
    expect(told).toEqual([flag('microphoneNotFunctioning', true), flag('microphoneNotFunctioning', false)]);
  });

  it('as the only microphone mutes, tells the others, and works again when there is one', async () => {
    const own = new FakeTrack('audio', 'own');
    const call = await connected({ audioOptions: { localAudioStreams: [new LocalAudioStream(asStream(new FakeStream([own])))] } });
    const seen: boolean[] = [];
    call.on('isMutedChanged', () => seen.push(call.isMuted));
    own.end();
    await settle();
    expect([call.state, seen, at.server.asked('setMuted')]).toEqual(['Connected', [true], [{ type: 'setMuted', muted: true }]]);
    expect([connection().sent.get('microphone'), told]).toEqual([null, [flag('microphoneNotFunctioning', true)]]);
    await expect(call.unmute()).rejects.toMatchObject({ code: 500, subCode: 90415, message: expect.stringContaining('startAudio') });
    expect(call.isMuted).toBe(true);
    await call.startAudio(new LocalAudioStream(asStream(new FakeStream([new FakeTrack('audio', 'next')]))));
    await call.unmute();
    expect(told.at(-1)).toEqual(flag('microphoneNotFunctioning', false));
  });
});

describe('a microphone', () => {
  const source = (duration: number, energy: number): StatsEntry[] => [
    { id: 'O', type: 'outbound-rtp', mid: '0', mediaSourceId: 'M' },
    { id: 'M', type: 'media-source', totalSamplesDuration: duration, totalAudioEnergy: energy },
  ];

  it('that the system mutes is told, and again when it is back', async () => {
    await connected();
    const track = at.microphone.tracks[0] as FakeTrack & { muted?: boolean };
    track.muted = true;
    track.dispatchEvent(new Event('mute'));
    track.muted = false;
    track.dispatchEvent(new Event('unmute'));
    expect(told).toEqual([flag('microphoneMuteUnexpectedly', true), flag('microphoneMuteUnexpectedly', false)]);
  });

  it('that hears nothing at all is told after ten seconds, but not while it is muted', async () => {
    const call = await connected();
    for (let time = 1; time <= 10; time += 1) {
      await second(...source(time, 0.5));
    }
    expect(told).toEqual([]);
    await second(...source(11, 0.5));
    expect(told).toEqual([flag('microphoneNotMuteButSilent', true)]);
    await second(...source(12, 0.6));
    expect(told.at(-1)).toEqual(flag('microphoneNotMuteButSilent', false));
    await call.mute();
    for (let time = 13; time <= 30; time += 1) {
      await second(...source(time, 0.6));
    }
    expect(told).toHaveLength(2);
  });

  it('that gives no samples does not function', async () => {
    await connected();
    for (let time = 1; time <= 11; time += 1) {
      await second(...source(3, 0.5));
    }
    expect(told).toEqual([flag('microphoneNotFunctioning', true)]);
    await second(...source(4, 0.6));
    expect(told.at(-1)).toEqual(flag('microphoneNotFunctioning', false));
  });

  it('that is spoken into although it is muted is told, from a copy that ends with the mute', async () => {
    const levels = { now: 0 };
    const clones: FakeTrack[] = [];
    class Context {
      createAnalyser = (): object => ({ getFloatTimeDomainData: (samples: Float32Array) => samples.fill(levels.now) });
      createMediaStreamSource = (): object => ({ connect: () => undefined, disconnect: () => undefined });
      close = (): Promise<void> => Promise.resolve();
    }
    vi.stubGlobal('AudioContext', Context);
    const call = await connected();
    const track = at.microphone.tracks[0] as FakeTrack & { clone?: () => FakeTrack };
    track.clone = () => {
      const clone = new FakeTrack('audio', 'copy');
      clones.push(clone);
      return clone;
    };
    await call.mute();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told).toEqual([]);
    levels.now = 0.2;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual([flag('speakingWhileMicrophoneIsMuted', true)]);
    await call.unmute();
    expect(told.at(-1)).toEqual(flag('speakingWhileMicrophoneIsMuted', false));
    expect(clones.map((clone) => [clone.enabled, clone.readyState])).toEqual([[true, 'ended']]);
  });
});

describe('a camera', () => {
  const source = (frames: number): StatsEntry[] => [
    { id: 'O', type: 'outbound-rtp', mid: '1', mediaSourceId: 'M' },
    { id: 'M', type: 'media-source', frames },
  ];

  it('that stops giving frames is frozen after five seconds', async () => {
    await connected({ videoOptions: { localVideoStreams: [new LocalVideoStream(CAMERA)] } });
    await second(...source(30));
    for (let time = 1; time <= 5; time += 1) {
      expect(told).toEqual([]);
      await second(...source(60));
    }
    await second(...source(60));
    expect(told).toEqual([flag('cameraFreeze', true)]);
    await second(...source(90));
    expect(told.at(-1)).toEqual(flag('cameraFreeze', false));
  });

  it('that gives none from the beginning has not started in time; an app\'s own picture may stand still', async () => {
    const call = await connected({ videoOptions: { localVideoStreams: [new LocalVideoStream(CAMERA)] } });
    for (let time = 1; time <= 6; time += 1) {
      await second(...source(0));
    }
    expect(told).toEqual([flag('cameraStartTimedOut', true)]);
    await call.stopVideo(call.localVideoStreams[0] as LocalVideoStream);
    await call.startVideo(new LocalVideoStream(asStream(cameraStream())));
    expect(told.at(-1)).toEqual(flag('cameraStartTimedOut', false));
    for (let time = 1; time <= 9; time += 1) {
      await second(...source(7));
    }
    expect(told).toHaveLength(2);
  });
});

describe('devices', () => {
  it('that are missing are told, and when they come', async () => {
    const list = (navigator.mediaDevices as unknown as { list: { kind: string }[] }).list;
    const gone = list.splice(1, 2);
    await connected();
    expect(told).toEqual([flag('noMicrophoneDevicesEnumerated', true)]);
    list.push(...gone);
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await settle();
    expect(told.at(-1)).toEqual(flag('noMicrophoneDevicesEnumerated', false));
  });
});

describe('the network', () => {
  const traffic = (time: number, lost: number, more: object = {}): StatsEntry[] => [
    { id: 'I', type: 'inbound-rtp', mid: '3', packetsReceived: 100 * time - lost, packetsLost: lost, jitter: 0.005, ...more },
    { id: 'O', type: 'outbound-rtp', mid: '0', packetsSent: 100 * time },
    { id: 'R', type: 'remote-inbound-rtp', packetsLost: 0, roundTripTime: 0.02 },
  ];

  it('that loses packets for seconds is poor or bad, and good again only when it lasts', async () => {
    await connected();
    let lost = 0;
    for (let time = 1; time <= 12; time += 1) {
      lost += time >= 3 && time <= 6 ? 20 : 0;
      await second(...traffic(time, lost));
    }
    expect(told).toEqual([quality('networkReceiveQuality', Bad), quality('networkReceiveQuality', Good)]);
  });

  it('whose other side misses packets, or is far away, sends badly', async () => {
    await connected();
    for (let time = 1; time <= 4; time += 1) {
      await second({ id: 'O', type: 'outbound-rtp', mid: '0', packetsSent: 100 * time }, { id: 'R', type: 'remote-inbound-rtp', packetsLost: 5 * time, roundTripTime: 0.02 });
    }
    expect(told).toEqual([quality('networkSendQuality', Poor)]);
    for (let time = 5; time <= 7; time += 1) {
      await second({ id: 'O', type: 'outbound-rtp', mid: '0', packetsSent: 100 * time }, { id: 'R', type: 'remote-inbound-rtp', packetsLost: 20, roundTripTime: 1.2 });
    }
    expect(told.at(-1)).toEqual(quality('networkSendQuality', Bad));
  });

  /** Seconds in which a voice and two layers of a camera are sent, and the other side reports this jitter of each; undefined for none yet. */
  const reported = async (seconds: number, from: number, jitters: readonly (number | undefined)[], sending = jitters.length): Promise<void> => {
    for (let time = from; time < from + seconds; time += 1) {
      await second(
        ...jitters.flatMap((jitter, stream): StatsEntry[] => [
          { id: `O${stream}`, type: 'outbound-rtp', packetsSent: 50 * (stream < sending ? time : from - 1) },
          ...(jitter === undefined ? [] : [{ id: `R${stream}`, type: 'remote-inbound-rtp', localId: `O${stream}`, packetsLost: 0, roundTripTime: 0.002, jitter }]),
        ]),
      );
    }
  };

  it('that is late for every stream sends badly', async () => {
    await connected();
    await reported(4, 1, [0.09, 0.2, 0.07]);
    expect(told).toEqual([quality('networkSendQuality', Poor)]);
    await reported(4, 5, [0.2, 0.3, 0.25]);
    expect(told.at(-1)).toEqual(quality('networkSendQuality', Bad));
  });

  it('is not weak because one stream is late, or nothing is known of another yet', async () => {
    await connected();
    await reported(6, 1, [0.002, 0.351, 0.004]);
    expect(told).toEqual([]);
    await reported(6, 7, [undefined, 0.351, 0.3]);
    expect(told).toEqual([]);
  });

  it('is judged by the streams that go over it now', async () => {
    await connected();
    await reported(1, 1, [0.09, 0.002]);
    await reported(4, 2, [0.09, 0.002], 1);
    expect(told).toEqual([quality('networkSendQuality', Poor)]);
  });

  it('receives badly if everything comes late, and not if one of the others sends so', async () => {
    await connected();
    const arrives = (time: number, jitters: readonly number[]): StatsEntry[] =>
      jitters.map((jitter, stream) => ({ id: `I${stream}`, type: 'inbound-rtp', packetsReceived: 50 * time, packetsLost: 0, jitter }));
    for (let time = 1; time <= 6; time += 1) {
      await second(...arrives(time, [0.2, 0.01]));
    }
    expect(told).toEqual([]);
    for (let time = 7; time <= 9; time += 1) {
      await second(...arrives(time, [0.2, 0.16]));
    }
    expect(told).toEqual([quality('networkReceiveQuality', Bad)]);
  });

  it('is weighed by the worst of loss, jitter and round trip', () => {
    const none = { lost: undefined, jitterMs: undefined, rttMs: undefined };
    expect([qualityOf(none), qualityOf({ ...none, lost: 0.05 }), qualityOf({ lost: 0.05, jitterMs: 200, rttMs: 10 }), qualityOf({ ...none, rttMs: 500 })]).toEqual([Good, Poor, Bad, Poor]);
    const gauge = new QualityGauge();
    expect([Bad, Bad, Poor, Bad, Bad, Bad].map((each) => gauge.handle(each))).toEqual([Good, Good, Poor, Poor, Poor, Bad]);
  });

  it('that is gone, and comes back, is told by the browser and by the line', async () => {
    await connected();
    vi.stubGlobal('navigator', { mediaDevices: navigator.mediaDevices, onLine: false });
    page.get('offline')?.();
    at.server.line.drop();
    vi.stubGlobal('navigator', { mediaDevices: navigator.mediaDevices, onLine: true });
    page.get('offline')?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual([quality('networkReconnect', Bad), flag('noNetwork', true), flag('noNetwork', false), quality('networkReconnect', Good)]);
  });

  it('is there for as long as the server answers, whatever the browser says', async () => {
    vi.stubGlobal('navigator', { mediaDevices: navigator.mediaDevices, onLine: false });
    const call = await connected();
    page.get('offline')?.();
    await second();
    await call.hangUp();
    expect(told).toEqual([]);
    expect(call.feature(Features.UserFacingDiagnostics).network.getLatest()).toEqual({});
  });

  it('whose media path breaks is reconnecting until it is there again', async () => {
    await connected();
    connection().become('disconnected');
    connection().become('connected');
    await second();
    expect(told).toEqual([quality('networkReconnect', Bad), quality('networkReconnect', Good)]);
  });
});

describe('the end of a call', () => {
  it('ends everything that was watched', async () => {
    const call = await connected();
    expect([...page.keys()]).toContain('offline');
    const timers = vi.getTimerCount();
    await call.hangUp();
    await second();
    expect([page.has('offline'), timers > vi.getTimerCount()]).toEqual([false, true]);
    expect(told).toEqual([]);
  });
});
