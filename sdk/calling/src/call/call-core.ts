import { asCallingError, type CallingError, failure, isInterruption, isPutBack } from '../errors.js';
import type { AudioOutput } from '../media/audio-output.js';
import type { Offer } from '../media/connection.js';
import { MediaSession } from '../media/media-session.js';
import type { CallView, Event, Reply, Request, WaitingView } from '../signaling/protocol.gen.js';
import { Emitter } from '../util/emitter.js';
import { CallDevices, type DeviceSelection } from './call-devices.js';
import { CallDetails } from './call-info.js';
import { CallData } from './data.js';
import { CallHands } from './hands.js';
import { CallHold } from './hold.js';
import { CallLifecycle } from './call-state.js';
import type { CallSetup } from './call-setup.js';
import { CallLine } from './line.js';
import { entryRequest, PLACE_LOST } from './entry.js';
import { CallLobby } from './lobby.js';
import { CallManaging } from './managing.js';
import { Microphone } from './microphone.js';
import { CallNotices } from './notices.js';
import { asEnd, ownEnd, unexpected, warn } from './problems.js';
import { CallRinging } from './ringing.js';
import { endReasonOf, Roster } from './roster.js';
import { CallSpotlight } from './spotlight.js';
import { Standing } from './standing.js';
import { CallTexts } from './texts.js';
import { VideoSender } from './video-sender.js';
import { VideoSubscriptions } from './video-subscriptions.js';

/** How long hanging up waits for the server. Longer: people stare at a call that they left. Shorter: a slow server calls them vanished. */
const END_MAX_MS = 3_000;

/** What the core tells beside its managers' own events. */
export interface CallCoreEvents {
  idChanged: () => void;
  /** The connection to the server was lost, or the call is back. */
  lineChanged: () => void;
  /** The sound of the others comes on other tracks. */
  audioRenewed: () => void;
  /** How it stands with somebody else's network and devices. */
  diagnosticsTold: (told: Extract<Event, { type: 'diagnosticsTold' }>) => void;
}

/**
 * One call: it routes what the server says to the managers, and owns no feature's state.
 *
 * `join` once, `handleEvent` for each event of the call's handle; `handleInterrupted` when the session is lost, then `handleReconnected` with the
 * next one, or `handleConnectionLost` when there will be none.
 */
export class CallCore {
  readonly events = new Emitter<CallCoreEvents>();
  readonly lifecycle = new CallLifecycle();
  readonly details: CallDetails;
  readonly lobby: CallLobby;
  readonly managing: CallManaging;
  readonly hands: CallHands;
  readonly spotlight: CallSpotlight;
  readonly notices: CallNotices;
  readonly data: CallData;
  readonly texts: CallTexts;
  readonly standing = new Standing();
  readonly roster: Roster;
  readonly microphone: Microphone;
  readonly camera: VideoSender;
  readonly screen: VideoSender;
  readonly output: AudioOutput;
  readonly media: MediaSession;
  readonly ringing: CallRinging;
  readonly hold: CallHold;
  private readonly subscriptions: VideoSubscriptions;
  private readonly line: CallLine;
  private readonly deviceSelection: CallDevices;
  private currentId: string;
  private resumeSecret = '';

  constructor(private readonly setup: CallSetup) {
    const request = (given: Request): Promise<Reply> => this.request(given);
    const { platform, devices, options, entry } = setup;
    this.currentId = entry.kind === 'accept' ? entry.callId : crypto.randomUUID();
    this.line = new CallLine(setup.channel);
    this.details = new CallDetails(entry.kind === 'join' && entry.target.kind === 'group' ? entry.target.groupId : undefined);
    this.media = new MediaSession(() => platform.createMediaConnection(setup.iceServers()));
    this.output = platform.createAudioOutput();
    this.lobby = new CallLobby(request);
    this.managing = new CallManaging(request);
    this.hands = new CallHands(setup.user, request);
    this.spotlight = new CallSpotlight(setup.user, request);
    this.notices = new CallNotices(request);
    this.subscriptions = new VideoSubscriptions({
      subscribe: async (videos) => void (await request({ type: 'subscribe', videos })),
      ensureVideoSlots: (count) => this.media.ensureVideoSlots(count),
      trackOf: (mid) => this.media.trackOf(mid),
    });
    this.roster = new Roster({
      handleDemandChanged: (stream) => this.subscriptions.handleDemandChanged(stream),
      mute: (user) => this.managing.mute(user),
    });
    this.hold = new CallHold(entry, this.roster, this.lifecycle, this.media, request);
    this.ringing = new CallRinging(entry, this.roster, this.lifecycle, request);
    this.data = new CallData(() => this.lifecycle.isIn, request, this.roster);
    this.texts = new CallTexts(request);
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
    this.deviceSelection = new CallDevices(devices, {
      setSpeaker: (id) => this.output.setSpeaker(id),
      setMicrophone: (device) => void this.microphone.handleDevice(device).catch(warn('The selected microphone could not be used')),
    });
    this.media.events.on('connected', () => this.ringing.handleMediaConnected());
    this.media.events.on('failed', (reason) => this.giveUp(reason));
    this.media.events.on('troubled', () => this.line.doubt());
    this.media.events.on('inbound', (inbound) => this.subscriptions.handleInbound(inbound));
    this.media.expect(() => !this.hold.isHeld && (this.subscriptions.isReceiving || this.roster.participants.some((each) => each.isHeard)));
  }

  get id(): string {
    return this.currentId;
  }

  /** This client's own raw id, and by which name others see it. */
  get self(): { readonly user: string; readonly displayName: string } {
    return this.setup;
  }

  get devices(): DeviceSelection {
    return this.setup.devices;
  }

  /** True while the connection to the server is lost and the call waits for the next one. */
  get isInterrupted(): boolean {
    return this.line.isAway;
  }

  /** Asks the server to let this client in, and prepares devices and media meanwhile. */
  async join(): Promise<void> {
    if (this.lifecycle.handleJoining()) {
      const asked = this.ask();
      this.prepare();
      await asked;
    }
  }

  /** Comes in, or knocks; once more after the connection was lost meanwhile. */
  private async ask(): Promise<void> {
    const { entry, displayName } = this.setup;
    try {
      const reply = await this.request(entryRequest(entry, displayName, this.microphone.isMuted));
      if (reply.type === 'joined') {
        await this.enter(reply.call);
      } else if (reply.type === 'waiting') {
        this.details.handleWaiting(reply.waiting.participantId, entry.kind === 'accept' ? entry.callId : undefined);
        this.lifecycle.handleWaiting();
      } else {
        throw unexpected(entryRequest(entry, displayName, false).type, reply);
      }
    } catch (error) {
      this.failed(error, false);
    }
  }

  handleEvent(event: Event): void {
    switch (event.type) {
      case 'admitted':
        void this.enter(event.call);
        return;
      case 'putBack':
        this.handlePutBack(event.waiting);
        return;
      case 'mutedByOther':
        this.microphone.handleMuted();
        return;
      case 'capabilitiesChanged':
        this.standing.handle(event.role, event.capabilities, event.reason);
        this.applyStanding();
        return;
      case 'ended':
        this.end(asEnd(event.end.reason));
        return;
      case 'participantJoined':
      case 'participantChanged':
      case 'ringingChanged':
      case 'ringEnded':
      case 'participantLeft':
      case 'transferRequested':
      case 'transferFailed':
        this.ringing.handleEvent(event);
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
      case 'handsChanged':
        this.hands.handleHands(event.hands);
        return;
      case 'spotlightChanged':
        this.spotlight.handleUsers(event.users);
        return;
      case 'reacted':
        this.spotlight.handleReacted(event.user, event.reaction);
        return;
      case 'dataReceived':
        this.data.handleReceived(event);
        return;
      case 'dataClosed':
        this.data.handleClosed(event);
        return;
      case 'textReceived':
        this.texts.handleReceived(event);
        return;
      case 'diagnosticsTold':
        this.events.emit('diagnosticsTold', event);
        return;
      case 'noticesChanged':
        this.notices.handleNotices(event.notices);
        return;
    }
  }

  handleConnectionLost(reason: CallingError): void {
    this.end(reason);
  }

  /** The connection to the server is lost. The call goes on: it waits for the next connection. */
  handleInterrupted(): void {
    const { kind } = this.lifecycle;
    if (kind === 'created' || kind === 'leaving' || kind === 'ended' || this.line.isAway) {
      return;
    }
    this.line.handleAway();
    this.microphone.handleAway();
    this.camera.handleAway();
    this.screen.handleAway();
    this.subscriptions.handleAway();
    this.media.handleInterrupted();
    this.events.emit('lineChanged');
  }

  /** There is a connection again. Who waited for a call that can be joined knocks again; who was in takes the same place again. */
  handleReconnected(): void {
    if (!this.line.isAway) {
      return;
    }
    if (this.lifecycle.isIn) {
      void this.comeBack();
    } else if (this.lifecycle.kind === 'waiting' && this.setup.entry.kind !== 'join') {
      this.end(failure('networkLost', PLACE_LOST));
    } else {
      this.line.handleBack();
      this.events.emit('lineChanged');
      void this.ask();
    }
  }

  /** @throws CommunicationServicesError if the call may not be ended for everybody by this client */
  async hangUp(forEveryone: boolean): Promise<void> {
    if (this.lifecycle.isEnded) {
      return;
    }
    if (forEveryone) {
      await this.request({ type: 'endForEveryone' });
      this.lifecycle.handleLeaving();
      await this.lifecycle.untilEnded(END_MAX_MS);
    } else {
      this.lifecycle.handleLeaving();
      await Promise.race([this.leave(), this.lifecycle.untilEnded(END_MAX_MS)]);
    }
    this.end(ownEnd(forEveryone));
  }

  /** Asks for something to be done in this call. */
  request(request: Request): Promise<Reply> {
    return this.line.request(request);
  }

  /** Asks for something that needs no place in the call, also after its end. */
  requestBesides(request: Request): Promise<Reply> {
    return this.setup.channel.request(request);
  }

  /** The `id` of the remote video that arrives on that m-line now. */
  streamIdOf(mid: string): number | undefined {
    return this.subscriptions.streamIdOf(mid);
  }

  private createSender(source: 'camera' | 'screen'): VideoSender {
    return new VideoSender({
      setTrack: (track) => this.media.setTrack(source, track),
      publish: async () => void (await this.request({ type: 'publish', source })),
      unpublish: async () => void (await this.request({ type: 'unpublish', source })),
    });
  }

  /** Devices, peer connection and local offer: nothing of it goes to the server before this client is in. */
  private prepare(): void {
    const { options } = this.setup;
    this.deviceSelection.start();
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
    this.adopt(view);
    this.lifecycle.handleEntered();
    this.ringing.handleEntered();
    this.playOthers();
    try {
      await this.media.start(this.negotiate);
    } catch (error) {
      this.failed(error);
      return;
    }
    // Not if it was put back meanwhile.
    if (this.lifecycle.isIn) {
      this.subscriptions.handleReady();
      this.tellWhatIsSent(view);
    }
  }

  /** Takes the same place again after the connection was lost. Everything may have changed meanwhile; only differences are told. */
  private async comeBack(): Promise<void> {
    const view = await this.askForPlace();
    if (!view) {
      return;
    }
    try {
      this.line.handleBack();
      this.adopt(view);
      this.events.emit('lineChanged');
      const repaired = this.media.resume(view.mediaKept);
      if (!view.mediaKept) {
        this.playOthers();
      }
      this.tellWhatIsSent(view);
      await repaired;
      await this.subscriptions.handleBack(view.mediaKept);
    } catch (error) {
      this.failed(error);
    }
  }

  private async askForPlace(): Promise<CallView | undefined> {
    try {
      const reply = await this.request({ type: 'resume', secret: this.resumeSecret });
      if (reply.type !== 'joined') {
        throw unexpected('resume', reply);
      }
      return this.lifecycle.isIn ? reply.call : undefined;
    } catch (error) {
      this.failed(error, false);
      return undefined;
    }
  }

  /** The call as the server has it. */
  private adopt(view: CallView): void {
    this.resumeSecret = view.resumeSecret;
    this.details.handleView(view);
    this.setId(view.callId);
    this.standing.handle(view.role, view.capabilities, 'roleChanged');
    this.roster.handleView(view.participants);
    this.lobby.handleView(view.lobby);
    this.applyStanding();
  }

  /** What this client may not do ends here, too. */
  private applyStanding(): void {
    if (!this.standing.may('unmuteMic')) {
      this.microphone.handleForbidden();
    }
    if (!this.standing.may('turnVideoOn')) {
      this.camera.handleForbidden().catch(warn('The camera could not be stopped'));
    }
    if (!this.standing.may('shareScreen')) {
      this.screen.handleForbidden().catch(warn('The screen share could not be stopped'));
    }
    if (!this.standing.may('manageLobby')) {
      this.lobby.handleView([]);
    }
  }

  private tellWhatIsSent(view: CallView): void {
    const told = [this.microphone.handleEntered(view.muted), this.camera.handleEntered(), this.screen.handleEntered(), this.hold.handleEntered(view.held ?? false)];
    told.forEach((each) => each.catch(warn('The others were not told what is sent')));
  }

  private playOthers(): void {
    this.output.play(this.media.audioTracks());
    this.events.emit('audioRenewed');
  }

  /** Back in the lobby: nothing is sent and received any more, and everything is made ready for being admitted again. */
  private handlePutBack(waiting: WaitingView): void {
    if (!this.lifecycle.isIn) {
      return;
    }
    this.microphone.handleAway();
    this.camera.handleAway();
    this.screen.handleForbidden().catch(warn('The screen share could not be stopped'));
    this.screen.handleAway();
    this.subscriptions.handleReset();
    this.ringing.handleReset();
    this.media.reset();
    this.output.close();
    this.details.handleWaiting(waiting.participantId);
    this.lifecycle.handleWaiting();
    this.forgetOthers();
    this.media.prepare().catch(warn('The offer could not be prepared'));
  }

  private readonly negotiate = async ({ sdp, tracks }: Offer): Promise<string> => {
    const reply = await this.request({ type: 'negotiate', offer: sdp, tracks });
    if (reply.type !== 'answer') {
      throw unexpected('negotiate', reply);
    }
    return reply.answer;
  };

  /** An interruption is repaired by the next connection, being put back by being admitted; anything else ends the call. */
  private failed(error: unknown, leave = true): void {
    if (isPutBack(error) || (this.line.isAway && isInterruption(error))) {
      return;
    }
    if (leave) {
      this.giveUp(asCallingError(error));
    } else {
      this.end(asCallingError(error));
    }
  }

  private setId(id: string): void {
    if (id !== this.currentId) {
      this.currentId = id;
      this.events.emit('idChanged');
    }
  }

  /** Media cannot go on: the server is told, and the call ends here with the reason. */
  private giveUp(reason: CallingError): void {
    if (!this.lifecycle.isEnded) {
      void this.leave();
    }
    this.end(reason);
  }

  private async leave(): Promise<void> {
    if (this.line.isOpen && !this.line.isAway) {
      await this.request({ type: 'leave' }).catch(warn('The server was not told that this client leaves'));
    }
  }

  /** First the reason, then the state, then the agent's `callsUpdated`, then everything that the call held. */
  private end(reason: CallingError): void {
    const why = this.ringing.explain(reason);
    if (!this.lifecycle.handleEnded(endReasonOf(why))) {
      return;
    }
    this.details.handleEnded(why);
    this.line.handleEnded();
    this.deviceSelection.close();
    this.microphone.close();
    this.camera.close();
    this.screen.close();
    this.media.close();
    this.output.close();
    this.forgetOthers();
  }

  private forgetOthers(): void {
    this.roster.handleEnded();
    this.lobby.handleEnded();
    this.hands.handleHands([]);
    this.spotlight.handleUsers([]);
    this.notices.handleNotices([]);
    this.data.handleEnded();
    this.texts.handleEnded();
  }
}
