// A page that joins and leaves all day: nothing of a call may outlive it.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import type { DeviceManager } from '../src/api/devices.js';
import { Features } from '../src/features/index.js';
import { LocalAudioStream } from '../src/streams/local-audio-stream.js';
import { LocalVideoStream } from '../src/streams/local-video-stream.js';
import { VideoStreamRenderer } from '../src/streams/renderer.js';
import { credential, FakeStream, FakeTrack, installDevices, kind, OLGA, participant, settle, TestClient, token, view, world, type World } from './support/fakes.js';
import { installPage } from './support/page.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
const CAMERA = { name: 'Front camera', id: 'camera:cam', deviceType: 'UsbCamera' as const };
const MICROPHONE = { name: 'Headset', id: 'microphone:mic', isSystemDefault: false, deviceType: 'Microphone' as const };
let at: World;
let client: TestClient;
let agent: CallAgent;
let devices: DeviceManager;
let captured: FakeStream[];
/** Listeners of the page, of tracks and of elements, and of what outlives a call. */
let listeners: number;
let selectionListeners: number;
let contexts: number;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
  installPage();
  captured = installDevices();
  listeners = 0;
  contexts = 0;
  const count = (target: EventTarget): void => {
    const [add, remove] = [target.addEventListener.bind(target), target.removeEventListener.bind(target)];
    const known = new Set<unknown>();
    target.addEventListener = (...given: Parameters<EventTarget['addEventListener']>) => {
      listeners += known.has(given[1]) ? 0 : 1;
      known.add(given[1]);
      add(...given);
    };
    target.removeEventListener = (...given: Parameters<EventTarget['removeEventListener']>) => {
      listeners -= known.delete(given[1]) ? 1 : 0;
      remove(...given);
    };
  };
  const page = new EventTarget();
  count(page);
  vi.stubGlobal('addEventListener', page.addEventListener);
  vi.stubGlobal('removeEventListener', page.removeEventListener);
  const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await capture(constraints);
    stream.getTracks().forEach((track) => {
      count(track);
      Object.assign(track, {
        clone: () => {
          const copy = new FakeTrack('audio', 'a copy');
          captured.push(new FakeStream([copy]));
          return copy;
        },
      });
    });
    return stream;
  };
  class Context {
    createAnalyser = (): object => ({ getFloatTimeDomainData: () => undefined });
    createMediaStreamSource = (): object => ({ connect: () => undefined, disconnect: () => undefined });
    constructor() {
      contexts += 1;
    }
    close(): Promise<void> {
      contexts -= 1;
      return Promise.resolve();
    }
  }
  vi.stubGlobal('AudioContext', Context);
  at = world();
  const joined = view({ role: 'organizer', participants: [participant(OLGA, { videos: ['camera', 'screen'] })] });
  at.server.answer = (request) => (request.type === 'join' ? { type: 'joined', call: joined } : kind(request));
  const platform = { ...at.platform, createMicrophone: () => new LocalAudioStream(MICROPHONE) };
  client = new TestClient({ ...at, platform });
  devices = await client.getDeviceManager();
  selectionListeners = 0;
  const [on, off] = [devices.on.bind(devices), devices.off.bind(devices)];
  devices.on = (...given) => {
    selectionListeners += 1;
    on(...given);
  };
  devices.off = (...given) => {
    selectionListeners -= 1;
    off(...given);
  };
  agent = await client.createCallAgent(credential(token()), { displayName: 'Ana' });
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  };
});

/** Everything that a page does in a call. */
async function useCall(call: Call): Promise<void> {
  await settle();
  at.connections.at(-1)?.become('connected');
  await settle();
  for (const [key, factory] of Object.entries(Features)) {
    if (!['DebugInfo', 'VideoEffects', 'AudioEffects'].includes(key)) {
      call.feature(factory as typeof Features.Recording);
    }
  }
  call.feature(Features.MediaStats).createCollector().on('sampleReported', () => undefined);
  const streams = [...(call.remoteParticipants[0]?.videoStreams ?? [])];
  await Promise.all(streams.map((stream) => new VideoStreamRenderer(stream).createView()));
  at.server.event({ type: 'slotsChanged', slots: [{ mid: '6', participantId: `leg of ${OLGA}`, source: 'camera' }] });
  await call.startScreenSharing();
  await call.mute();
  await call.localAudioStreams[0]?.getVolume();
  await call.remoteAudioStreams[0]?.getVolume();
  await vi.advanceTimersByTimeAsync(1_000);
  await call.unmute();
  await call.mute();
}

describe('a hundred joins and leaves', () => {
  it('leave no peer connection, timer, listener, audio context or track behind', async () => {
    const quiet = (): number[] => [vi.getTimerCount(), listeners, selectionListeners, contexts];
    const before = quiet();
    for (let round = 0; round < 100; round += 1) {
      const call = agent.join(LINK, { videoOptions: { localVideoStreams: [new LocalVideoStream(CAMERA)] } });
      await useCall(call);
      await call.hangUp();
      await settle();
      expect(quiet(), `after ${round + 1} rounds`).toEqual(before);
    }
    expect([at.connections.length, at.connections.every((each) => each.state === 'closed')]).toEqual([100, true]);
    expect(captured.length).toBeGreaterThanOrEqual(300);
    expect(captured.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === 'live')).toEqual([]);
    expect([agent.calls, at.outputs.some((output) => output.playing)]).toEqual([[], false]);
  }, 30_000);

  it('that ended before the device was ready leave no capture', async () => {
    let ready: (() => void)[] = [];
    const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      await new Promise<void>((resolve) => ready.push(resolve));
      return capture(constraints);
    };
    const camera = new LocalVideoStream(CAMERA);
    const call = agent.join(LINK, { videoOptions: { localVideoStreams: [camera] } });
    await settle();
    await call.hangUp();
    const waiting = camera.getMediaStream();
    camera.dispose();
    const refused = expect(waiting).rejects.toMatchObject({ code: 412 });
    ready.forEach((each) => each());
    ready = [];
    await refused;
    await settle();
    expect(captured.flatMap((stream) => stream.getTracks()).map((track) => track.readyState)).toEqual(['ended', 'ended']);
  });

  it('in which everybody else ends it leave nothing either', async () => {
    const before = [vi.getTimerCount(), listeners, selectionListeners, contexts];
    const call = agent.join(LINK);
    await useCall(call);
    at.server.event({ type: 'ended', end: { reason: { code: 0, subCode: 4097, name: 'endedForEveryone', message: 'Over.' } } });
    await settle();
    expect([vi.getTimerCount(), listeners, selectionListeners, contexts]).toEqual(before);
  });

  it('leave nothing at all when the client is disposed of', async () => {
    await useCall(agent.join(LINK));
    await client.dispose();
    expect([vi.getTimerCount(), listeners, contexts]).toEqual([0, 0, 0]);
  });
});
