import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { Call, CallEvents, CallFeature, CallFeatureFactory, CallInfo, ConveneAnnouncing, ConveneManaging, HangUpOptions } from '../api/call.js';
import type { CallAgentCommon } from '../api/agent.js';
import type { CallConstraints, CallDirection, CallEndReason, CallerInfo, CallState, DtmfTone, ParticipantRole } from '../api/common.js';
import { CallKind } from '../api/enums.js';
import type { Lobby, RemoteParticipant } from '../api/participant.js';
import type { RemoteAudioStream } from '../api/streams.js';
import { CallDiagnostics } from '../diagnostics/call-diagnostics.js';
import { failure } from '../errors.js';
import { FeatureSet } from '../features/feature-set.js';
import type { InternalCallContext } from '../features/context.js';
import type { LocalAudioStream } from '../streams/local-audio-stream.js';
import { LocalVideoStream } from '../streams/local-video-stream.js';
import { MixedAudioStream } from '../streams/mixed-audio-stream.js';
import { videoSourceOf } from '../streams/video-source.js';
import { Emitter } from '../util/emitter.js';
import { calleeOf } from './callees.js';
import type { CallCore } from './call-core.js';
import { conveneActions } from './convene.js';
import { toneOf } from './tones.js';

/** The call that apps see: ACS's names over `CallCore`. */
export class ClientCall implements Call {
  readonly convene: ConveneManaging & ConveneAnnouncing;
  private readonly emitter = new Emitter<CallEvents>();
  private readonly features = new FeatureSet();
  private readonly context: InternalCallContext;
  private readonly mixed: MixedAudioStream;
  private incomingMuted = false;

  /**
   * @param caller who called: this client, but for calls that rang here
   */
  constructor(
    private readonly core: CallCore,
    agent: CallAgentCommon,
    private readonly caller: { readonly identifier: CommunicationIdentifierKind; readonly displayName: string; readonly direction: CallDirection; readonly transferor?: CallerInfo | undefined },
    readonly kind: CallKind = CallKind.Call,
  ) {
    this.context = { call: this, callAgent: agent, core, diagnostics: new CallDiagnostics(core) };
    this.convene = conveneActions(core.managing, core.notices);
    this.mixed = new MixedAudioStream(() => core.media.audioTracks());
    const tell = <K extends keyof CallEvents>(event: K, ...args: Parameters<CallEvents[K]>): void => this.emitter.emit(event, ...args);
    let heard: readonly RemoteAudioStream[] = [];
    core.lifecycle.events.on('stateChanged', () => {
      const before = heard;
      heard = this.remoteAudioStreams;
      tell('stateChanged');
      if (heard.length !== before.length) {
        tell('remoteAudioStreamsUpdated', { added: [...heard], removed: [...before] });
      }
    });
    core.lifecycle.events.on('ended', () => this.mixed.dispose());
    core.events.on('idChanged', () => tell('idChanged'));
    core.events.on('audioRenewed', () => this.mixed.handleTracks());
    core.standing.events.on('roleChanged', () => tell('roleChanged'));
    core.roster.events.on('updated', (change) => tell('remoteParticipantsUpdated', change));
    core.microphone.events.on('mutedChanged', () => tell('isMutedChanged'));
    core.microphone.events.on('mutedByOther', () => tell('mutedByOthers'));
    core.microphone.events.on('streamsUpdated', (change) => tell('localAudioStreamsUpdated', change));
    core.camera.events.on('updated', (change) => {
      tell('isLocalVideoStartedChanged');
      tell('localVideoStreamsUpdated', change);
    });
    core.screen.events.on('updated', (change) => {
      tell('isScreenSharingOnChanged');
      tell('localVideoStreamsUpdated', change);
    });
  }

  get id(): string {
    return this.core.id;
  }

  get info(): CallInfo {
    return this.core.details;
  }

  get state(): CallState {
    return this.core.lifecycle.state;
  }

  get callEndReason(): CallEndReason | undefined {
    const reason = this.core.lifecycle.endReason;
    return reason && { ...reason };
  }

  get callerInfo(): CallerInfo {
    return { identifier: { ...this.caller.identifier }, displayName: this.caller.displayName };
  }

  get transferorInfo(): CallerInfo | undefined {
    return this.caller.transferor && { ...this.caller.transferor };
  }

  get direction(): CallDirection {
    return this.caller.direction;
  }

  get role(): ParticipantRole {
    return this.core.standing.role;
  }

  get isMuted(): boolean {
    return this.core.microphone.isMuted;
  }

  get isIncomingAudioMuted(): boolean {
    return this.incomingMuted;
  }

  get isScreenSharingOn(): boolean {
    return this.core.screen.stream !== undefined;
  }

  get isLocalVideoStarted(): boolean {
    return this.core.camera.stream !== undefined;
  }

  get localVideoStreams(): ReadonlyArray<LocalVideoStream> {
    return [this.core.camera.stream, this.core.screen.stream].filter((stream) => stream !== undefined);
  }

  get localAudioStreams(): ReadonlyArray<LocalAudioStream> {
    return this.core.microphone.streams;
  }

  get remoteAudioStreams(): ReadonlyArray<RemoteAudioStream> {
    return this.core.lifecycle.kind === 'connected' ? [this.mixed] : [];
  }

  get remoteParticipants(): ReadonlyArray<RemoteParticipant> {
    return this.core.roster.participants;
  }

  get lobby(): Lobby {
    return this.core.lobby;
  }

  on<K extends keyof CallEvents>(event: K, listener: CallEvents[K]): void {
    this.emitter.on(event, listener);
  }

  off<K extends keyof CallEvents>(event: K, listener: CallEvents[K]): void {
    this.emitter.off(event, listener);
  }

  feature<TFeature extends CallFeature>(factory: CallFeatureFactory<TFeature>): TFeature {
    return this.features.get(factory?.callApiCtor, this.context);
  }

  api<TFeature extends CallFeature>(factory: CallFeatureFactory<TFeature>): TFeature {
    return this.feature(factory);
  }

  hangUp(options?: HangUpOptions): Promise<void> {
    return this.core.hangUp(options?.forEveryone ?? false);
  }

  async mute(): Promise<void> {
    this.mustGoOn('mute');
    await this.core.microphone.mute();
  }

  async unmute(): Promise<void> {
    this.mustGoOn('unmute');
    this.core.standing.mustMay('unmuteMic');
    await this.core.microphone.unmute();
  }

  muteIncomingAudio(): Promise<void> {
    this.setIncomingMuted(true);
    return Promise.resolve();
  }

  unmuteIncomingAudio(): Promise<void> {
    this.setIncomingMuted(false);
    return Promise.resolve();
  }

  async startVideo(localVideoStream: LocalVideoStream): Promise<void> {
    this.mustGoOn('startVideo');
    this.core.standing.mustMay('turnVideoOn');
    if (this.core.camera.isBusy) {
      throw failure('videoAlreadyStarted', 'The video is on already. Call stopVideo first, or switchSource on the stream.');
    }
    await this.core.camera.start(localVideoStream);
  }

  async stopVideo(localVideoStream: LocalVideoStream): Promise<void> {
    if (!isLocalVideo(localVideoStream)) {
      throw failure('videoStopArgument', 'stopVideo needs the LocalVideoStream that is being sent: the one in call.localVideoStreams.');
    }
    if (!this.core.camera.isBusy || (this.core.camera.stream && this.core.camera.stream !== localVideoStream)) {
      throw failure('videoNotStarted', 'This stream is not being sent. Pass the one in call.localVideoStreams.');
    }
    await this.core.camera.stop();
  }

  async startScreenSharing(localVideoStream?: LocalVideoStream): Promise<void> {
    if (localVideoStream !== undefined && !isLocalVideo(localVideoStream)) {
      throw failure('videoArgument', 'startScreenSharing takes a LocalVideoStream, or nothing: then the browser asks which screen.');
    }
    if (this.state !== 'Connected') {
      throw failure('screenNotConnected', 'The screen can be shared when the call is Connected.');
    }
    if (this.core.screen.isBusy) {
      throw failure('screenAlreadyOn', 'The screen is being shared already. Call stopScreenSharing first.');
    }
    this.core.standing.mustMay('shareScreen');
    localVideoStream?.handleShared();
    await this.core.screen.start(localVideoStream ?? LocalVideoStream.screen());
  }

  async stopScreenSharing(): Promise<void> {
    if (!this.core.screen.isBusy) {
      throw failure('screenAlreadyOff', 'The screen is not being shared.');
    }
    await this.core.screen.stop();
  }

  async startAudio(localAudioStream: LocalAudioStream): Promise<void> {
    this.mustGoOn('startAudio');
    await this.core.microphone.replace(localAudioStream);
  }

  stopAudio(): Promise<void> {
    return this.core.microphone.stop();
  }

  async setConstraints(constraints: CallConstraints): Promise<void> {
    this.mustGoOn('setConstraints');
    await this.core.media.limitVideo(constraints.video?.send ?? {});
  }

  async muteAllRemoteParticipants(): Promise<void> {
    await this.core.managing.muteAll();
  }

  /** Tells the servers of apps that are in the call and asked for it. Nobody hears a sound. */
  async sendDtmf(dtmfTone: DtmfTone): Promise<void> {
    const tone = toneOf(dtmfTone);
    this.mustGoOn('sendDtmf');
    await this.core.request({ type: 'sendTone', tone });
  }

  async hold(): Promise<void> {
    this.mustGoOn('hold');
    await this.core.hold.hold();
  }

  async resume(): Promise<void> {
    this.mustGoOn('resume');
    await this.core.hold.resume();
  }

  /**
   * Calls a user of this app into the call: every device of theirs rings. The participant is there at once, `Connecting`, then `Ringing` and `Connected`; or
   * `Disconnected` and out of the list, with `callEndReason`. `removeParticipant` takes it back. Not in meetings and rooms: 403.
   *
   * @throws CommunicationServicesError 400 for no identifier, 412 if this client is not in the call, 501 for telephone numbers
   */
  addParticipant(identifier: CommunicationIdentifier): RemoteParticipant {
    return this.core.ringing.add(calleeOf(identifier));
  }

  async removeParticipant(identifier: CommunicationIdentifier): Promise<void> {
    await this.core.managing.remove(identifier);
  }

  dispose(): void {
    this.features.dispose();
    this.emitter.clear();
  }

  private setIncomingMuted(muted: boolean): void {
    if (muted !== this.incomingMuted) {
      this.incomingMuted = muted;
      this.core.output.setMuted(muted);
      this.emitter.emit('isIncomingAudioMutedChanged');
    }
  }

  private mustGoOn(action: string): void {
    if (this.core.lifecycle.isEnded) {
      throw failure('callEnded', `${action} needs a call that goes on; this one has ended. Join again.`);
    }
  }
}

function isLocalVideo(value: unknown): value is LocalVideoStream {
  return typeof value === 'object' && value !== null && videoSourceOf(value) !== undefined && 'handleShared' in value;
}
