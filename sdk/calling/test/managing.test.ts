import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAgent } from '../src/api/agent.js';
import type { Call } from '../src/api/call.js';
import { Features } from '../src/features/index.js';
import type { CallView, Capability } from '../src/signaling/protocol.gen.js';
import { LocalVideoStream } from '../src/streams/local-video-stream.js';
import { fixture } from './support/fixtures.js';
import {
  ANA, asStream, BEN, cameraStream, credential, FakeStream, kind, LEADS, OLGA, participant, refused, settle, TestClient, token, view, world, type World,
} from './support/fakes.js';
import { installPage } from './support/page.js';

const LINK = { meetingLink: 'https://meet.example/meet/123456789012?p=aB3dE5' };
const ANA_ID = { communicationUserId: ANA };
const named = (name: string): unknown => (fixture('client', name) as { request: unknown }).request;
let at: World;
let client: TestClient;
let agent: CallAgent;

beforeEach(async () => {
  vi.stubGlobal('MediaStream', FakeStream);
  installPage();
  at = world();
  client = new TestClient(at);
  agent = await client.createCallAgent(credential(token()), { displayName: 'Ana' });
  return async () => {
    await client.dispose();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

async function connected(joined: CallView = view(), options: Parameters<CallAgent['join']>[1] = {}): Promise<Call> {
  at.server.answer = (request) => (request.type === 'join' ? { type: 'joined', call: joined } : kind(request));
  const call = agent.join(LINK, options);
  await settle();
  at.connections.at(-1)?.become('connected');
  await settle();
  at.server.requests.length = 0;
  return call;
}

/** The server changes what this client may do. */
async function may(capabilities: readonly Capability[], reason: 'roleChanged' | 'accessChanged' | 'meetingOptionsChanged' = 'roleChanged', role: 'attendee' | 'presenter' = 'attendee'): Promise<void> {
  at.server.event({ type: 'capabilitiesChanged', role, capabilities: [...capabilities], reason });
  await settle();
}

describe('those who lead a call', () => {
  it('remove, mute, put back, let return and promote others by identifier', async () => {
    const call = await connected(view({ role: 'organizer', participants: [participant(ANA)] }));
    await call.removeParticipant(ANA_ID);
    await call.remoteParticipants[0]?.mute();
    await call.muteAllRemoteParticipants();
    await call.convene.putBackIntoLobby(ANA_ID);
    await call.convene.setRole(ANA_ID, 'Presenter');
    await call.convene.liftBar(ANA_ID);
    expect(at.server.requests).toEqual(['remove', 'mute', 'mute-all', 'put-back', 'set-role', 'lift-bar'].map(named));
  });

  it('hear the server\'s refusal, and what is wrong with an argument', async () => {
    const call = await connected();
    at.server.answer = () => refused(403, 90403);
    await expect(call.removeParticipant(ANA_ID)).rejects.toMatchObject({ name: 'CommunicationServicesError', code: 403, subCode: 90403 });
    await expect(call.muteAllRemoteParticipants()).rejects.toMatchObject({ code: 403 });
    await expect(call.removeParticipant('Ana' as never)).rejects.toMatchObject({ code: 400 });
    await expect(call.convene.setRole(ANA_ID, 'Organizer')).rejects.toMatchObject({ code: 400, message: expect.stringContaining('Co-organizer, Presenter, Attendee, Consumer') });
  });

  it('cannot mute those who wait', async () => {
    const call = await connected(view({ role: 'organizer', lobby: [{ user: BEN, displayName: 'Ben', waitedMs: 0 }] }));
    await expect(call.lobby.participants[0]?.mute()).rejects.toMatchObject({ code: 403 });
  });

  it('forbid and permit others to send, one by one and all at once', async () => {
    const call = await connected(view({ role: 'organizer', participants: [participant(ANA)] }));
    const access = call.feature(Features.MediaAccess);
    await access.forbidAudio([ANA_ID]);
    await access.permitOthersVideo();
    expect(at.server.requests).toEqual([named('set-access'), named('set-access-all')]);
    await Promise.all([access.permitAudio([ANA_ID]), access.forbidVideo([ANA_ID]), access.permitVideo([ANA_ID]), access.forbidOthersAudio(), access.permitOthersAudio(), access.forbidOthersVideo()]);
    expect(at.server.requests.slice(2)).toEqual([
      { type: 'setAccess', users: [ANA], source: 'microphone', permitted: true },
      { type: 'setAccess', users: [ANA], source: 'camera', permitted: false },
      { type: 'setAccess', users: [ANA], source: 'camera', permitted: true },
      { type: 'setAccess', users: null, source: 'microphone', permitted: false },
      { type: 'setAccess', users: null, source: 'microphone', permitted: true },
      { type: 'setAccess', users: null, source: 'camera', permitted: false },
    ]);
  });

  it('see who may send what, and when that changes', async () => {
    const call = await connected(view({ role: 'organizer', participants: [participant(ANA), participant(BEN)] }));
    const access = call.feature(Features.MediaAccess);
    const seen: unknown[] = [];
    access.on('mediaAccessChanged', ({ mediaAccesses }) => seen.push(mediaAccesses.map((each) => [each.isAudioPermitted, each.isVideoPermitted])));
    at.server.event({ type: 'participantChanged', participant: { ...participant(ANA), forbidden: ['microphone'] } });
    at.server.event({ type: 'participantChanged', participant: { ...participant(ANA, { muted: true }), forbidden: ['microphone'] } });
    at.server.event({ type: 'participantChanged', participant: participant(ANA) });
    expect(seen).toEqual([[[false, true]], [[true, true]]]);
    at.server.event({ type: 'participantChanged', participant: { ...participant(BEN), forbidden: ['camera'] } });
    expect(access.getAllOthersMediaAccess().map((each) => [each.isAudioPermitted, each.isVideoPermitted])).toEqual([[true, true], [true, false]]);
  });
});

describe('somebody who is muted by another', () => {
  it('is told once, sends nothing, tells the server nothing, and may unmute', async () => {
    const call = await connected();
    const seen: string[] = [];
    call.on('mutedByOthers', () => seen.push('mutedByOthers'));
    call.on('isMutedChanged', () => seen.push(`isMuted ${call.isMuted}`));
    at.server.event({ type: 'mutedByOther', by: OLGA });
    at.server.event({ type: 'mutedByOther', by: OLGA });
    await settle();
    expect([seen, at.microphone.tracks[0]?.enabled, at.server.requests]).toEqual([['isMuted true', 'mutedByOthers'], false, []]);
    await call.unmute();
    expect(at.server.requests).toEqual([{ type: 'setMuted', muted: false }]);
  });
});

describe('capabilities that change in the call', () => {
  it('are told with what they were and are, and why', async () => {
    const call = await connected();
    const feature = call.feature(Features.Capabilities);
    const seen: unknown[] = [];
    feature.on('capabilitiesChanged', ({ oldValue, newValue, reason }) => seen.push([oldValue, newValue, reason]));
    let roles = 0;
    call.on('roleChanged', () => (roles += 1));
    const yes = { isPresent: true, reason: 'Capable' };
    const [no, taken] = ['RoleRestricted', 'MeetingRestricted'].map((reason) => ({ isPresent: false, reason }));
    await may(['unmuteMic', 'turnVideoOn', 'shareScreen', 'muteOthers'], 'roleChanged', 'presenter');
    await may(['unmuteMic', 'turnVideoOn', 'shareScreen', 'muteOthers'], 'roleChanged', 'presenter');
    await may(['turnVideoOn', 'shareScreen', 'muteOthers'], 'accessChanged', 'presenter');
    await may(['shareScreen', 'muteOthers'], 'meetingOptionsChanged', 'presenter');
    expect(seen).toEqual([
      [{ muteOthers: no }, { muteOthers: yes }, 'RoleChanged'],
      [{ unmuteMic: yes }, { unmuteMic: taken }, 'UserPolicyChanged'],
      [{ turnVideoOn: yes }, { turnVideoOn: taken }, 'MeetingOptionOrOrganizerPolicyChanged'],
    ]);
    expect([call.role, roles]).toEqual(['Presenter', 1]);
  });

  it('stop here what may not be sent any more, and refuse to start it with a sentence', async () => {
    const call = await connected(view(), { videoOptions: { localVideoStreams: [new LocalVideoStream(asStream(cameraStream()))] } });
    await call.startScreenSharing(new LocalVideoStream(asStream(cameraStream('screen'))));
    at.server.requests.length = 0;
    await may([], 'accessChanged');
    expect([call.isMuted, call.isLocalVideoStarted, call.isScreenSharingOn, call.localVideoStreams]).toEqual([true, false, false, []]);
    expect([at.connections[0]?.sent.get('camera'), at.connections[0]?.sent.get('screen'), at.server.requests]).toEqual([null, null, []]);
    await expect(call.unmute()).rejects.toMatchObject({ name: 'CommunicationServicesError', code: 403, message: expect.stringContaining('may not speak') });
    await expect(call.startVideo(new LocalVideoStream(asStream(cameraStream())))).rejects.toMatchObject({ code: 403 });
    await expect(call.startScreenSharing()).rejects.toMatchObject({ code: 403 });
    await may(['unmuteMic', 'turnVideoOn'], 'accessChanged');
    await call.unmute();
    await call.startVideo(new LocalVideoStream(asStream(cameraStream())));
    expect(at.server.requests).toEqual([{ type: 'setMuted', muted: false }, { type: 'publish', source: 'camera' }]);
  });

  it('that are missing from the start mute those who joined unmuted', async () => {
    const call = await connected(view({ capabilities: [], muted: true }));
    expect([call.isMuted, at.server.asked('setMuted')]).toEqual([true, []]);
    expect(call.feature(Features.MediaAccess).getMeetingMediaAccess()).toEqual({ isAudioPermitted: false, isVideoPermitted: false });
  });

  it('by the meeting\'s options are told to who asks for media access', async () => {
    const call = await connected();
    const seen: unknown[] = [];
    call.feature(Features.MediaAccess).on('meetingMediaAccessChanged', ({ meetingMediaAccess }) => seen.push(meetingMediaAccess));
    await may(['turnVideoOn'], 'meetingOptionsChanged');
    await may([], 'accessChanged');
    expect(seen).toEqual([{ isAudioPermitted: false, isVideoPermitted: true }]);
  });

  it('give and take the lobby', async () => {
    const call = await connected();
    const seen: string[] = [];
    call.lobby.on('lobbyParticipantsUpdated', ({ added, removed }) => seen.push(`+${added.length} -${removed.length}`));
    await may(LEADS, 'roleChanged', 'presenter');
    at.server.event({ type: 'knocked', waiter: { user: BEN, displayName: 'Ben', waitedMs: 500 } });
    expect(call.lobby.participants).toHaveLength(1);
    await may(['unmuteMic'], 'roleChanged');
    expect([call.lobby.participants, seen]).toEqual([[], ['+1 -0', '+0 -1']]);
  });
});

describe('somebody who is put back', () => {
  const waiting = { participantId: 'leg of me', expiresInMs: 1_800_000 };

  it('waits again: nobody is seen, nothing is sent, and what was negotiated is closed', async () => {
    const call = await connected(view({ participants: [participant(OLGA, { videos: ['camera'] })] }), {
      videoOptions: { localVideoStreams: [new LocalVideoStream(asStream(cameraStream()))] },
    });
    await call.startScreenSharing(new LocalVideoStream(asStream(cameraStream('screen'))));
    await call.remoteParticipants[0]?.videoStreams[0]?.getMediaStream();
    await settle();
    at.server.requests.length = 0;
    const seen: string[] = [];
    call.on('stateChanged', () => seen.push(call.state));
    at.server.event({ type: 'putBack', waiting });
    await settle();
    expect([call.state, call.remoteParticipants, call.isScreenSharingOn, call.isLocalVideoStarted]).toEqual(['InLobby', [], false, true]);
    expect([at.connections[0]?.state, at.outputs[0]?.playing]).toEqual(['closed', false]);
    await call.mute();
    expect(at.server.requests).toEqual([]);
    expect(seen).toEqual(['InLobby']);
  });

  it('is Connected again when admitted again, over a new connection with the same camera', async () => {
    const call = await connected(view(), { videoOptions: { localVideoStreams: [new LocalVideoStream(asStream(cameraStream()))] } });
    const seen: string[] = [];
    call.on('stateChanged', () => seen.push(call.state));
    at.server.event({ type: 'putBack', waiting });
    await settle();
    at.server.event({ type: 'admitted', call: view({ participants: [participant(OLGA)] }) });
    await settle();
    expect(at.server.requests).toEqual([{ type: 'negotiate', offer: 'offer 1', tracks: [{ mid: '0', use: 'microphone' }] }, { type: 'publish', source: 'camera' }]);
    at.connections[1]?.become('connected');
    expect(seen).toEqual(['InLobby', 'Connecting', 'Connected']);
    expect(at.connections[1]?.sent.get('camera')).toBe(at.connections[0]?.sent.get('camera'));
    expect([call.remoteParticipants.length, at.outputs[0]?.playing]).toEqual([1, true]);
  });

  it('stays in the lobby when that comes while its media begins, and says what it sends once it is admitted', async () => {
    const usual = at.server.answer;
    const refused = { error: { code: 0, subCode: 90001, name: 'putBack', message: 'You were put back into the lobby.' } };
    at.server.answer = (request) => (request.type === 'negotiate' ? refused : usual(request));
    const call = await connected(view(), { videoOptions: { localVideoStreams: [new LocalVideoStream(asStream(cameraStream()))] } });
    at.server.answer = usual;
    at.server.event({ type: 'putBack', waiting });
    await settle();
    expect([call.state, at.server.asked('publish')]).toEqual(['InLobby', []]);
    at.server.event({ type: 'admitted', call: view({ participants: [participant(OLGA)] }) });
    await settle();
    at.connections[1]?.become('connected');
    expect([call.state, at.server.asked('publish').length]).toEqual(['Connected', 1]);
  });

  it('may be rejected, with the reason', async () => {
    const call = await connected();
    at.server.event({ type: 'putBack', waiting });
    at.server.event({ type: 'ended', end: { reason: { code: 0, subCode: 5854, name: 'lobbyRejected', message: 'No.' } } });
    expect(call.callEndReason).toEqual({ code: 0, subCode: 5854, message: 'No.' });
  });
});

describe('a participant whose connection is lost', () => {
  it('stays in the roster as Connected, and is seen from another device if there is one', async () => {
    vi.useFakeTimers();
    const call = await connected(view({ participants: [participant(OLGA, { videos: ['camera'] })] }));
    const [olga] = call.remoteParticipants;
    const stream = olga?.videoStreams[0];
    await stream?.getMediaStream();
    await settle();
    at.server.event({ type: 'slotsChanged', slots: [{ mid: '7', participantId: `leg of ${OLGA}`, source: 'camera' }] });
    for (const frames of [10, 20]) {
      at.connections.forEach((each) => (each.stats = { packets: frames, video: new Map([['7', { frames, width: 320, height: 180 }]]) }));
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(stream?.isReceiving).toBe(true);
    at.server.event({ type: 'participantChanged', participant: participant(OLGA, { videos: ['camera'], away: true }) });
    expect([olga?.state, stream?.isAvailable, stream?.isReceiving]).toEqual(['Connected', true, false]);
    const legs = [participant(OLGA, { videos: ['camera'], away: true }).legs[0], { participantId: 'other', muted: false, videos: ['camera' as const], away: false }];
    at.server.event({ type: 'participantChanged', participant: { ...participant(OLGA), legs: legs.flatMap((leg) => leg ?? []) } });
    await settle();
    expect(at.server.asked('subscribe').at(-1)).toEqual({ type: 'subscribe', videos: [{ participantId: 'other', source: 'camera' }] });
  });
});
