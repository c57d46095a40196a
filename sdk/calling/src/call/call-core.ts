import type { ParticipantRole } from '../api/common.js';
import type { IceServer } from '../api/agent.js';
import type { JoinCallOptions } from '../api/call.js';
import type { DeviceManager } from '../api/devices.js';
import { asCallingError, CallingError, failure } from '../errors.js';
import type { AudioOutput } from '../media/audio-output.js';
import { MediaSession } from '../media/media-session.js';
import type { Platform } from '../platform.js';
import type { CallView, Capability, Event, JoinTarget, Reply, Request } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { log } from '../util/logger.js';
import { CallDetails } from './call-info.js';
import { CallLifecycle } from './call-state.js';
import { CallLobby } from './lobby.js';
import { Microphone } from './microphone.js';
import { roleName } from './remote-participant.js';
import { endReasonOf, Roster } from './roster.js';
import { VideoSender } from './video-sender.js';
import { VideoSubscriptions } from './video-subscriptions.js';

/** How long hanging up waits for the server. Longer: people stare at a call that they left. Shorter: a slow server calls them vanished. */
const END_MAX_MS = 3_000;

/** One call's line to the server. */
export interface CallChannel {
  /** Whether there is a session now. */
  readonly isOpen: boolean;
  request(request: Request): Promise<Reply>;
}

/** What the app selected in its device manager. */
export type DeviceSelection = Pick<DeviceManager, 'selectedMicrophone' | 'selectedSpeaker' | 'on' | 'off'>;

/** What a call is made of. */
export interface CallSetup {
  readonly target: JoinTarget;
  readonly displayName: string;
  readonly options: JoinCallOptions;
  readonly channel: CallChannel;
  readonly platform: Platform;
  readonly devices: DeviceSelection;
  readonly iceServers: readonly IceServer[];
}

/** What the core tells beside its managers' own events. */
export interface CallCoreEvents {
  idChanged: () => void;
  roleChanged: () => void;
  capabilitiesChanged: () => void;
}

/**
 * One call: it routes what the server says to the managers, and owns no feature's state.
 *
 * `join` once, `handleEvent` for each event of the call's handle, `handleConnectionLost` if the session is lost.
 */
export class CallCore {
  readonly events = new Emitter<CallCoreEvents>();
  readonly lifecycle = new CallLifecycle();
  readonly details: CallDetails;
  readonly lobby: CallLobby;
  readonly roster: Roster;
  readonly microphone: Microphone;
  readonly camera: VideoSender;
  readonly screen: VideoSender;
  readonly output: AudioOutput;
  readonly media: MediaSession;
  private readonly subscriptions: VideoSubscriptions;
  private currentId: string = crypto.randomUUID();
  private currentRole: ParticipantRole = 'Unknown';
  private currentCapabilities: readonly Capability[] | undefined;

  constructor(private readonly setup: CallSetup) {
    const request = (given: Request): Promise<Reply> => this.request(given);
    const { platform, devices, options } = setup;
    this.details = new CallDetails(setup.target.kind === 'group' ? setup.target.groupId : undefined);
    this.media = new MediaSession(() => platform.createMediaConnection(setup.iceServers));
    this.output = platform.createAudioOutput();
    this.lobby = new CallLobby(request);
    this.subscriptions = new VideoSubscriptions({
      subscribe: async (videos) => void (await request({ type: 'subscribe', videos })),
      ensureVideoSlots: (count) => this.media.ensureVideoSlots(count),
      trackOf: (mid) => this.media.trackOf(mid),
    });
    this.roster = new Roster(this.subscriptions);
    this.microphone = new Microphone(
      {
        createStream: () => platform.createMicrophone(devices.selectedMicrophone),
        setTrack: (track) => this.media.setTrack('microphone', track),
        tellMuted: async (muted) => void (await request({ type: 'setMuted', muted })),
      },
      options.audioOptions?.muted ?? false,
    );
    this.camera = this.createSender('camera');
    this.screen = this.createSender('screen');
    this.media.events.on('connected', () => this.lifecycle.handleMediaConnected());
    this.media.events.on('failed', (reason) => this.giveUp(reason));
    this.media.events.on('inbound', (inbound) => {
      this.subscriptions.handleInbound(inbound);
      this.media.handleExpectation(this.subscriptions.isReceiving || this.roster.participants.some((each) => !each.isMuted));
    });
  }

  get id(): string {
    return this.currentId;
  }

  get role(): ParticipantRole {
    return this.currentRole;
  }

  /** What this client may do; undefined until the server said. */
  get capabilities(): readonly Capability[] | undefined {
    return this.currentCapabilities;
  }

  /** Asks the server to let this client in, and prepares devices and media meanwhile. */
  async join(): Promise<void> {
    const { target, displayName, options } = this.setup;
    if (!this.lifecycle.handleJoining()) {
      return;
    }
    const muted = options.audioOptions?.muted ?? false;
    try {
      const asked = this.request({ type: 'join', target, displayName, muted });
      this.prepare();
      const reply = await asked;
      if (reply.type === 'joined') {
        await this.enter(reply.call);
      } else if (reply.type === 'waiting') {
        this.details.handleWaiting(reply.waiting.participantId);
        this.lifecycle.handleWaiting();
      } else {
        throw failure('protocolBroken', `The server answered join with ${reply.type}. Update the older of client and server.`);
      }
    } catch (error) {
      this.end(asCallingError(error));
    }
  }

  handleEvent(event: Event): void {
    switch (event.type) {
      case 'admitted':
        void this.enter(event.call);
        return;
      case 'ended':
        this.end(asEnd(event.end.reason));
        return;
      case 'participantJoined':
      case 'participantChanged':
        this.roster.handleParticipant(event.participant);
        return;
      case 'participantLeft':
        this.roster.handleLeft(event.user, event.reason);
        return;
      case 'knocked':
        this.lobby.handleKnocked(event.waiter);
        return;
      case 'lobbyLeft':
        this.lobby.handleLeft(event.user, event.outcome);
        return;
      case 'speakingChanged':
        this.roster.handleSpeaking(event.users);
        return;
      case 'slotsChanged':
        this.subscriptions.handleSlots(event.slots);
        return;
    }
  }

  handleConnectionLost(reason: CallingError): void {
    this.end(reason);
  }

  /** @throws CommunicationServicesError if the call may not be ended for everybody by this client */
  async hangUp(forEveryone: boolean): Promise<void> {
    if (this.lifecycle.isEnded) {
      return;
    }
    const local = forEveryone
      ? { code: 0, subCode: 4097, message: 'The meeting was ended for everybody.' }
      : { code: 0, subCode: 0, message: 'You left the call.' };
    if (forEveryone) {
      await this.request({ type: 'endForEveryone' });
      this.lifecycle.handleLeaving();
      await this.waitForEnd();
    } else {
      this.lifecycle.handleLeaving();
      await Promise.race([this.leave(), this.waitForEnd()]);
    }
    this.end(asEnd(local));
  }

  /** Asks for something to be done in this call. */
  request(request: Request): Promise<Reply> {
    if (this.lifecycle.isEnded) {
      return Promise.reject(failure('callEnded', 'The call has ended. Join again.'));
    }
    return this.setup.channel.request(request);
  }

  private createSender(source: 'camera' | 'screen'): VideoSender {
    return new VideoSender({
      setTrack: (track) => this.media.setTrack(source, track),
      publish: async () => void (await this.request({ type: 'publish', source })),
      unpublish: async () => void (await this.request({ type: 'unpublish', source })),
    });
  }

  private readonly handleSpeaker = (): void => this.output.setSpeaker(this.setup.devices.selectedSpeaker?.id);

  private readonly handleMicrophone = (): void => {
    const device = this.setup.devices.selectedMicrophone;
    if (device) {
      this.microphone.handleDevice(device).catch(warn('The selected microphone could not be used'));
    }
  };

  /** Devices, peer connection and local offer: nothing of it goes to the server before this client is in. */
  private prepare(): void {
    const { options, devices } = this.setup;
    this.output.setSpeaker(devices.selectedSpeaker?.id);
    devices.on('selectedSpeakerChanged', this.handleSpeaker);
    devices.on('selectedMicrophoneChanged', this.handleMicrophone);
    this.media.prepare().catch(warn('The offer could not be prepared'));
    this.media.limitVideo(options.videoOptions?.constraints?.send ?? {}).catch(warn('The video could not be limited'));
    this.microphone.start(options.audioOptions?.localAudioStreams?.[0]).catch(warn('The microphone could not be started'));
    const video = options.videoOptions?.localVideoStreams?.[0];
    if (video) {
      this.camera.start(video).catch(warn('The camera could not be started'));
    }
  }

  private async enter(view: CallView): Promise<void> {
    if (this.lifecycle.isIn || this.lifecycle.isEnded || this.lifecycle.kind === 'leaving') {
      return;
    }
    this.details.handleView(view);
    this.setId(view.callId);
    this.setRole(view);
    this.roster.handleView(view.participants);
    this.lobby.handleView(view.lobby);
    this.lifecycle.handleEntered();
    this.output.play(this.media.audioTracks());
    try {
      await this.media.start(async ({ sdp, tracks }) => {
        const reply = await this.request({ type: 'negotiate', offer: sdp, tracks });
        if (reply.type !== 'answer') {
          throw failure('protocolBroken', `The server answered negotiate with ${reply.type}. Update the older of client and server.`);
        }
        return reply.answer;
      });
    } catch (error) {
      this.giveUp(asCallingError(error));
      return;
    }
    this.subscriptions.handleReady();
    for (const sender of [this.microphone, this.camera, this.screen]) {
      sender.handleEntered().catch(warn('The others were not told what is sent'));
    }
  }

  private setId(id: string): void {
    if (id !== this.currentId) {
      this.currentId = id;
      this.events.emit('idChanged');
    }
  }

  private setRole(view: CallView): void {
    this.currentRole = roleName(view.role);
    this.currentCapabilities = view.capabilities;
    this.events.emit('roleChanged');
    this.events.emit('capabilitiesChanged');
  }

  private waitForEnd(): Promise<void> {
    return new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.lifecycle.events.off('ended', done);
        resolve();
      };
      const timer = setTimeout(done, END_MAX_MS);
      this.lifecycle.events.on('ended', done);
      if (this.lifecycle.isEnded) {
        done();
      }
    });
  }

  /** Media cannot go on: the server is told, and the call ends here with the reason. */
  private giveUp(reason: CallingError): void {
    if (!this.lifecycle.isEnded) {
      void this.leave();
    }
    this.end(reason);
  }

  private async leave(): Promise<void> {
    if (this.setup.channel.isOpen) {
      await this.request({ type: 'leave' }).catch(warn('The server was not told that this client leaves'));
    }
  }

  /** First the reason, then the state, then the agent's `callsUpdated`, then everything that the call held. */
  private end(reason: CallingError): void {
    if (!this.lifecycle.handleEnded(endReasonOf(reason))) {
      return;
    }
    this.details.handleEnded(reason);
    this.setup.devices.off('selectedSpeakerChanged', this.handleSpeaker);
    this.setup.devices.off('selectedMicrophoneChanged', this.handleMicrophone);
    this.microphone.close();
    this.camera.close();
    this.screen.close();
    this.media.close();
    this.output.close();
    this.roster.handleEnded();
    this.lobby.handleEnded();
  }
}

function asEnd(reason: { code: number; subCode: number; message: string }): CallingError {
  return new CallingError(reason.code, reason.subCode, reason.message);
}

/** What goes wrong beside the call is logged; the call goes on. */
function warn(what: string): (error: unknown) => void {
  return (error) => log.warning(`${what}: ${asCallingError(error).message}`);
}
