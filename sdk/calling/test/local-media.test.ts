import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import { LocalVideoStream } from '../src/streams/local-video-stream.js';
import { VideoStreamRenderer } from '../src/streams/renderer.js';
import {
  asStream, asTrack, cameraStream, credential, FakeStream, installDevices, kind, refused, settle, TestClient, token, world, type World,
} from './support/fakes.js';
import { installPage, type FakeElement } from './support/page.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
const CAMERA = { name: 'Front camera', id: 'camera:cam', deviceType: 'UsbCamera' as const };
let at: World;
let client: TestClient;
let agent: CallAgent;

async function connected(): Promise<Call> {
  const call = agent.join(LINK);
  await settle();
  at.connections.at(-1)?.become('connected');
  return call;
}

const sent = (use: 'microphone' | 'camera' | 'screen'): MediaStreamTrack | null | undefined => at.connections.at(-1)?.sent.get(use);

beforeEach(async () => {
  vi.stubGlobal('MediaStream', FakeStream);
  installPage();
  at = world();
  client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()));
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
  };
});

describe('the microphone', () => {
  it('is sent from the start, and a mute silences it here before the server knows', async () => {
    const call = await connected();
    const track = at.microphone.tracks[0];
    expect(sent('microphone')).toBe(track);
    expect([call.isMuted, track?.enabled, call.localAudioStreams.length]).toEqual([false, true, 1]);
    at.server.answer = (request) => (request.type === 'setMuted' ? 'silence' : kind(request));
    const muting = expect(call.mute()).rejects.toMatchObject({ code: 496 });
    expect([call.isMuted, track?.enabled]).toEqual([true, false]);
    expect(at.server.asked('setMuted')).toEqual([]);
    await settle();
    expect(at.server.asked('setMuted')).toEqual([{ type: 'setMuted', muted: true }]);
    await agent.dispose();
    await muting;
  });

  it('is not captured for those who join muted, until they unmute', async () => {
    const call = agent.join(LINK, { audioOptions: { muted: true } });
    await settle();
    expect([call.isMuted, at.microphone.tracks.length]).toEqual([true, 0]);
    await call.unmute();
    expect([call.isMuted, sent('microphone')]).toEqual([false, at.microphone.tracks[0]]);
    expect(at.server.asked('setMuted')).toEqual([{ type: 'setMuted', muted: false }]);
  });

  it('that may not be used leaves the call going on, muted, and unmute says why', async () => {
    at.microphone.deny = true;
    const call = await connected();
    expect([call.state, call.isMuted]).toEqual(['Connected', true]);
    expect(at.server.asked('setMuted')).toEqual([{ type: 'setMuted', muted: true }]);
    await expect(call.unmute()).rejects.toThrow('permission denied');
    expect(call.isMuted).toBe(true);
  });

  it('stays muted when the server refuses to unmute it', async () => {
    const call = await connected();
    await call.mute();
    at.server.answer = () => refused(403, 90403);
    const seen: boolean[] = [];
    call.on('isMutedChanged', () => seen.push(call.isMuted));
    await expect(call.unmute()).rejects.toMatchObject({ code: 403 });
    expect([call.isMuted, at.microphone.tracks[0]?.enabled]).toEqual([true, false]);
    expect(seen).toEqual([false, true]);
  });

  it('is refused after the end with a sentence', async () => {
    const call = await connected();
    await call.hangUp();
    await expect(call.mute()).rejects.toThrow('mute needs a call that goes on');
    await expect(call.unmute()).rejects.toMatchObject({ code: 412 });
  });
});

describe('the incoming sound', () => {
  it('can be muted here', async () => {
    const call = await connected();
    let changes = 0;
    call.on('isIncomingAudioMutedChanged', () => (changes += 1));
    await call.muteIncomingAudio();
    await call.muteIncomingAudio();
    expect([call.isIncomingAudioMuted, at.outputs[0]?.muted, changes]).toEqual([true, true, 1]);
    await call.unmuteIncomingAudio();
    expect([call.isIncomingAudioMuted, at.outputs[0]?.muted]).toEqual([false, false]);
  });

  it('is one stream, from the moment in which media flows to the end', async () => {
    const call = agent.join(LINK);
    const seen: number[] = [];
    call.on('remoteAudioStreamsUpdated', ({ added, removed }) => seen.push(added.length, removed.length));
    await settle();
    expect(call.remoteAudioStreams).toEqual([]);
    at.connections.at(-1)?.become('connected');
    expect(call.remoteAudioStreams).toHaveLength(1);
    expect((await call.remoteAudioStreams[0]?.getMediaStream())?.getTracks()).toEqual([]);
    await call.hangUp();
    expect(seen).toEqual([1, 0, 0, 1]);
  });

  it('goes to the selected speaker', async () => {
    installDevices();
    vi.stubGlobal('HTMLMediaElement', class { setSinkId(): void {} });
    const manager = await client.getDeviceManager();
    await manager.getSpeakers();
    await connected();
    expect(at.outputs[0]?.speaker).toBe('speaker:default');
    await manager.selectSpeaker({ name: 'Other', id: 'speaker:other', isSystemDefault: false, deviceType: 'Speaker' });
    expect(at.outputs[0]?.speaker).toBe('speaker:other');
    await agent.calls[0]?.hangUp();
    await manager.selectSpeaker({ name: 'Third', id: 'speaker:third', isSystemDefault: false, deviceType: 'Speaker' });
    expect(at.outputs[0]?.speaker).toBe('speaker:other');
  });
});

describe('the camera', () => {
  it('is sent first and told then, and listed with its events', async () => {
    const call = await connected();
    const stream = new LocalVideoStream(asStream(cameraStream()));
    const seen: unknown[] = [];
    call.on('isLocalVideoStartedChanged', () => seen.push(['started', call.isLocalVideoStarted]));
    call.on('localVideoStreamsUpdated', ({ added, removed }) => seen.push([added[0] === stream, removed[0] === stream]));
    await call.startVideo(stream);
    expect(call.localVideoStreams).toEqual([stream]);
    expect(at.server.asked('publish')).toEqual([{ type: 'publish', source: 'camera' }]);
    await call.stopVideo(stream);
    expect(sent('camera')).toBeNull();
    expect(at.server.asked('unpublish')).toEqual([{ type: 'unpublish', source: 'camera' }]);
    expect(seen).toEqual([['started', true], [true, false], ['started', false], [false, true]]);
  });

  it('is refused twice, without a stream, and when it is not on', async () => {
    const call = await connected();
    const stream = new LocalVideoStream(asStream(cameraStream()));
    await expect(call.startVideo({} as LocalVideoStream)).rejects.toMatchObject({ code: 400, subCode: 41025 });
    await expect(call.stopVideo(stream)).rejects.toMatchObject({ code: 409, subCode: 41032 });
    await call.startVideo(stream);
    await expect(call.startVideo(stream)).rejects.toMatchObject({ code: 409, subCode: 41027 });
    await expect(call.stopVideo(new LocalVideoStream(asStream(cameraStream())))).rejects.toMatchObject({ subCode: 41032 });
    expect(() => new LocalVideoStream(undefined as never)).toThrow(/needs a camera/);
  });

  it('that may not be used says so, and a role that may not send gets the server\'s error and an unused camera', async () => {
    const captured = installDevices('everything');
    const call = await connected();
    await expect(call.startVideo(new LocalVideoStream(CAMERA))).rejects.toMatchObject({ code: 403, subCode: 40613 });
    expect(captured).toEqual([]);
    const devices = installDevices();
    at.server.answer = (request) => (request.type === 'publish' ? refused(403, 90403) : kind(request));
    await expect(call.startVideo(new LocalVideoStream(CAMERA))).rejects.toMatchObject({ code: 403, subCode: 90403 });
    expect([call.isLocalVideoStarted, sent('camera'), devices[0]?.getTracks()[0]?.readyState]).toEqual([false, null, 'ended']);
  });

  it('can be switched while it is sent', async () => {
    const captured = installDevices();
    const call = await connected();
    const stream = new LocalVideoStream(CAMERA);
    await call.startVideo(stream);
    let changed = 0;
    stream.on('videoSourceChanged', ({ source }) => (changed += source === stream ? 1 : 0));
    await stream.switchSource({ ...CAMERA, id: 'camera:back' });
    await settle();
    expect([changed, stream.source.id]).toEqual([1, 'camera:back']);
    expect(sent('camera')).toBe(captured[1]?.getTracks()[0]);
    expect(captured[0]?.getTracks()[0]?.readyState).toBe('ended');
    expect(at.server.asked('publish')).toHaveLength(1);
    await stream.setMediaStream(asStream(cameraStream('custom')));
    await settle();
    expect((sent('camera') as unknown as { id: string }).id).toBe('custom');
  });

  it('is switched twice at once, and only the last one stays open', async () => {
    const captured = installDevices();
    const call = await connected();
    const stream = new LocalVideoStream(CAMERA);
    await call.startVideo(stream);
    await Promise.all([stream.switchSource({ ...CAMERA, id: 'camera:back' }), stream.switchSource({ ...CAMERA, id: 'camera:side' })]);
    await settle();
    expect(captured.map((each) => each.getTracks()[0]?.readyState)).toEqual(['ended', 'ended', 'live']);
    expect([stream.source.id, sent('camera')]).toEqual(['camera:side', captured[2]?.getTracks()[0]]);
  });

  it('gives way to the next one on systems that open one at a time, and the video ends if that fails, too', async () => {
    const captured = installDevices();
    const call = await connected();
    const stream = new LocalVideoStream(CAMERA);
    await call.startVideo(stream);
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (constraints) =>
      captured.at(-1)?.getTracks()[0]?.readyState === 'live' ? Promise.reject(Object.assign(new Error('busy'), { name: 'NotReadableError' })) : capture(constraints);
    await stream.switchSource({ ...CAMERA, id: 'camera:back' });
    expect(captured.map((each) => each.getTracks()[0]?.readyState)).toEqual(['ended', 'live']);
    navigator.mediaDevices.getUserMedia = () => Promise.reject(Object.assign(new Error('broken'), { name: 'NotReadableError' }));
    await expect(stream.switchSource(CAMERA)).rejects.toMatchObject({ code: 500, subCode: 43000 });
    await settle();
    expect([call.isLocalVideoStarted, captured[1]?.getTracks()[0]?.readyState]).toEqual([false, 'ended']);
  });

  it('is refused with ACS\'s codes when it is no stream, on already, or not on', async () => {
    installDevices();
    const call = await connected();
    const stream = new LocalVideoStream(CAMERA);
    await expect(call.startVideo({} as never)).rejects.toMatchObject({ code: 400, subCode: 41025 });
    await expect(call.stopVideo({} as never)).rejects.toMatchObject({ code: 400, subCode: 41030 });
    await expect(call.stopVideo(stream)).rejects.toMatchObject({ code: 409, subCode: 41032 });
    await call.startVideo(stream);
    await expect(call.startVideo(new LocalVideoStream(CAMERA))).rejects.toMatchObject({ code: 409, subCode: 41027 });
    await expect(call.startScreenSharing('screen' as never)).rejects.toMatchObject({ code: 400, subCode: 41025 });
  });

  it('that is pulled out ends the video, and the others are told', async () => {
    const captured = installDevices();
    const call = await connected();
    await call.startVideo(new LocalVideoStream(CAMERA));
    captured[0]?.getVideoTracks()[0]?.end();
    await settle();
    expect(call.isLocalVideoStarted).toBe(false);
    expect(at.server.asked('unpublish')).toHaveLength(1);
  });

  it('goes dark when neither a call nor a view uses it any more', async () => {
    const captured = installDevices();
    const call = await connected();
    const stream = new LocalVideoStream(CAMERA);
    const preview = await new VideoStreamRenderer(stream).createView();
    await call.startVideo(stream);
    expect((preview.target as unknown as FakeElement).children[0]?.srcObject?.getTracks()).toEqual(captured[0]?.getTracks());
    await call.stopVideo(stream);
    expect(captured[0]?.getTracks()[0]?.readyState).toBe('live');
    preview.dispose();
    expect(captured[0]?.getTracks()[0]?.readyState).toBe('ended');
    expect(captured).toHaveLength(1);
  });
});

describe('the screen', () => {
  it('is shared, listed beside the camera, and ends when the browser\'s own button ends it', async () => {
    const captured = installDevices();
    const call = await connected();
    await call.startVideo(new LocalVideoStream(CAMERA));
    const seen: boolean[] = [];
    call.on('isScreenSharingOnChanged', () => seen.push(call.isScreenSharingOn));
    await call.startScreenSharing();
    expect(call.localVideoStreams.map((stream) => stream.mediaStreamType)).toEqual(['Video', 'ScreenSharing']);
    expect(sent('screen')).toBe(captured[1]?.getTracks()[0] && asTrack(captured[1].getTracks()[0] as never));
    await expect(call.startScreenSharing()).rejects.toMatchObject({ subCode: 41035 });
    captured[1]?.getVideoTracks()[0]?.end();
    await settle();
    expect(seen).toEqual([true, false]);
    expect(at.server.requests.slice(-2)).toEqual([{ type: 'publish', source: 'screen' }, { type: 'unpublish', source: 'screen' }]);
    await expect(call.stopScreenSharing()).rejects.toMatchObject({ subCode: 41041 });
  });

  it('is refused before the call is connected', async () => {
    const call = agent.join(LINK);
    await expect(call.startScreenSharing()).rejects.toMatchObject({ code: 412, subCode: 41071 });
  });
});
