import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call } from '../src/api/call.js';
import type { VideoStreamRendererView } from '../src/api/streams.js';
import type { RemoteVideoStream } from '../src/api/streams.js';
import type { VideoWish } from '../src/signaling/protocol.gen.js';
import { VideoStreamRenderer } from '../src/streams/renderer.js';
import { credential, FakeStream, kind, OLGA, participant, settle, TestClient, token, view, world, type World } from './support/fakes.js';
import { installPage, type FakeElement } from './support/page.js';

/** Observers of the page that say what they are told to say. */
class FakeObserver {
  static all: FakeObserver[] = [];
  target: unknown;
  gone = false;
  constructor(readonly listener: (entries: object[]) => void) {
    FakeObserver.all.push(this);
  }
  observe(target: unknown): void {
    this.target = target;
  }
  disconnect(): void {
    this.gone = true;
  }
}
class FakeIntersection extends FakeObserver {}
class FakeResize extends FakeObserver {}

let at: World;
let client: TestClient;
let call: Call;
let page: EventTarget & { visibilityState?: string; pictureInPictureElement?: unknown };

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('IntersectionObserver', FakeIntersection);
  vi.stubGlobal('ResizeObserver', FakeResize);
  vi.stubGlobal('devicePixelRatio', 2);
  FakeObserver.all = [];
  installPage();
  page = document as unknown as typeof page;
  at = world();
  client = new TestClient(at);
  at.server.answer = (request) => (request.type === 'join' ? { type: 'joined', call: view({ participants: [participant(OLGA, { videos: ['camera'] })] }) } : kind(request));
  call = (await client.createCallAgent(credential(token()))).join({ groupId: '8d1d9ae1-0f4c-4d19-a9a5-6f2c4cf5c1e0' });
  await settle();
  at.connections[0]?.become('connected');
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  };
});

function stream(): RemoteVideoStream {
  const found = call.remoteParticipants[0]?.videoStreams[0];
  if (!found) {
    throw new Error('Olga has two streams.');
  }
  return found;
}

/** What was said of the camera, each time: its size on the screen, or that the best is wanted. */
function shown(): (string | undefined)[] {
  const asked = at.server.requests.flatMap((request): VideoWish[][] => (request.type === 'subscribe' ? [request.videos] : []));
  return asked.map(([wish]) => wish && (wish.shown ? `${wish.shown.width}x${wish.shown.height}` : 'best'));
}

class Shown {
  constructor(readonly view: VideoStreamRendererView) {}
  static async make(scalingMode: 'Crop' | 'Fit' | 'Stretch' = 'Crop'): Promise<Shown> {
    return new Shown(await new VideoStreamRenderer(stream()).createView({ scalingMode }));
  }
  private of(type: typeof FakeObserver): FakeObserver | undefined {
    return FakeObserver.all.find((each) => each instanceof type && each.target === this.view.target);
  }
  see(isIntersecting: boolean): void {
    this.of(FakeIntersection)?.listener([{ isIntersecting }]);
  }
  size(width: number, height: number): void {
    this.of(FakeResize)?.listener([{ contentRect: { width, height } }]);
  }
  get video(): FakeElement {
    return (this.view.target as unknown as FakeElement).children[0] as FakeElement;
  }
}

/** Lets everything be told. */
async function later(): Promise<void> {
  await vi.advanceTimersByTimeAsync(300);
}

describe('the size of a view', () => {
  it('is told in pixels of the screen, with what is cut off; before it is laid out, the smallest comes', async () => {
    const one = await Shown.make();
    await later();
    expect(shown()).toEqual(['1x1']);
    one.size(240, 180);
    one.see(true);
    await later();
    expect(shown().at(-1)).toBe('480x360');
    one.video.showFrame(320, 180);
    await later();
    expect(shown().at(-1)).toBe('640x360');
    one.video.showFrame(1280, 720);
    await later();
    expect(shown()).toEqual(['1x1', '480x360', '640x360']);
    await one.view.updateScalingMode('Fit');
    await later();
    expect(shown().at(-1)).toBe('480x270');
    await one.view.updateScalingMode('Stretch');
    await later();
    expect(shown().at(-1)).toBe('480x360');
  });

  it('is 0 while it is out of the window, not displayed, or the page is hidden', async () => {
    const one = await Shown.make();
    one.size(320, 180);
    one.see(false);
    await later();
    expect(shown()).toEqual(['1x1', '0x0']);
    one.see(true);
    await later();
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    await later();
    page.visibilityState = 'visible';
    page.dispatchEvent(new Event('visibilitychange'));
    await later();
    one.size(0, 0);
    await later();
    expect(shown()).toEqual(['1x1', '0x0', '640x360', '0x0', '640x360', '0x0']);
  });

  it('is not told for a picture in a window of its own, which the page knows nothing of', async () => {
    const one = await Shown.make();
    one.size(320, 180);
    one.see(false);
    await later();
    page.pictureInPictureElement = one.video;
    one.video.dispatchEvent(new Event('enterpictureinpicture'));
    await later();
    page.pictureInPictureElement = null;
    one.video.dispatchEvent(new Event('leavepictureinpicture'));
    await later();
    expect(shown()).toEqual(['1x1', '0x0', 'best', '0x0']);
  });

  it('is the largest of several views, and the best while an app uses the stream itself', async () => {
    const [one, other] = [await Shown.make(), await Shown.make()];
    one.size(160, 90);
    one.see(true);
    other.size(640, 360);
    other.see(true);
    await later();
    other.see(false);
    await later();
    await stream().getMediaStream();
    await later();
    expect(shown()).toEqual(['1x1', '1280x720', '320x180', 'best']);
  });

  it('is forgotten with its view, whose observers end', async () => {
    const [one, other] = [await Shown.make(), await Shown.make()];
    one.size(640, 360);
    one.see(true);
    other.size(160, 90);
    other.see(true);
    await later();
    one.view.dispose();
    await later();
    expect(shown()).toEqual(['1x1', '1280x720', '320x180']);
    expect(FakeObserver.all.map((each) => each.gone)).toEqual([true, true, false, false]);
    other.view.dispose();
    await later();
    expect(shown().at(-1)).toBeUndefined();
  });

  it('is told a few times a second at most, and the last one always', async () => {
    const one = await Shown.make();
    one.see(true);
    await later();
    const before = shown().length;
    for (let width = 100; width <= 400; width += 10) {
      one.size(width, 90);
      await vi.advanceTimersByTimeAsync(20);
    }
    await later();
    expect(shown().length - before).toBeLessThanOrEqual(4);
    expect(shown().at(-1)).toBe('800x180');
  });
});

describe('a stream of which nothing is seen', () => {
  it('stays received, since nothing of it is asked for', async () => {
    const one = await Shown.make();
    one.size(320, 180);
    one.see(true);
    at.server.event({ type: 'slotsChanged', slots: [{ mid: '7', participantId: `leg of ${OLGA}`, source: 'camera' }] });
    one.video.showFrame(640, 360);
    expect(stream().isReceiving).toBe(true);
    one.see(false);
    const connection = at.connections[0];
    if (connection) {
      connection.stats = { packets: 9, video: new Map([['7', { frames: 9, width: 640, height: 360 }]]) };
    }
    await vi.advanceTimersByTimeAsync(5_000);
    expect(stream().isReceiving).toBe(true);
    one.see(true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(stream().isReceiving).toBe(false);
  });
});
