// Generated from crates/protocol and crates/model by `make generate`. Do not edit.

/** The protocol's versions that the server of this build speaks, newest first. */
export const PROTOCOL_VERSIONS: readonly number[] = [1];

type RawId = string;
type CallId = string;
type ParticipantId = string;
type ThreadId = string;
type RingId = string;
type TransferId = string;

/**
 * What somebody is in a call. What a role may do stands in [`crate::capabilities_of`].
 */
export type Role = "organizer" | "coOrganizer" | "presenter" | "collaborator" | "attendee" | "consumer";

/**
 * One thing that somebody may or may not do in a call. Names as in ACS's `ParticipantCapabilityName` where ACS has one.
 */
export type Capability = "unmuteMic" | "turnVideoOn" | "shareScreen" | "manageLobby" | "hangUpForEveryOne" | "removeParticipant" | "muteOthers" | "forbidOthersAudio" | "forbidOthersVideo" | "manageRoles" | "raiseHand" | "useReactions" | "spotlightParticipant" | "removeParticipantsSpotlight" | "announceRecording" | "realTimeText" | "sendData" | "addCommunicationUser";

/**
 * A key, in the words of ACS Call Automation.
 */
export type Tone = "zero" | "one" | "two" | "three" | "four" | "five" | "six" | "seven" | "eight" | "nine" | "a" | "b" | "c" | "d" | "pound" | "asterisk";

/**
 * What a track carries.
 */
export type Source = "microphone" | "camera" | "screen";

/**
 * What one m-line of a leg's offer is for (RFC 8829 §5; one `mid` each).
 */
export type TrackUse = "microphone" | "camera" | "screen" | "audioSlot" | "videoSlot" | "screenSlot";

/**
 * One m-line of an offer and what it is for.
 */
export type TrackPlan = { 
/**
 * The m-line's `a=mid`.
 */
mid: string, 
/**
 * What the m-line is for.
 */
use: TrackUse, };

/**
 * How large one video is shown at a subscriber, in pixels of its screen. Nothing of it is seen if one of them is 0.
 */
export type ShownSize = { 
/**
 * Of the whole picture, also of what is cut off.
 */
width: number, 
/**
 * Of the whole picture, also of what is cut off.
 */
height: number, };

/**
 * Who the client is and what it speaks.
 */
export type Hello = { 
/**
 * The protocol versions that the client speaks; the server picks the highest that it speaks too.
 */
versions: Array<number>, 
/**
 * The access token.
 */
token: string, 
/**
 * Name and version of the client, for logs.
 */
client: string, };

/**
 * What a client wants to join.
 */
export type JoinTarget = { "kind": "meetingLink", 
/**
 * The link.
 */
link: string, } | { "kind": "meetingId", 
/**
 * The digits; spaces are ignored.
 */
meetingId: string, 
/**
 * The passcode.
 */
passcode: string | null, } | { "kind": "group", 
/**
 * A UUID that the members agreed on.
 */
groupId: string, } | { "kind": "room", 
/**
 * The room's id: 17 digits.
 */
roomId: string, };

/**
 * To whom somebody is handed over.
 */
export type TransferTarget = { "kind": "user", 
/**
 * Whom.
 */
user: RawId, } | { "kind": "call", 
/**
 * Which.
 */
callId: CallId, };

/**
 * One video that a client wants to receive.
 */
export type VideoWish = { 
/**
 * Which leg sends it.
 */
participantId: ParticipantId, 
/**
 * `camera` or `screen`.
 */
source: Source, 
/**
 * How large the client shows it; nothing of it is sent while a side is 0. Without it the best layer comes.
 */
shown?: ShownSize, };

/**
 * What is done with the call.
 */
export type NoticeKind = "recording" | "transcription";

/**
 * A reaction, as in ACS.
 */
export type Reaction = "like" | "heart" | "laugh" | "surprised" | "applause";

/**
 * What somebody announces of it.
 */
export type AnnouncedState = "started" | "paused" | "ended";

/**
 * How it stands; what is over has no notice.
 */
export type NoticeState = "started" | "paused";

/**
 * That somebody records or transcribes the call.
 */
export type Notice = { 
/**
 * What is done.
 */
kind: NoticeKind, 
/**
 * How it stands.
 */
state: NoticeState, 
/**
 * Who does it.
 */
by: RawId, };

/**
 * A sender's data channel, from its opening to its end.
 */
export type DataChannel = { 
/**
 * What apps tell channels apart by: 1 to 65535.
 */
id: number, 
/**
 * Chosen by the sender each time that it opens the channel, so that receivers tell a new one from the one before.
 */
session: number, };

/**
 * The value of a diagnostic.
 */
export type DiagnosticValue = { "kind": "flag", 
/**
 * True is the fault.
 */
raised: boolean, } | { "kind": "quality", 
/**
 * 1 good, 2 poor, 3 bad.
 */
level: number, };

/**
 * How something stands with a participant's network or devices.
 */
export type Diagnostic = { 
/**
 * The diagnostic's name in ACS, for example `networkSendQuality`.
 */
name: string, 
/**
 * How it stands.
 */
value: DiagnosticValue, };

/**
 * What scores mean; all of it from 0 to 100.
 */
export type RatingScale = { 
/**
 * The worst score.
 */
lowerBound: number, 
/**
 * The best score.
 */
upperBound: number, 
/**
 * Scores up to this are low.
 */
lowScoreThreshold: number, };

/**
 * A score, and what was wrong.
 */
export type Rating = { 
/**
 * Within the scale.
 */
score: number, 
/**
 * Names of what was wrong, of those that there are for what is rated.
 */
issues?: Array<string>, 
/**
 * 1 to 5, of which 2 is still low, if there is none.
 */
scale?: RatingScale, };

/**
 * Ratings of a call; at least one of them is there.
 */
export type Survey = { 
/**
 * The call as a whole.
 */
overall?: Rating, 
/**
 * Its sound.
 */
audio?: Rating, 
/**
 * Its video.
 */
video?: Rating, 
/**
 * The shared screens.
 */
screenshare?: Rating, 
/**
 * What the person wrote. Hostile text.
 */
comment?: string, };

/**
 * What is to be done. Every request but `join` needs a handle that is taken.
 */
export type Request = { "type": "join", 
/**
 * What to join.
 */
target: JoinTarget, 
/**
 * The name that others see.
 */
displayName: string, 
/**
 * Whether the microphone is muted from the start.
 */
muted: boolean, } | { "type": "resume", 
/**
 * From the [`crate::CallView`] of this leg.
 */
secret: string, } | { "type": "startCall", 
/**
 * Whom.
 */
users: Array<RawId>, 
/**
 * The name that they see.
 */
displayName: string, 
/**
 * Whether the microphone is muted from the start.
 */
muted: boolean, 
/**
 * Whether the call has a lobby: whom others than the caller add to it later waits until the caller lets them in.
 */
lobby?: boolean, } | { "type": "accept", 
/**
 * From the `rings` of this session.
 */
ring: RingId, 
/**
 * The name that others see.
 */
displayName: string, 
/**
 * Whether the microphone is muted from the start.
 */
muted: boolean, } | { "type": "decline", 
/**
 * From the `rings` of this session.
 */
ring: RingId, } | { "type": "leave", } | { "type": "endForEveryone", } | { "type": "negotiate", 
/**
 * The SDP offer.
 */
offer: string, 
/**
 * What each of its m-lines is for.
 */
tracks: Array<TrackPlan>, } | { "type": "setMuted", 
/**
 * The new state.
 */
muted: boolean, } | { "type": "publish", 
/**
 * `camera` or `screen`.
 */
source: Source, } | { "type": "unpublish", 
/**
 * `camera` or `screen`.
 */
source: Source, } | { "type": "subscribe", 
/**
 * The wishes.
 */
videos: Array<VideoWish>, } | { "type": "admit", 
/**
 * Who.
 */
user: RawId, } | { "type": "reject", 
/**
 * Who.
 */
user: RawId, } | { "type": "admitAll", } | { "type": "putBack", 
/**
 * Who.
 */
user: RawId, } | { "type": "remove", 
/**
 * Who.
 */
user: RawId, } | { "type": "liftBar", 
/**
 * Who.
 */
user: RawId, } | { "type": "mute", 
/**
 * Who.
 */
user: RawId, } | { "type": "muteAll", } | { "type": "setAccess", 
/**
 * Whom; everybody else whose role does not manage others, if there is no list.
 */
users: Array<RawId> | null, 
/**
 * `microphone`, or `camera` for camera and screen.
 */
source: Source, 
/**
 * Whether they may send it.
 */
permitted: boolean, } | { "type": "raiseHand", } | { "type": "lowerHands", 
/**
 * Whose; everybody's, if there is no list.
 */
users: Array<RawId> | null, } | { "type": "react", 
/**
 * Which.
 */
reaction: Reaction, } | { "type": "spotlight", 
/**
 * Whom. Who is in it already keeps the place.
 */
users: Array<RawId>, } | { "type": "endSpotlight", 
/**
 * Whom; all, if there is no list.
 */
users: Array<RawId> | null, } | { "type": "announce", 
/**
 * What is done.
 */
kind: NoticeKind, 
/**
 * How it stands.
 */
state: AnnouncedState, } | { "type": "sendData", 
/**
 * The channel.
 */
channel: DataChannel, 
/**
 * The sender counts the messages of a channel, from 1.
 */
sequence: number, 
/**
 * Whether it may be left out for a receiver that is slow.
 */
mayBeLost: boolean, 
/**
 * Whom, 64 at most; everybody else, if there is no list.
 */
to: Array<RawId> | null, 
/**
 * The bytes as base64; 32 KiB at most.
 */
data: string, } | { "type": "closeData", 
/**
 * The channel.
 */
channel: DataChannel, 
/**
 * Whom; everybody else, if there is no list.
 */
to: Array<RawId> | null, } | { "type": "sendText", 
/**
 * The whole text as it is now, 2000 bytes at most.
 */
text: string, 
/**
 * Whether it is done; what follows is another text then.
 */
done: boolean, } | { "type": "sendTone", 
/**
 * Which.
 */
tone: Tone, } | { "type": "tellDiagnostics", 
/**
 * What changed.
 */
diagnostics: Array<Diagnostic>, } | { "type": "submitSurvey", 
/**
 * The leg that the client had.
 */
participantId: ParticipantId, 
/**
 * What was thought.
 */
survey: Survey, } | { "type": "setRole", 
/**
 * Whose.
 */
user: RawId, 
/**
 * The new role: `coOrganizer`, `presenter`, `attendee` or `consumer`.
 */
role: Role, } | { "type": "addParticipant", 
/**
 * Whom.
 */
user: RawId, } | { "type": "setHeld", 
/**
 * The new state.
 */
held: boolean, } | { "type": "transfer", 
/**
 * To whom.
 */
target: TransferTarget, } | { "type": "follow", 
/**
 * From the event `transferRequested`.
 */
transfer: TransferId, 
/**
 * The name that others see.
 */
displayName: string, 
/**
 * Whether the microphone is muted from the start.
 */
muted: boolean, };

/**
 * One message of a client.
 */
export type ClientMessage = { "type": "hello" } & Hello | { "type": "request", 
/**
 * Chosen by the client, unique among its open requests; comes back in the response.
 */
id: number, 
/**
 * The client's handle of the call that this is about. A handle is taken with [`Request::Join`] and is free again when
 * the call has ended for this client.
 */
call: number, 
/**
 * What is to be done.
 */
request: Request, } | { "type": "refresh", 
/**
 * The new token.
 */
token: string, } | { "type": "ping", };

/**
 * Why something was refused.
 */
export type ErrorBody = { 
/**
 * As `callEndReason.code`.
 */
code: number, 
/**
 * As `callEndReason.subCode`.
 */
subCode: number, 
/**
 * The code's name, for example `lobbyRejected`.
 */
name: string, 
/**
 * What happened and what to do next.
 */
message: string, };

/**
 * The operator's TURN servers (RFC 8656), as `RTCPeerConnection` takes them.
 */
export type Relay = { 
/**
 * Their URIs (RFC 7065).
 */
urls: Array<string>, 
/**
 * Good for as long as the token and an hour more.
 */
username: string, 
/**
 * The password.
 */
credential: string, };

/**
 * Who handed a caller over.
 */
export type Transferor = { 
/**
 * Who.
 */
user: RawId, 
/**
 * The name that this person chose. Hostile text.
 */
displayName: string, };

/**
 * A call that rings, as the devices see it at which it rings.
 */
export type RingView = { 
/**
 * The ring: what `accept` and `decline` name.
 */
ring: RingId, 
/**
 * The call that it rings for.
 */
callId: CallId, 
/**
 * Who calls.
 */
caller: RawId, 
/**
 * The name that the caller chose. Hostile text.
 */
displayName: string, 
/**
 * After how many milliseconds from now it counts as not answered.
 */
expiresInMs: number, 
/**
 * Who handed the caller over, if somebody did.
 */
transferor?: Transferor, };

/**
 * One leg, as others see it.
 */
export type LegView = { 
/**
 * The leg.
 */
participantId: ParticipantId, 
/**
 * Whether its microphone is muted.
 */
muted: boolean, 
/**
 * Which of `camera` and `screen` it sends.
 */
videos: Array<Source>, 
/**
 * Whether its connection is lost at the moment; it may come back.
 */
away: boolean, 
/**
 * Whether it holds the call: it neither sends nor receives. Left out if not.
 */
held?: boolean, };

/**
 * One participant, as others see it.
 */
export type ParticipantView = { 
/**
 * Who.
 */
user: RawId, 
/**
 * The name that this person chose. Hostile text: anybody can call themselves anything.
 */
displayName: string, 
/**
 * The role.
 */
role: Role, 
/**
 * What this person may not send now although the role may: `microphone`, `camera`. Empty as a rule.
 */
forbidden: Array<Source>, 
/**
 * The devices with which this person is in the call; at least one.
 */
legs: Array<LegView>, };

/**
 * Somebody who waits, as those see it who may admit.
 */
export type WaiterView = { 
/**
 * Who.
 */
user: RawId, 
/**
 * The name that this person chose. Hostile text.
 */
displayName: string, 
/**
 * For how many milliseconds this person has waited already.
 */
waitedMs: number, };

/**
 * All that somebody in the lobby may know (DESIGN: a waiting participant is a different type).
 */
export type WaitingView = { 
/**
 * The client's own leg.
 */
participantId: ParticipantId, 
/**
 * After how many milliseconds from now the wait expires.
 */
expiresInMs: number, };

/**
 * A call as one of those in it may see it.
 */
export type CallView = { 
/**
 * The call's id.
 */
callId: CallId, 
/**
 * The client's own leg.
 */
participantId: ParticipantId, 
/**
 * The chat thread of the meeting, or the call's own; none where the server has no chat in group calls and rooms.
 */
threadId?: ThreadId, 
/**
 * The meeting's subject; none for group calls.
 */
subject?: string, 
/**
 * The client's own role.
 */
role: Role, 
/**
 * What the client may do.
 */
capabilities: Array<Capability>, 
/**
 * Whether the client's own microphone is muted, as far as the server knows.
 */
muted: boolean, 
/**
 * With this the client comes back as the same leg after its connection was lost. A secret.
 */
resumeSecret: string, 
/**
 * Whether the client's peer connection is still known: then an ICE restart brings media back, otherwise a new one.
 */
mediaKept: boolean, 
/**
 * Everybody else in the call.
 */
participants: Array<ParticipantView>, 
/**
 * Who waits; empty for those who may not manage the lobby.
 */
lobby: Array<WaiterView>, 
/**
 * Whether the client's own leg holds the call. Left out if not.
 */
held?: boolean, };

/**
 * What one receiving m-line carries now.
 */
export type SlotView = { 
/**
 * The m-line's `a=mid`.
 */
mid: string, 
/**
 * Whose track it carries.
 */
participantId: ParticipantId, 
/**
 * Which of that leg's tracks.
 */
source: Source, };

/**
 * How a wait ended, as those see it who manage the lobby.
 */
export type LobbyOutcome = "admitted" | "rejected" | "expired" | "left";

/**
 * Why capabilities changed.
 */
export type CapabilitiesReason = "roleChanged" | "accessChanged" | "meetingOptionsChanged";

/**
 * Why the call is over for this client.
 */
export type EndView = { 
/**
 * `callEndReason`, with a name and a message.
 */
reason: ErrorBody, };

/**
 * What a request gave.
 */
export type Reply = { "type": "done", } | { "type": "joined", 
/**
 * The call as this client may see it.
 */
call: CallView, } | { "type": "waiting", 
/**
 * All that a waiting client may know.
 */
waiting: WaitingView, } | { "type": "answer", 
/**
 * The SDP answer.
 */
answer: string, } | { "type": "admittedAll", 
/**
 * How many.
 */
admitted: number, 
/**
 * How many could not be admitted (the call is full).
 */
failed: number, } | { "type": "surveyKept", 
/**
 * Its id.
 */
id: string, };

/**
 * Something that happened in a call. A waiting client receives `admitted` and `ended` and nothing else; one
 * in the call that is put back is a waiting one from then on.
 */
export type Event = { "type": "admitted", 
/**
 * The call as this client may see it.
 */
call: CallView, } | { "type": "putBack", 
/**
 * All that a waiting client may know.
 */
waiting: WaitingView, } | { "type": "mutedByOther", 
/**
 * Who.
 */
by: RawId, } | { "type": "capabilitiesChanged", 
/**
 * The client's role.
 */
role: Role, 
/**
 * What it may do now.
 */
capabilities: Array<Capability>, 
/**
 * Why.
 */
reason: CapabilitiesReason, } | { "type": "ended", 
/**
 * Why.
 */
end: EndView, } | { "type": "participantJoined", 
/**
 * Who.
 */
participant: ParticipantView, } | { "type": "participantChanged", 
/**
 * Who, and how it is now.
 */
participant: ParticipantView, } | { "type": "participantLeft", 
/**
 * Who.
 */
user: RawId, 
/**
 * Why.
 */
reason: ErrorBody, } | { "type": "knocked", 
/**
 * Who.
 */
waiter: WaiterView, } | { "type": "lobbyLeft", 
/**
 * Who.
 */
user: RawId, 
/**
 * How it ended.
 */
outcome: LobbyOutcome, } | { "type": "speakingChanged", 
/**
 * Who.
 */
users: Array<RawId>, } | { "type": "handsChanged", 
/**
 * Who.
 */
hands: Array<RawId>, } | { "type": "ringingChanged", 
/**
 * Who.
 */
users: Array<RawId>, } | { "type": "ringEnded", 
/**
 * Who.
 */
user: RawId, 
/**
 * Why.
 */
reason: ErrorBody, } | { "type": "spotlightChanged", 
/**
 * Who.
 */
users: Array<RawId>, } | { "type": "reacted", 
/**
 * Who.
 */
user: RawId, 
/**
 * Which.
 */
reaction: Reaction, } | { "type": "dataReceived", 
/**
 * Who.
 */
user: RawId, 
/**
 * With which leg.
 */
from: ParticipantId, 
/**
 * By which of that leg's channels.
 */
channel: DataChannel, 
/**
 * As the sender counted.
 */
sequence: number, 
/**
 * Whether the server may leave it out for a client that is slow.
 */
mayBeLost: boolean, 
/**
 * The bytes as base64.
 */
data: string, } | { "type": "dataClosed", 
/**
 * Of which leg.
 */
from: ParticipantId, 
/**
 * Which.
 */
channel: DataChannel, } | { "type": "textReceived", 
/**
 * Who.
 */
user: RawId, 
/**
 * Which text: no other text of the call has the same number.
 */
sequence: number, 
/**
 * The whole text as it is now. Hostile text.
 */
text: string, 
/**
 * Whether it is done.
 */
done: boolean, } | { "type": "diagnosticsTold", 
/**
 * Whose.
 */
user: RawId, 
/**
 * Of which leg.
 */
from: ParticipantId, 
/**
 * What changed.
 */
diagnostics: Array<Diagnostic>, } | { "type": "noticesChanged", 
/**
 * The notices.
 */
notices: Array<Notice>, } | { "type": "slotsChanged", 
/**
 * The slots in use.
 */
slots: Array<SlotView>, } | { "type": "transferRequested", 
/**
 * What to follow.
 */
transfer: TransferId, 
/**
 * Who hands over.
 */
by: RawId, 
/**
 * To whom, if it is to a user; otherwise it is to a call that goes on already.
 */
target?: RawId, } | { "type": "transferFailed", 
/**
 * Why.
 */
reason: ErrorBody, };

/**
 * One message of the server.
 */
export type ServerMessage = { "type": "welcome", 
/**
 * The protocol's version from here on.
 */
version: number, 
/**
 * Who the token says the client is.
 */
user: RawId, 
/**
 * How often the client should send `ping`, in milliseconds.
 */
heartbeatMs: number, 
/**
 * When the token expires, in milliseconds from now. Send `refresh` before.
 */
expiresInMs: number, 
/**
 * The TURN servers of the operator, if there are any.
 */
relay?: Relay, } | { "type": "refreshed", 
/**
 * When it expires, in milliseconds from now.
 */
expiresInMs: number, 
/**
 * The TURN servers, for as long as the new token.
 */
relay?: Relay, } | { "type": "goodbye", 
/**
 * Why.
 */
error: ErrorBody, } | { "type": "response", 
/**
 * The request's id.
 */
id: number, 
/**
 * What was done.
 */
reply?: Reply, 
/**
 * Why nothing was done.
 */
error?: ErrorBody, } | { "type": "event", 
/**
 * The client's handle of the call.
 */
call: number, 
/**
 * What happened.
 */
event: Event, } | { "type": "rings", 
/**
 * Who and which call.
 */
ring: RingView, } | { "type": "ringOver", 
/**
 * Which.
 */
ring: RingId, 
/**
 * Why.
 */
reason: ErrorBody, } | { "type": "pong", };
