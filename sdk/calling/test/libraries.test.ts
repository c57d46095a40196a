// What UI libraries do to our objects: they wrap them in proxies, add properties to them, and freeze what they hand out.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import { Features } from '../src/features/index.js';
import * as sdk from '../src/index.js';
import { LocalVideoStream } from '../src/streams/local-video-stream.js';
import { asStream, cameraStream, credential, kind, OLGA, participant, settle, TestClient, token, view, type World } from './support/fakes.js';
import { stage } from './support/stage.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
let at: World;
let client: TestClient;
let agent: CallAgent;

/** As communication-react wraps: what it does not list is fetched from the target and called with the proxy as `this`. */
function wrapped<T extends object>(target: T): T {
  return new Proxy(target, { get: (object, property) => Reflect.get(object, property) as unknown });
}

/** As immer freezes: plain objects and lists, all the way down, but no class instances. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) {
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === Array.prototype) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
}

beforeEach(async () => {
  const begun = await stage();
  ({ at, client, agent } = begun);
  return begun.end;
});

describe('through a proxy', () => {
  it('a call, its lobby, its participants and its features work as without one', async () => {
    const call = wrapped(wrapped(agent).join(LINK));
    const seen: string[] = [];
    const listener = (): unknown => seen.push(call.state);
    call.on('stateChanged', listener);
    await settle();
    at.connections[0]?.become('connected');
    at.server.event({ type: 'participantJoined', participant: participant(OLGA) });
    await call.mute();
    await call.unmute();
    await call.startVideo(new LocalVideoStream(asStream(cameraStream())));
    await call.stopVideo(call.localVideoStreams[0] as LocalVideoStream);
    await call.startScreenSharing();
    await call.stopScreenSharing();
    await call.muteIncomingAudio();
    await wrapped(call.lobby).admitAll();
    expect(wrapped(call.remoteParticipants[0] as object)).toMatchObject({ displayName: 'Olga', state: 'Connected' });
    expect(wrapped(call.feature(Features.Captions)).captions.kind).toBe('TeamsCaptions');
    expect(wrapped(call.feature(Features.Spotlight)).getSpotlightedParticipants()).toEqual([]);
    call.off('stateChanged', listener);
    await call.hangUp({ forEveryone: false });
    expect(seen).toEqual(['Connecting', 'Connected']);
  });

  it('a client, an agent and a device manager work as without one', async () => {
    await agent.dispose();
    const other = wrapped(new TestClient(at));
    const second = wrapped(await other.createCallAgent(credential(token())));
    const manager = wrapped(await other.getDeviceManager());
    expect((await manager.getCameras()).map((camera) => camera.name)).toEqual(['Front camera']);
    expect(await manager.askDevicePermission({ audio: true, video: true })).toEqual({ audio: true, video: true });
    await manager.selectMicrophone((await manager.getMicrophones())[1] as sdk.AudioDeviceInfo);
    expect(manager.selectedMicrophone?.name).toBe('Headset');
    expect(second.connectionState).toBe('Connected');
    await second.dispose();
    await other.dispose();
  });

  it('no class of the package keeps a field that a proxy cannot reach', () => {
    const source = fileURLToPath(new URL('../src/', import.meta.url));
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(40);
    for (const file of files) {
      expect(/(^|[\s.])#[a-zA-Z_]\w*\s*[=;:(]/m.test(readFileSync(source + file, 'utf8')), file).toBe(false);
    }
  });
});

describe('properties of their own', () => {
  it('can be added to clients, agents, calls and device managers', async () => {
    const call = agent.join(LINK);
    for (const object of [client, agent, call, await client.getDeviceManager()]) {
      Object.defineProperty(object, 'unsubscribe', { value: () => undefined });
      expect(object).toHaveProperty('unsubscribe');
    }
  });

  it('are kept on the one device manager', async () => {
    expect(await client.getDeviceManager()).toBe(await client.getDeviceManager());
  });
});

describe('freezing', () => {
  it('what was handed out harms nothing: the call goes on to change', async () => {
    at.server.answer = (request) => (request.type === 'join' ? { type: 'joined', call: view({ participants: [participant(OLGA)] }) } : kind(request));
    const call = agent.join(LINK);
    const capabilities = call.feature(Features.Capabilities);
    const speakers = call.feature(Features.DominantSpeakers);
    const info = call.info;
    const hand = (): void => {
      const others = call.remoteParticipants.map((each) => ({ identifier: each.identifier, endpoints: each.endpointDetails, streams: each.videoStreams }));
      freeze({
        info, reason: call.callEndReason, caller: call.callerInfo, others, own: call.localVideoStreams, calls: agent.calls,
        capabilities: capabilities.capabilities, speakers: speakers.dominantSpeakers, sizes: call.remoteParticipants.map((each) => each.videoStreams[0]?.size),
      });
    };
    hand();
    expect(info.threadId).toBeUndefined();
    await settle();
    hand();
    expect(info.threadId).toBe('19:meeting_abc@thread.v2');
    expect(capabilities.capabilities.turnVideoOn).toEqual({ isPresent: true, reason: 'Capable' });
    at.server.event({ type: 'participantChanged', participant: participant(OLGA, { muted: true, videos: ['camera', 'screen'] }, 'Olga B') });
    at.server.event({ type: 'speakingChanged', users: [OLGA] });
    hand();
    const olga = call.remoteParticipants[0];
    expect([olga?.displayName, olga?.isMuted, olga?.videoStreams.map((stream) => stream.isAvailable)]).toEqual(['Olga B', true, [true, true]]);
    expect(speakers.dominantSpeakers.speakersList).toHaveLength(1);
    await call.hangUp();
    hand();
    expect(call.callEndReason).toMatchObject({ code: 0 });
  });

  it('devices that were handed out harms nothing', async () => {
    const manager = await client.getDeviceManager();
    freeze([await manager.getCameras(), await manager.getMicrophones(), manager.selectedMicrophone]);
    await manager.selectMicrophone((await manager.getMicrophones())[1] as sdk.AudioDeviceInfo);
    expect(manager.selectedMicrophone?.id).toBe('microphone:mic');
  });
});

describe('the package', () => {
  it('exports ACS\'s run-time values, and the old name of the renderer', () => {
    expect(Object.keys(sdk).sort()).toEqual([
      'CallAgentKind', 'CallClient', 'CallKind', 'DevicePermissionAccess', 'DiagnosticQuality', 'Features', 'IncomingCallKind', 'LocalAudioStream',
      'LocalVideoStream', 'RecordingState', 'Renderer', 'VideoStreamRenderer', 'WbLocalVideoStream', 'disconnectCategoryMap',
    ]);
    expect([sdk.DiagnosticQuality.Good, sdk.DiagnosticQuality.Bad, sdk.RecordingState.None, sdk.RecordingState.Ended]).toEqual([1, 3, 0, 3]);
  });

  it('carries one version, which peers of the 1.x line accept', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
    const { VERSION } = await import('../src/version.js');
    expect(manifest.version).toBe(VERSION);
    expect(VERSION).toMatch(/^1\.4[6-9]\.\d+$/);
  });
});
