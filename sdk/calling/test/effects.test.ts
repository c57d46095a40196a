import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { VideoEffectsFeature, VideoEffectProcessor } from '../src/features/video-effects.js';
import { Features } from '../src/features/index.js';
import { LocalAudioStream } from '../src/streams/local-audio-stream.js';
import { LocalVideoStream } from '../src/streams/local-video-stream.js';
import type { EffectImplementation, EffectReports } from '../src/streams/video-effect.js';
import { asStream, asTrack, credential, FakeStream, FakeTrack, installDevices, settle, TestClient, token, world, type World } from './support/fakes.js';
import { installPage } from './support/page.js';

const CAMERA = { name: 'Front camera', id: 'camera:cam', deviceType: 'UsbCamera' as const };
let at: World;
let agent: CallAgent;
let video: LocalVideoStream;
let feature: VideoEffectsFeature;
let told: string[];

/** An effect whose pipelines are counted, and begin when they are let. */
class FakeEffect {
  readonly name = 'BackgroundBlur';
  readonly made: { input: MediaStreamTrack; output: FakeTrack; reports: EffectReports }[] = [];
  begin: () => Promise<void> = () => Promise.resolve();
  prepare: () => Promise<void> = () => Promise.resolve();
  supported = true;

  constructor() {
    const implementation: EffectImplementation = {
      isSupported: () => Promise.resolve(this.supported),
      prepare: () => this.prepare(),
      start: async (input, reports) => {
        const output = new FakeTrack('video', `effect ${this.made.length}`);
        this.made.push({ input, output, reports });
        await this.begin();
        return { track: asTrack(output), stop: () => output.stop() };
      },
    };
    Object.defineProperty(this, Symbol.for('convene.videoEffect'), { value: implementation });
  }

  get asEffect(): VideoEffectProcessor {
    return this as unknown as VideoEffectProcessor;
  }
}

const sent = (): string | undefined => at.connections.at(-1)?.sent.get('camera')?.id;

beforeEach(async () => {
  vi.stubGlobal('MediaStream', FakeStream);
  installPage();
  installDevices();
  at = world();
  const client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()));
  video = new LocalVideoStream(CAMERA);
  feature = video.feature(Features.VideoEffects);
  told = [];
  for (const name of ['effectsStarted', 'effectsStopped', 'fpsWarningThresholdReached', 'timeForEffectsWarningReached'] as const) {
    feature.on(name, (effects) => told.push(`${name} ${effects}`));
  }
  feature.on('effectsError', ({ code, message }) => told.push(`effectsError ${code} ${message}`));
  agent.join({ groupId: '5a1c7f0e-3a30-4a0a-9f2e-1f0a7f2f6b11' }, { videoOptions: { localVideoStreams: [video] } });
  await settle();
  return async () => {
    await client.dispose();
    vi.unstubAllGlobals();
  };
});

describe('an effect on a video', () => {
  it('is sent in the place of the camera from its first frame on, until it stops', async () => {
    const effect = new FakeEffect();
    expect(sent()).toBe('captured 0');
    await feature.startEffects(effect.asEffect);
    await settle();
    expect([sent(), effect.made[0]?.input.id, feature.activeEffects]).toEqual(['effect 0', 'captured 0', ['BackgroundBlur']]);
    effect.made[0]?.reports.fewFrames();
    effect.made[0]?.reports.slowStart();
    await feature.stopEffects();
    await settle();
    expect([sent(), effect.made[0]?.output.readyState, feature.activeEffects]).toEqual(['captured 0', 'ended', []]);
    expect(told).toEqual([
      'effectsStarted BackgroundBlur', 'fpsWarningThresholdReached BackgroundBlur', 'timeForEffectsWarningReached BackgroundBlur', 'effectsStopped BackgroundBlur',
    ]);
  });

  it('goes on with another camera, whose picture is never sent without it', async () => {
    const effect = new FakeEffect();
    await feature.startEffects(effect.asEffect);
    await settle();
    let begin = (): void => undefined;
    effect.begin = () => new Promise((resolve) => (begin = resolve));
    const all: (string | undefined)[] = [];
    const connection = at.connections.at(-1);
    const setTrack = connection?.setTrack.bind(connection);
    connection!.setTrack = (use, track) => {
      all.push(track?.id);
      return setTrack!(use, track);
    };
    await video.switchSource({ ...CAMERA, id: 'camera:other' });
    await settle();
    expect([sent(), all]).toEqual(['effect 0', []]);
    begin();
    await settle();
    expect([sent(), all, effect.made[1]?.input.id]).toEqual(['effect 1', ['effect 1'], 'captured 1']);
  });

  it('that breaks ends the video, which is not shown without it, and the app may begin anew', async () => {
    const effect = new FakeEffect();
    await feature.startEffects(effect.asEffect);
    await settle();
    effect.made[0]?.reports.failed(new Error('out of memory'));
    await settle();
    expect([sent(), feature.activeEffects]).toEqual([undefined, []]);
    expect(told.slice(1)).toEqual(['effectsStopped BackgroundBlur', 'effectsError 500 FailedToProcess: out of memory']);
    await agent.calls[0]?.startVideo(video);
    await settle();
    expect(sent()).toBe('captured 1');
  });

  it('that cannot be loaded changes nothing', async () => {
    const [first, second] = [new FakeEffect(), new FakeEffect()];
    await feature.startEffects(first.asEffect);
    second.prepare = () => Promise.reject(new Error('FailedToFetchImage: no.'));
    await expect(feature.startEffects(second.asEffect)).rejects.toMatchObject({ code: 500, subCode: 90_418, message: 'FailedToFetchImage: no.' });
    await settle();
    expect([sent(), feature.activeEffects, told.at(-1)]).toEqual(['effect 0', ['BackgroundBlur'], 'effectsError 500 FailedToFetchImage: no.']);
  });

  it('that is none, or that the browser cannot do, is refused', async () => {
    const effect = new FakeEffect();
    effect.supported = false;
    expect(await feature.isSupported(effect.asEffect)).toBe(false);
    expect(await feature.isSupported({ name: 'BackgroundBlur' } as never)).toBe(false);
    await expect(feature.startEffects(effect.asEffect)).rejects.toMatchObject({ code: 501 });
    await expect(feature.startEffects({ name: 'BackgroundBlur' } as never)).rejects.toMatchObject({ code: 400 });
    expect(sent()).toBe('captured 0');
  });
});

/** A microphone's track, whose processing the browser changes or not. */
class ProcessedTrack extends FakeTrack {
  settings = { echoCancellation: true, noiseSuppression: true };
  constructor(private readonly canChange: boolean) {
    super('audio', 'microphone');
  }
  getSettings(): MediaTrackSettings {
    return { ...this.settings };
  }
  getConstraints(): MediaTrackConstraints {
    return {};
  }
  applyConstraints(change: Partial<ProcessedTrack['settings']>): Promise<void> {
    if (this.canChange) {
      Object.assign(this.settings, change);
    }
    return Promise.resolve();
  }
}

describe('effects on sound', () => {
  const supported = { getSupportedConstraints: () => ({ echoCancellation: true, noiseSuppression: true }) };

  it('are the browser\'s, on until they are stopped, and others are not supported', async () => {
    Object.assign(navigator.mediaDevices, supported);
    const stream = new LocalAudioStream(asStream(new FakeStream([new ProcessedTrack(true)])));
    const effects = stream.feature(Features.AudioEffects);
    const seen: unknown[] = [];
    effects.on('effectsStopped', (stopped) => seen.push(stopped));
    expect(effects.activeEffects).toEqual({ echoCancellation: ['BrowserEchoCancellation'], noiseSuppression: ['BrowserNoiseSuppression'] });
    await effects.stopEffects({ noiseSuppression: true });
    expect([effects.activeEffects.noiseSuppression, seen]).toEqual([[], [{ echoCancellation: [], noiseSuppression: ['BrowserNoiseSuppression'] }]]);
    await effects.startEffects({ noiseSuppression: 'BrowserNoiseSuppression' });
    expect(effects.activeEffects.noiseSuppression).toEqual(['BrowserNoiseSuppression']);
    const deep = { name: 'DeepNoiseSuppression' as const, isSupported: () => Promise.resolve(true) };
    expect([await effects.isSupported(deep), await effects.isSupported('BrowserEchoCancellation')]).toEqual([false, true]);
    await expect(effects.startEffects({ noiseSuppression: deep })).rejects.toMatchObject({ code: 501 });
    await expect(effects.startEffects({})).rejects.toMatchObject({ code: 400 });
  });

  it('open a microphone anew where the browser cannot change one that runs, and tell what it does not do to an app\'s own stream', async () => {
    Object.assign(navigator.mediaDevices, supported);
    const tracks: ProcessedTrack[] = [];
    navigator.mediaDevices.getUserMedia = (({ audio }: { audio: ProcessedTrack['settings'] }) => {
      const track = new ProcessedTrack(false);
      track.settings = { echoCancellation: audio.echoCancellation, noiseSuppression: audio.noiseSuppression };
      tracks.push(track);
      return Promise.resolve(asStream(new FakeStream([track])));
    }) as never;
    const stream = new LocalAudioStream({ name: 'Headset', id: 'microphone:mic', isSystemDefault: false, deviceType: 'Microphone' });
    await stream.getMediaStream();
    await stream.feature(Features.AudioEffects).stopEffects({ noiseSuppression: true });
    expect(tracks.map(({ readyState, settings }) => [readyState, settings.noiseSuppression])).toEqual([['ended', true], ['live', false]]);

    const own = new LocalAudioStream(asStream(new FakeStream([new ProcessedTrack(false)])));
    await expect(own.feature(Features.AudioEffects).stopEffects({ noiseSuppression: true })).rejects.toMatchObject({ code: 501 });
    expect(own.feature(Features.AudioEffects).activeEffects.noiseSuppression).toEqual(['BrowserNoiseSuppression']);
  });
});
