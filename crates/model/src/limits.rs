//! Bounds. Each says what a larger and a smaller value would do.

/// Legs that may be in one call. Larger: one call may use up a media thread. Smaller: big meetings are cut off.
pub const CALL_LEGS_MAX: usize = 500;

/// Legs that may wait in one lobby; apart from [`CALL_LEGS_MAX`], so that a crowd outside cannot keep the invited out.
/// Larger: a flood of knocks costs more memory and a longer list to look at. Smaller: a popular meeting turns guests away.
pub const LOBBY_MAX: usize = 200;

/// Calls that one session may be in or wait for. Larger: one token can hold more places. Smaller: a softphone with a
/// held call and a consultation no longer works.
pub const CALLS_PER_SESSION_MAX: usize = 8;

/// Rings of one user that may go on at the same time, in all calls together; so many users one request may name. Larger: one token makes
/// a whole company's devices ring. Smaller: a group is called one by one.
pub const RINGS_BY_USER_MAX: usize = 50;

/// Calls that may ring at one user at the same time; whoever calls then hears that the line is busy. Larger: a crowd fills somebody's
/// screen. Smaller: a popular number is often busy.
pub const RINGS_TO_USER_MAX: usize = 8;

/// How long a call rings before it counts as not answered, in milliseconds (2 minutes, as ACS's). Larger: callers listen longer to nobody.
/// Smaller: people do not get to their telephone in time.
pub const RING_WAIT_MS: u64 = 2 * 60 * 1000;

/// How long an app's server may let somebody ring whom it adds, in seconds, as ACS's. Larger: people are called who are long gone.
/// Smaller: apps that wait for somebody to come to their desk give up too early.
pub const INVITATION_SECONDS_MAX: u64 = 180;

/// Connections of apps' servers that one call may have. Larger: each change of the roster is told so many times more. Smaller: an app of
/// several services shares one.
pub const CONNECTIONS_OF_CALL_MAX: usize = 10;

/// Tones of one leg in a row, refilled at [`TONES_PER_SECOND`]. More: each is told to the apps durably, so a hostile client costs more.
/// Fewer: numbers that are pasted are cut off.
pub const TONES_BURST: u32 = 20;

/// Tones per second of one leg, over time: nobody presses keys faster. See [`TONES_BURST`].
pub const TONES_PER_SECOND: u32 = 10;

/// Plays of one connection that play or wait. More: what an app has forgotten is heard long after. Fewer: long programs have to be sent bit by
/// bit.
pub const PLAYS_MAX: usize = 20;

/// Files of one play. More: an app waits longer for the first sound, because all are fetched before. Fewer: apps send more plays.
pub const PLAY_FILES_MAX: usize = 10;

/// Connections that one resource may have in all calls together. Larger: each event of any call is looked at by so many deliveries more.
/// Smaller: a busy app waits for its calls to end.
pub const CONNECTIONS_OF_RESOURCE_MAX: usize = 200;

/// How long a call goes on that only connections are in, in milliseconds (5 minutes). Larger: forgotten connections pile up. Smaller: an
/// app that is connected before its people come loses its call.
pub const CONNECTION_ALONE_MS: u64 = 5 * 60 * 1000;

/// Test calls that may go on at the same time; whoever calls then hears that the line is busy. Larger: each costs the sound of one call
/// and a second of it in memory, 300 kB at most. Smaller: in a large company somebody often waits.
pub const ECHO_CALLS_MAX: usize = 100;

/// How much longer than a ring somebody may take who is handed over, in milliseconds. Smaller: a slow client's transfer fails while it
/// rings. Larger: whoever hands over waits longer for a client that does nothing.
pub const TRANSFER_SLACK_MS: u64 = 15 * 1000;

/// How many people one call hands over, or waits for, at once because apps asked for it. Smaller: an app moves a large group in several
/// steps. Larger: a defect of an app keeps more in memory.
pub const MOVES_AT_ONCE_MAX: usize = 50;

/// How long a guest waits in the lobby before the wait expires, in milliseconds (30 minutes).
/// Larger: forgotten tabs pile up. Smaller: guests who come early are sent away.
pub const LOBBY_WAIT_MS: u64 = 30 * 60 * 1000;

/// How long a leg whose connection was lost may take to come back, in milliseconds (30 s). Larger: people who are gone stay
/// on the roster. Smaller: a walk through a tunnel ends the call.
pub const RESUME_WITHIN_MS: u64 = 30 * 1000;

/// How long legs may take to come back after the server itself was gone, in milliseconds (60 s). See [`RESUME_WITHIN_MS`].
pub const RECOVER_WITHIN_MS: u64 = 60 * 1000;

/// A display name's length in characters. Larger: names that fill the screen. Smaller: real names are cut.
pub const DISPLAY_NAME_MAX: usize = 100;

/// One signaling message's size in bytes. The largest is an SDP offer with 60 m-lines (under 150 kB).
/// Larger: more memory for a hostile client. Smaller: big galleries cannot be negotiated.
pub const MESSAGE_MAX: usize = 256 * 1024;

/// Video subscriptions of one leg, camera and screen together. Larger: offers that take long to parse. Smaller: a
/// gallery of 49 does not fit.
pub const SUBSCRIPTIONS_MAX: usize = 50;

/// Requests of one session in a row, refilled at [`REQUESTS_PER_SECOND`]. Larger: a hostile client keeps the control
/// task busy. Smaller: a page that joins with many participants stalls.
pub const REQUESTS_BURST: u32 = 100;

/// Requests per second of one session, over time. See [`REQUESTS_BURST`].
pub const REQUESTS_PER_SECOND: u32 = 20;

/// One message of a data channel in bytes, before it is written as text (32 KB; ACS, "Data Channel"). Larger: one message fills a slow line.
/// Smaller: messages that ACS takes do not fit.
pub const DATA_MESSAGE_MAX: usize = 32 * 1024;

/// Participants that one message of a data channel may name (ACS, "Data Channel"); without names it goes to all. Larger: longer lists to
/// read for each message. Smaller: lists that ACS takes do not fit.
pub const DATA_TARGETS_MAX: usize = 64;

/// Bytes per second that a leg may send by data channels and as text, over time (512 kbit/s; ACS's bound of a lossy channel). Larger: a
/// hostile client takes more of everybody's line. Smaller: pictures and pointers come late.
pub const DATA_BYTES_PER_SECOND: u64 = 64 * 1024;

/// Bytes that a leg may send in a row, refilled at [`DATA_BYTES_PER_SECOND`]. Larger: receivers' queues fill. Smaller: a picture comes in
/// parts.
pub const DATA_BYTES_BURST: u64 = 256 * 1024;

/// Bytes per second that a leg may have sent to all its receivers together, over time. Larger: one client in a large call keeps the server
/// busy. Smaller: messages to everybody are slower in large calls.
pub const DATA_FAN_OUT_PER_SECOND: u64 = 4 * 1024 * 1024;

/// Bytes that a leg may have sent to all its receivers in a row: one message of the largest size to the largest call. See
/// [`DATA_FAN_OUT_PER_SECOND`].
pub const DATA_FAN_OUT_BURST: u64 = (DATA_MESSAGE_MAX * CALL_LEGS_MAX) as u64;

/// Messages of data channels and texts of one session in a row, refilled at [`DATA_REQUESTS_PER_SECOND`]; apart from
/// [`REQUESTS_BURST`], so that data cannot keep a client from leaving or muting.
pub const DATA_REQUESTS_BURST: u32 = 160;

/// Messages of data channels and texts per second of one session, over time (ACS, "Data Channel": 80).
pub const DATA_REQUESTS_PER_SECOND: u32 = 80;

/// One real-time text in bytes. Larger: each key that somebody presses costs more, since the whole text is sent. Smaller: long
/// sentences have to be ended early.
pub const TEXT_MAX: usize = 2000;

/// Participants up to whom diagnostics are told to others (ACS, "User Facing Diagnostics"). Larger: in a large call on a bad network
/// everybody tells everybody. Smaller: fewer calls have them.
pub const DIAGNOSTICS_PARTICIPANTS_MAX: usize = 20;

/// A survey's comment in characters. Larger: the store grows. Smaller: people are cut short.
pub const SURVEY_COMMENT_MAX: usize = 2000;

/// Shortest and longest life of an access token, in minutes (ACS Identity REST).
pub const TOKEN_MINUTES: std::ops::RangeInclusive<u32> = 60..=1440;

/// How long a room may be valid, in milliseconds (180 days; ACS Rooms REST).
pub const ROOM_VALID_MS_MAX: i64 = 180 * 24 * 60 * 60 * 1000;

/// Users that may be invited to one room. Larger: a room's row in the store grows, at some 100 bytes each. Smaller: what ACS takes (350
/// in a room's call, and the invited need not all come) does not fit.
pub const ROOM_PARTICIPANTS_MAX: usize = 1000;

/// Hosts of one group call, and as many who need not wait in its lobby. Larger: a row in the store grows, at some 100 bytes each.
/// Smaller: a large team does not fit.
pub const GROUP_CALL_NAMED_MAX: usize = 1000;

/// People in one chat thread (ACS Chat). Larger: each message tells more of them, and a row of the thread's own messages grows. Smaller:
/// threads that ACS takes do not fit.
pub const CHAT_MEMBERS_MAX: usize = 250;

/// A chat message's content in bytes (28 KB; ACS Chat). Larger: a thread costs more memory to list. Smaller: messages that ACS takes do
/// not fit.
pub const CHAT_MESSAGE_MAX: usize = 28 * 1024;

/// A chat thread's topic in characters. Larger: topics that fill the screen. Smaller: real ones are refused.
pub const CHAT_TOPIC_MAX: usize = 250;

/// The metadata of one chat thread, message or participant in bytes, names and values together. Larger: a list of messages grows by as
/// much for each. Smaller: an app's own ids and links do not fit.
pub const CHAT_METADATA_MAX: usize = 4 * 1024;

/// For how many days a chat thread may be kept, if not forever (ACS Chat).
pub const CHAT_RETENTION_DAYS: std::ops::RangeInclusive<u32> = 30..=90;

/// For how long the thread of a group call or a room's call is kept after the call has ended (a day). Nobody is in it any more: it is
/// for whoever has to look into what was written. Longer: more is kept of people who have gone. Shorter: a complaint of the next
/// morning comes too late.
pub const CALL_CHAT_KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// Browsers at which one user is called by Web Push. Larger: one ring costs more requests. Smaller: somebody with many browsers is not
/// called at all of them.
pub const PUSH_DEVICES_MAX: u32 = 10;
