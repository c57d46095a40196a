import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call } from '../src/api/call.js';
import type { RemoteParticipant } from '../src/api/participant.js';
import type { RemoteVideoStream } from '../src/api/streams.js';
import type { VideoWish } from '../src/signaling/protocol.gen.js';
import { VideoStreamRenderer } from '../src/streams/renderer.js';
import { BEN, credential, FakeStream, kind, OLGA, participant, refused, settle, TestClient, token, view, world, type World } from './support/fakes.js';
import { installPage, type FakeElement } from './support/page.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
let at: World;
let client: TestClient;
let call: Call;

async function join(participants: ReturnType<typeof participant>[]): Promise<void> {
  at.server.answer = (request) => (request.type === 'join' ? { type: 'joined', call: view({ participants }) } : kind(request));
  call = (await client.createCallAgent(credential(token()))).join(LINK);
  await settle();
  at.connections[0]?.become('connected');
}

function wishes(): VideoWish[][] {
  return at.server.requests.flatMap((request) => (request.type === 'subscribe' ? [request.videos] : []));
}

function streamOf(user: RemoteParticipant | undefined, type: 'Video' | 'ScreenSharing'): RemoteVideoStream {
  const found = user?.videoStreams.find((stream) => stream.mediaStreamType === type);
  if (!found) {
    throw new Error(`Every participant has a ${type} stream.`);
  }
  return found;
}

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeStream);
  installPage();
  at = world();
  client = new TestClient(at);
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  };
});

describe('a participant\'s streams', () => {
  it('are always two objects with ids of their own, whether sent or not', async () => {
    await join([participant(OLGA), participant(BEN, { videos: ['screen'] })]);
    const streams = call.remoteParticipants.flatMap((each) => each.videoStreams);
    expect(streams.map((stream) => [stream.mediaStreamType, stream.isAvailable])).toEqual([['Video', false], ['ScreenSharing', false], ['Video', false], ['ScreenSharing', true]]);
    expect(new Set(streams.map((stream) => stream.id)).size).toBe(4);
    expect(call.remoteParticipants[0]?.videoStreams[0]).toBe(streams[0]);
  });

  it('become available and unavailable as the server says; of several legs the first that sends counts', async () => {
    await join([participant(OLGA)]);
    const stream = streamOf(call.remoteParticipants[0], 'Video');
    const seen: boolean[] = [];
    stream.on('isAvailableChanged', () => seen.push(stream.isAvailable));
    const leg = (participantId: string, videos: 'camera'[]): ReturnType<typeof participant>['legs'][number] => ({ participantId, muted: true, videos, away: false });
    at.server.event({ type: 'participantChanged', participant: { ...participant(OLGA), legs: [leg('one', []), leg('two', ['camera']), leg('three', ['camera'])] } });
    await new VideoStreamRenderer(stream).createView();
    await settle();
    at.server.event({ type: 'participantChanged', participant: { ...participant(OLGA), legs: [leg('one', []), leg('three', ['camera'])] } });
    await settle();
    at.server.event({ type: 'participantChanged', participant: { ...participant(OLGA), legs: [leg('one', [])] } });
    await settle();
    expect(seen).toEqual([true, false]);
    expect(wishes()).toEqual([[{ participantId: 'two', source: 'camera' }], [{ participantId: 'three', source: 'camera' }], []]);
    expect(call.remoteParticipants[0]?.endpointDetails).toEqual([{ participantId: 'one' }]);
  });
});

describe('wishes', () => {
  it('are sent for what somebody looks at, screens first, those of one turn together, and never twice', async () => {
    await join([participant(OLGA, { videos: ['camera', 'screen'] }), participant(BEN, { videos: ['camera'] })]);
    const [olga, ben] = call.remoteParticipants;
    expect(wishes()).toEqual([]);
    const views = await Promise.all(
      [streamOf(ben, 'Video'), streamOf(olga, 'Video'), streamOf(olga, 'ScreenSharing')].map((stream) => new VideoStreamRenderer(stream).createView()),
    );
    await settle();
    const of = (user: string, source: VideoWish['source']): VideoWish => ({ participantId: `leg of ${user}`, source });
    expect(wishes()).toEqual([[of(OLGA, 'screen'), of(BEN, 'camera'), of(OLGA, 'camera')]]);
    await new VideoStreamRenderer(streamOf(ben, 'Video')).createView();
    views[0]?.dispose();
    await settle();
    expect(wishes()).toHaveLength(1);
    views[1]?.dispose();
    views[1]?.dispose();
    await settle();
    expect(wishes()[1]).toEqual([of(OLGA, 'screen'), of(BEN, 'camera')]);
  });

  it('wait until media is negotiated', async () => {
    at.server.answer = (request) => {
      if (request.type === 'join') {
        return { type: 'joined', call: view({ participants: [participant(OLGA, { videos: ['camera'] })] }) };
      }
      return request.type === 'negotiate' ? 'silence' : kind(request);
    };
    call = (await client.createCallAgent(credential(token()))).join(LINK);
    await settle();
    await new VideoStreamRenderer(streamOf(call.remoteParticipants[0], 'Video')).createView();
    await settle();
    expect(wishes()).toEqual([]);
  });

  it('for more cameras than slots get more slots first, by one renegotiation', async () => {
    const users = Array.from({ length: 12 }, (_, index) => `8:orgid:${index}`);
    await join(users.map((user) => participant(user, { videos: ['camera'] })));
    for (const other of call.remoteParticipants) {
      await new VideoStreamRenderer(streamOf(other, 'Video')).createView();
    }
    await settle();
    expect(at.connections[0]?.videoSlots).toBe(25);
    expect(at.connections[0]?.answers).toEqual(['answer to offer 1', 'answer to offer 2']);
    const kinds = at.server.requests.map((request) => request.type);
    expect(kinds.lastIndexOf('negotiate')).toBeLessThan(kinds.lastIndexOf('subscribe'));
    expect(wishes().at(-1)).toHaveLength(12);
  });

  it('that the server refuses are sent again with the next change', async () => {
    await join([participant(OLGA, { videos: ['camera', 'screen'] })]);
    at.server.answer = () => refused(429, 90429);
    const olga = call.remoteParticipants[0];
    await new VideoStreamRenderer(streamOf(olga, 'Video')).createView();
    await settle();
    at.server.answer = kind;
    await new VideoStreamRenderer(streamOf(olga, 'ScreenSharing')).createView();
    await settle();
    expect(wishes().map((each) => each.length)).toEqual([1, 2]);
  });
});

describe('slots', () => {
  it('bring a stream\'s track into its views, and take it away', async () => {
    await join([participant(OLGA, { videos: ['camera'] })]);
    const stream = streamOf(call.remoteParticipants[0], 'Video');
    const shown = await new VideoStreamRenderer(stream).createView({ scalingMode: 'Fit', isMirrored: true });
    const video = (shown.target as unknown as FakeElement).children[0];
    expect([video?.srcObject, video?.style['objectFit'], video?.style['transform']]).toEqual([null, 'contain', 'scaleX(-1)']);
    at.server.event({ type: 'slotsChanged', slots: [{ mid: '7', participantId: `leg of ${OLGA}`, source: 'camera' }] });
    expect(video?.srcObject?.getTracks()).toEqual([at.connections[0]?.tracks.get('7')]);
    await shown.updateScalingMode('Stretch');
    expect([shown.scalingMode, video?.style['objectFit']]).toEqual(['Stretch', 'fill']);
    at.server.event({ type: 'slotsChanged', slots: [] });
    expect(video?.srcObject).toBeNull();
  });

  it('make a stream received when frames arrive, with their size, and no longer when they stop', async () => {
    vi.useFakeTimers();
    await join([participant(OLGA, { videos: ['camera'] })]);
    const stream = streamOf(call.remoteParticipants[0], 'Video');
    await new VideoStreamRenderer(stream).createView();
    const seen: unknown[] = [];
    stream.on('isReceivingChanged', () => seen.push(stream.isReceiving));
    stream.on('sizeChanged', () => seen.push(stream.size));
    at.server.event({ type: 'slotsChanged', slots: [{ mid: '7', participantId: `leg of ${OLGA}`, source: 'camera' }] });
    const arrive = async (frames: number): Promise<void> => {
      const connection = at.connections[0];
      if (connection) {
        connection.stats = { packets: frames, video: new Map([['7', { frames, width: 640, height: 360 }]]) };
      }
      await vi.advanceTimersByTimeAsync(1_000);
    };
    await arrive(100);
    expect(seen).toEqual([]);
    await arrive(130);
    expect(seen).toEqual([{ width: 640, height: 360 }, true]);
    await arrive(130);
    await arrive(130);
    expect(seen.slice(2)).toEqual([false]);
  });

  it('make a stream received at once when a view shows a frame', async () => {
    await join([participant(OLGA, { videos: ['camera'] })]);
    const stream = streamOf(call.remoteParticipants[0], 'Video');
    const shown = await new VideoStreamRenderer(stream).createView();
    const video = (shown.target as unknown as FakeElement).children[0];
    at.server.event({ type: 'slotsChanged', slots: [{ mid: '7', participantId: `leg of ${OLGA}`, source: 'camera' }] });
    video?.showFrame(1280, 720);
    expect([stream.isReceiving, stream.size]).toEqual([true, { width: 1280, height: 720 }]);
    at.server.event({ type: 'participantChanged', participant: participant(OLGA) });
    expect([stream.isAvailable, stream.isReceiving]).toEqual([false, false]);
  });

  it('fill the stream that getMediaStream gave, which stays the same object', async () => {
    await join([participant(OLGA, { videos: ['camera'] })]);
    const stream = streamOf(call.remoteParticipants[0], 'Video');
    const media = await stream.getMediaStream();
    await settle();
    expect(wishes()).toHaveLength(1);
    at.server.event({ type: 'slotsChanged', slots: [{ mid: '7', participantId: `leg of ${OLGA}`, source: 'camera' }] });
    expect(await stream.getMediaStream()).toBe(media);
    expect(media.getTracks()).toEqual([at.connections[0]?.tracks.get('7')]);
    at.server.event({ type: 'participantChanged', participant: participant(OLGA) });
    expect(media.getTracks()).toEqual([]);
    await expect(stream.getMediaStream()).rejects.toMatchObject({ code: 409 });
    await settle();
    expect(wishes().at(-1)).toEqual([]);
    at.server.event({ type: 'participantChanged', participant: participant(OLGA, { videos: ['camera'] }) });
    await settle();
    expect(wishes().at(-1)).toEqual([]);
    expect(await stream.getMediaStream()).not.toBe(media);
    await settle();
    expect(wishes().at(-1)).toHaveLength(1);
  });
});

describe('a renderer', () => {
  it('takes only streams of ours, and makes no view after its end', async () => {
    expect(() => new VideoStreamRenderer({} as never)).toThrow(/needs a LocalVideoStream/);
    await join([participant(OLGA, { videos: ['camera'] })]);
    const renderer = new VideoStreamRenderer(streamOf(call.remoteParticipants[0], 'Video'));
    const shown = await renderer.createView();
    renderer.dispose();
    expect((shown.target as unknown as FakeElement).removed).toBe(true);
    await expect(renderer.createView()).rejects.toMatchObject({ code: 412 });
    await settle();
    expect(wishes().at(-1)).toEqual([]);
  });
});
