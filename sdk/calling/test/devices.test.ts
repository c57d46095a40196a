import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AudioDeviceInfo } from '../src/api/devices.js';
import { BrowserDeviceManager } from '../src/devices/device-manager.js';
import { LocalAudioStream } from '../src/streams/local-audio-stream.js';
import { WbLocalVideoStream } from '../src/streams/wb-local-video-stream.js';
import { asStream, cameraStream, credential, FakeStream, FakeTrack, installDevices, settle, TestClient, token, world, type World } from './support/fakes.js';

const CAMERA = { name: 'Front camera', id: 'camera:cam', deviceType: 'UsbCamera' as const };
const HEADSET: AudioDeviceInfo = { name: 'Headset', id: 'microphone:mic', isSystemDefault: false, deviceType: 'Microphone' };

let captured: FakeStream[];
let manager: BrowserDeviceManager;

/** The list of devices that the page sees; changing it is plugging in and out. */
function plugged(): { kind: string; deviceId: string; label: string }[] {
  return (navigator.mediaDevices as unknown as { list: { kind: string; deviceId: string; label: string }[] }).list;
}

const liveness = (): (string | undefined)[] => captured.map((stream) => stream.getTracks()[0]?.readyState);

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeStream);
  captured = installDevices();
  manager = new BrowserDeviceManager();
});

afterEach(() => {
  manager.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the device manager', () => {
  it('lists devices with ids that say what they are, and selects the default ones', async () => {
    vi.stubGlobal('HTMLMediaElement', class { setSinkId(): void {} });
    expect(manager.selectedMicrophone).toBeUndefined();
    expect(await manager.getCameras()).toEqual([CAMERA]);
    expect((await manager.getMicrophones()).map((each) => [each.id, each.isSystemDefault])).toEqual([['microphone:default', true], ['microphone:mic', false]]);
    expect((await manager.getSpeakers()).map((each) => each.id)).toEqual(['speaker:default']);
    expect([manager.selectedMicrophone?.id, manager.selectedSpeaker?.id]).toEqual(['microphone:default', 'speaker:default']);
  });

  it('says plainly that a browser cannot choose speakers', async () => {
    expect(manager.isSpeakerSelectionAvailable).toBe(false);
    await expect(manager.getSpeakers()).rejects.toMatchObject({ subCode: 40606 });
    await expect(manager.selectSpeaker({ ...HEADSET, deviceType: 'Speaker' })).rejects.toMatchObject({ subCode: 40606 });
  });

  it('tells what is plugged in and out, and falls back to the default microphone', async () => {
    const seen: unknown[] = [];
    await manager.getMicrophones();
    await manager.selectMicrophone(HEADSET);
    manager.on('videoDevicesUpdated', ({ added, removed }) => seen.push(['video', added.length, removed.length]));
    manager.on('audioDevicesUpdated', ({ added, removed }) => seen.push(['audio', added.length, removed.map((each) => each.name)]));
    manager.on('selectedMicrophoneChanged', () => seen.push(manager.selectedMicrophone?.id));
    const list = plugged();
    list.splice(2, 1);
    list.push({ kind: 'videoinput', deviceId: 'back', label: 'Back camera' });
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await settle();
    expect(seen).toEqual(['microphone:default', ['video', 1, 0], ['audio', 0, ['Headset']]]);
  });

  it('tells of names that become known with the permission', async () => {
    const list = plugged();
    list.forEach((device) => (device.label = ''));
    await manager.getCameras();
    const seen: string[] = [];
    manager.on('videoDevicesUpdated', ({ added }) => seen.push(...added.map((each) => each.name)));
    list.forEach((device) => (device.label = 'Known'));
    await manager.askDevicePermission({ audio: false, video: true });
    expect(seen).toEqual(['Known']);
  });

  it('asks for what it was told to ask for, keeps nothing open, and answers no when denied', async () => {
    expect(await manager.askDevicePermission({ audio: true, video: false })).toEqual({ audio: true, video: false });
    expect(liveness()).toEqual(['ended']);
    installDevices('everything');
    expect(await manager.askDevicePermission({ audio: true, video: true })).toEqual({ audio: false, video: false });
  });

  it('keeps preheated devices open until their time is over, or until it is told', async () => {
    vi.useFakeTimers();
    await manager.startPreheatDevices({ audio: { preheat: true, timeoutInSec: 5 }, video: { preheat: true } });
    expect(liveness()).toEqual(['live', 'live']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(liveness()).toEqual(['ended', 'live']);
    manager.stopPreheatDevices({ video: true });
    expect(liveness()).toEqual(['ended', 'ended']);
  });
});

describe('a local audio stream', () => {
  it('captures the default microphone while the browser keeps the devices\' ids to itself', async () => {
    const asked: unknown[] = [];
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (constraints) => {
      asked.push((constraints?.audio as MediaTrackConstraints).deviceId);
      return capture(constraints);
    };
    await new LocalAudioStream({ ...HEADSET, id: 'microphone:' }).getMediaStream();
    await new LocalAudioStream(HEADSET).getMediaStream();
    expect(asked).toEqual([undefined, { exact: 'mic' }]);
  });

  it('captures once, changes its microphone, and ends', async () => {
    const stream = new LocalAudioStream(HEADSET);
    const [one, two] = await Promise.all([stream.getMediaStream(), stream.getMediaStream()]);
    expect(one).toBe(two);
    let changed = 0;
    stream.on('audioSourceChanged', ({ source }) => (changed += source === stream ? 1 : 0));
    await stream.switchSource({ ...HEADSET, id: 'microphone:default' });
    expect([changed, stream.source.id, ...liveness()]).toEqual([1, 'microphone:default', 'ended', 'live']);
    stream.dispose();
    expect(liveness()).toEqual(['ended', 'ended']);
  });

  it('leaves the app\'s own tracks alone, and refuses what is no microphone', async () => {
    const own = new FakeStream([new FakeTrack('audio', 'own')]);
    const stream = new LocalAudioStream(asStream(own));
    await expect(stream.getMediaStream()).resolves.toBe(own);
    stream.dispose();
    expect(own.getTracks()[0]?.readyState).toBe('live');
    expect(() => new LocalAudioStream(undefined as never)).toThrow(/needs a microphone/);
    await expect(stream.setMediaStream({} as never)).rejects.toMatchObject({ code: 400 });
  });
});

describe('a bare local video', () => {
  it('gives its track and follows its source', async () => {
    const stream = new WbLocalVideoStream(CAMERA);
    let changed = 0;
    stream.on('sourceChanged', () => (changed += 1));
    expect(await stream.getVideoTrack()).toBe(captured[0]?.getTracks()[0]);
    await stream.switchSource({ ...CAMERA, id: 'camera:back' });
    await stream.switchSource(asStream(cameraStream('own')));
    expect([changed, (await stream.getVideoTrack()).id]).toEqual([2, 'own']);
    await stream.switchSource(asStream(new FakeStream()));
    await expect(stream.getVideoTrack()).rejects.toMatchObject({ subCode: 43000 });
  });
});

describe('the selected microphone', () => {
  let at: World;
  let client: TestClient;

  beforeEach(() => {
    at = world();
    client = new TestClient({ ...at, platform: { ...at.platform, createMicrophone: (device) => new LocalAudioStream(device ?? { ...HEADSET, id: '' }) } });
    return () => client.dispose();
  });

  it('is sent, and changes in the calls that go on, but not when the default one only gets its name', async () => {
    const agent = await client.createCallAgent(credential(token()));
    agent.join({ groupId: '5a1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11' });
    await settle();
    const sent = (): unknown => at.connections[0]?.sent.get('microphone');
    expect(sent()).toBe(captured[0]?.getTracks()[0]);
    const devices = await client.getDeviceManager();
    await devices.getMicrophones();
    await settle();
    expect(captured).toHaveLength(1);
    await devices.selectMicrophone(HEADSET);
    await settle();
    expect(sent()).toBe(captured[1]?.getTracks()[0]);
    expect(liveness()).toEqual(['ended', 'live']);
  });

  it('does not replace the one that a call was given, until somebody selects another one', async () => {
    const agent = await client.createCallAgent(credential(token()));
    const call = agent.join({ groupId: '5a1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11' }, { audioOptions: { localAudioStreams: [new LocalAudioStream(HEADSET)] } });
    await settle();
    const devices = await client.getDeviceManager();
    await devices.getMicrophones();
    await settle();
    expect([devices.selectedMicrophone?.id, call.localAudioStreams[0]?.source.id, captured.length]).toEqual(['microphone:default', 'microphone:mic', 1]);
    await devices.selectMicrophone({ ...HEADSET, id: 'microphone:default' });
    await settle();
    expect([call.localAudioStreams[0]?.source.id, ...liveness()]).toEqual(['microphone:default', 'ended', 'live']);
  });
});
