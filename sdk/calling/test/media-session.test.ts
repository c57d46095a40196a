import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ElementAudioOutput } from '../src/media/audio-output.js';
import { MediaSession } from '../src/media/media-session.js';
import { asTrack, FakeMediaConnection, FakeStream, FakeTrack, settle } from './support/fakes.js';
import { installPage, type FakeElement } from './support/page.js';

let connection: FakeMediaConnection;
let session: MediaSession;
let offers: string[];
let seen: string[];

beforeEach(() => {
  vi.useFakeTimers();
  connection = new FakeMediaConnection();
  session = new MediaSession(() => connection);
  offers = [];
  seen = [];
  session.events.on('connected', () => seen.push('connected'));
  session.events.on('troubled', () => seen.push('troubled'));
  session.events.on('failed', (reason) => seen.push(`failed ${reason.code}/${reason.subCode}`));
});

afterEach(() => {
  session.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const start = (): Promise<void> =>
  session.start((offer) => {
    offers.push(offer.sdp);
    return Promise.resolve(`answer to ${offer.sdp}`);
  });

/** Packets arrive, or none do, for a second. */
async function second(packets: number): Promise<void> {
  connection.stats = { packets, video: new Map() };
  await vi.advanceTimersByTimeAsync(1_000);
}

describe('a media session', () => {
  it('makes no connection before it is needed, and one offer of what it prepared', async () => {
    let made = 0;
    const lazy = new MediaSession(() => {
      made += 1;
      return connection;
    });
    expect(made).toBe(0);
    await lazy.prepare();
    await lazy.prepare();
    await lazy.start((offer) => Promise.resolve(`answer to ${offer.sdp}`));
    expect([made, connection.offers, connection.answers]).toEqual([1, 1, ['answer to offer 1']]);
    lazy.close();
    expect(connection.state).toBe('closed');
  });

  it('negotiates one offer at a time', async () => {
    const open: ((answer: string) => void)[] = [];
    const first = session.start((offer) => {
      offers.push(offer.sdp);
      return new Promise((resolve) => open.push(resolve));
    });
    const second = session.ensureVideoSlots(10);
    await settle();
    expect(offers).toEqual(['offer 1']);
    open[0]?.('one');
    await first;
    await settle();
    expect(offers).toEqual(['offer 1', 'offer 2']);
    open[1]?.('two');
    await second;
    expect(connection.answers).toEqual(['one', 'two']);
  });

  it('goes on negotiating after an offer was refused', async () => {
    await expect(session.start(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await start();
    expect(offers).toEqual(['offer 2']);
  });

  it('restarts ICE after a second without an arrival that is expected, and every two seconds as long as nothing arrives', async () => {
    await start();
    connection.become('connected');
    session.expect(() => true);
    await second(50);
    await second(100);
    expect(connection.restarts).toBe(0);
    await second(100);
    expect(connection.restarts).toBe(1);
    await settle();
    expect(offers).toEqual(['offer 1', 'offer 2']);
    await second(100);
    await second(100);
    expect(connection.restarts).toBe(2);
    await second(150);
    await second(200);
    await second(250);
    expect(connection.restarts).toBe(2);
    expect(seen).toEqual(['connected', 'troubled']);
  });

  it('takes an answered check as proof that the path is there, and lets people be silent', async () => {
    await start();
    connection.become('connected');
    session.expect(() => true);
    await second(50);
    await second(50);
    await second(50);
    expect(connection.restarts).toBe(1);
    connection.stats = { packets: 50, checks: 1, video: new Map() };
    await vi.advanceTimersByTimeAsync(10_000);
    expect(connection.restarts).toBe(1);
  });

  it('restarts nothing while an offer is on its way', async () => {
    await start();
    connection.become('connected');
    const answers: ((answer: string) => void)[] = [];
    session.reset();
    void session.start(() => new Promise((resolve) => answers.push(resolve)));
    await settle();
    connection.become('connected');
    connection.become('disconnected');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(connection.restarts).toBe(0);
    answers[0]?.('answer');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(connection.restarts).toBe(1);
  });

  it('lets a flow stop that nobody expects', async () => {
    await start();
    connection.become('connected');
    await second(50);
    await second(50);
    expect(connection.restarts).toBe(0);
  });

  it('restarts ICE when the path breaks, and forgets the fault when it comes back', async () => {
    await start();
    connection.become('connected');
    connection.become('disconnected');
    expect(connection.restarts).toBe(1);
    await vi.advanceTimersByTimeAsync(29_000);
    connection.become('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen).toEqual(['connected', 'troubled']);
  });

  it('is lost when the path does not come back', async () => {
    await start();
    connection.become('connected');
    connection.become('disconnected');
    expect(connection.restarts).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    connection.become('failed');
    expect(connection.restarts).toBe(6);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen).toEqual(['connected', 'troubled', 'troubled', 'failed 410/301005']);
  });

  it('is unreachable when the first connection fails, or takes too long', async () => {
    await start();
    connection.become('failed');
    expect(seen).toEqual(['failed 410/301004']);
    session.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen).toHaveLength(1);
  });
});

describe('the player', () => {
  const track = (): MediaStreamTrack => asTrack(new FakeTrack('audio', 'slot'));

  it('plays each track in a hidden element of the page, on the chosen speaker', () => {
    vi.stubGlobal('MediaStream', FakeStream);
    const page = installPage();
    const output = new ElementAudioOutput();
    output.setSpeaker('speaker:abc');
    output.setMuted(true);
    output.play([track(), track()]);
    expect(page.body.children.map((element: FakeElement) => [element.tag, element.plays, element.sink, element.muted])).toEqual([
      ['audio', 1, 'abc', true],
      ['audio', 1, 'abc', true],
    ]);
    output.setMuted(false);
    expect(page.body.children.every((element) => !element.muted)).toBe(true);
    output.close();
    expect(page.body.children.every((element) => element.removed && element.srcObject === null)).toBe(true);
  });

  it('plays with the next gesture when the browser wants one first', async () => {
    vi.stubGlobal('MediaStream', FakeStream);
    const blocked = new DOMException('blocked', 'NotAllowedError');
    const page = installPage((element) => (element.playError = blocked));
    const output = new ElementAudioOutput();
    output.play([track()]);
    await settle();
    const element = page.body.children[0];
    page.gesture();
    expect(element?.plays).toBe(2);
    await settle();
    if (element) {
      element.playError = undefined;
    }
    page.gesture();
    await settle();
    page.gesture();
    expect(element?.plays).toBe(3);
    output.close();
  });
});
