//! One peer as the forwarding sees it: what it sends, its receiving slots, and its deadlines.

use crate::audio_slots::{self, Occupant};
use crate::echo::Echo;
use crate::keyframes::KeyframeRequests;
use crate::packet::{Codec, IncomingPacket};
use crate::peer::{Peer, Sent};
use crate::quality::{Quality, Report};
use crate::slot::Rewriter;
use crate::subscriptions::{self, Place};
use convene_model::media::{LostReason, MaySend, Source, TrackPlan, TrackUse, Wish};
use convene_model::{CallId, PeerId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A peer that has no connection by then is lost. Longer ones keep dead peers, shorter ones lose slow networks.
pub const CONNECT_MAX: Duration = Duration::from_secs(20);
/// A peer whose path is gone this long is lost. It must outlast an ICE restart after a change of network.
pub const DISCONNECTED_MAX: Duration = Duration::from_secs(30);

/// Packets of one publication that arrived in one batch.
#[derive(Debug)]
pub(crate) struct Run {
    pub publisher: PeerId,
    pub source: Source,
    /// Who alone gets them; `None`: everybody.
    pub to: Option<Arc<BTreeSet<PeerId>>>,
    pub packets: Vec<IncomingPacket>,
}

impl Run {
    /// Whether this peer is among those who get it.
    pub fn is_for(&self, peer: PeerId) -> bool {
        self.to.as_ref().is_none_or(|to| to.contains(&peer))
    }
}

/// A peer in its call.
pub(crate) struct Member {
    pub id: PeerId,
    pub call: CallId,
    pub peer: Peer,
    pub may_send: MaySend,
    pub wishes: Vec<Wish>,
    pub places: Vec<Place>,
    pub is_connected: bool,
    /// How its media is.
    pub quality: Quality,
    /// What plays back what this peer says, if anything does.
    pub echo: Option<Echo>,
    /// When the peer connection wants a tick.
    pub tick_at: Instant,
    /// The time of its timer in the coordinator's table. It may be earlier than needed, never later.
    pub timer: Option<Instant>,
    publications: Vec<Publication>,
    video_slots: Vec<VideoSlot>,
    audio_slots: Vec<AudioSlot>,
    /// Whether audio goes to this peer.
    hears: bool,
    /// When the peer is lost unless something comes before.
    lost_at: Option<Instant>,
}

/// A track that the peer may send.
struct Publication {
    mid: String,
    track: usize,
    source: Source,
    keyframes: KeyframeRequests,
}

/// A slot for video; its place in `Member::places` has the same index.
struct VideoSlot {
    track: usize,
    rewriter: Rewriter,
}

struct AudioSlot {
    mid: String,
    track: usize,
    occupant: Option<Occupant>,
    rewriter: Rewriter,
}

impl Member {
    /// A peer that was just answered.
    pub fn new(id: PeerId, call: CallId, peer: Peer, may_send: MaySend, tracks: &[TrackPlan], now: Instant) -> Member {
        let mut member = Member {
            id,
            call,
            peer,
            may_send,
            wishes: vec![],
            places: vec![],
            is_connected: false,
            quality: Quality::new(now),
            echo: None,
            tick_at: now,
            timer: None,
            publications: vec![],
            video_slots: vec![],
            audio_slots: vec![],
            hears: true,
            lost_at: Some(now + CONNECT_MAX),
        };
        member.set_tracks(tracks);
        member
    }

    /// Takes over a negotiated plan; m-lines that were there keep what they carry.
    pub fn set_tracks(&mut self, tracks: &[TrackPlan]) {
        let mut publications = std::mem::take(&mut self.publications);
        let mut audio = std::mem::take(&mut self.audio_slots);
        let mut places = std::mem::take(&mut self.places);
        let mut video = std::mem::take(&mut self.video_slots);
        for (track, plan) in tracks.iter().enumerate() {
            let fresh = || Rewriter::new((self.id.0 as u16).wrapping_mul(7919).wrapping_add(track as u16 * 331));
            match plan.track_use {
                TrackUse::Microphone | TrackUse::Camera | TrackUse::Screen => {
                    let source = source_of(plan.track_use);
                    let same = |p: &Publication| p.mid == plan.mid && Some(p.source) == source;
                    let known = publications.iter().position(same).map(|at| publications.swap_remove(at));
                    let keyframes = known.map_or_else(KeyframeRequests::new, |p| p.keyframes);
                    let mid = plan.mid.clone();
                    self.publications.extend(source.map(|source| Publication { mid, track, source, keyframes }));
                }
                TrackUse::AudioSlot => {
                    let known = audio.iter().position(|slot| slot.mid == plan.mid).map(|at| audio.swap_remove(at));
                    let (occupant, rewriter) = known.map_or_else(|| (None, fresh()), |s| (s.occupant, s.rewriter));
                    self.audio_slots.push(AudioSlot { mid: plan.mid.clone(), track, occupant, rewriter });
                }
                TrackUse::VideoSlot | TrackUse::ScreenSlot => {
                    let same = |place: &Place| place.mid == plan.mid && place.track_use == plan.track_use;
                    let known = places.iter().position(same);
                    let known = known.map(|at| (places.swap_remove(at).wish, video.swap_remove(at).rewriter));
                    let (wish, rewriter) = known.unwrap_or_else(|| (None, fresh()));
                    self.places.push(Place { mid: plan.mid.clone(), track_use: plan.track_use, wish });
                    self.video_slots.push(VideoSlot { track, rewriter });
                }
            }
        }
    }

    /// Whether this peer's plan has a track for `source`.
    pub fn publishes(&self, source: Source) -> bool {
        self.publications.iter().any(|publication| publication.source == source)
    }

    /// What a received packet of `track` is, if it may pass: a track for sending, the right kind of codec, and allowed.
    pub fn admit(&mut self, track: usize, packet: &IncomingPacket) -> Option<Source> {
        let publication = self.publications.iter_mut().find(|publication| publication.track == track)?;
        let source = publication.source;
        let is_audio = packet.codec == Codec::Opus;
        let allowed = allows(self.may_send, source);
        let fits = is_audio == (source == Source::Microphone);
        if fits {
            self.quality.arrived(source, packet);
        }
        if !fits || !allowed {
            self.echo.as_mut().filter(|_| is_audio && !allowed).into_iter().for_each(Echo::pause);
            return None;
        }
        if source != Source::Microphone {
            publication.keyframes.packet_arrived(packet.is_entry_point());
        } else if let Some(echo) = &mut self.echo {
            echo.hear(packet, packet.received_at);
        }
        Some(source)
    }

    /// Somebody needs a keyframe of one of this peer's tracks.
    pub fn request_keyframe(&mut self, source: Source) {
        let wanted = self.publications.iter_mut().find(|publication| publication.source == source);
        if let Some(publication) = wanted.filter(|p| p.source != Source::Microphone) {
            publication.keyframes.request();
        }
    }

    /// Sends the PLIs that are due. Returns whether there were any.
    pub fn send_due_requests(&mut self, now: Instant) -> Result<bool, LostReason> {
        let mut any = false;
        for publication in &mut self.publications {
            if self.is_connected && publication.keyframes.take_due(now) {
                self.peer.request_keyframe(publication.track)?;
                any = true;
            }
        }
        Ok(any)
    }

    /// When this peer wants [`send_due_requests`](Self::send_due_requests), its echo, a tick, or its end.
    pub fn due_at(&self, now: Instant) -> Instant {
        let requests = self.publications.iter().filter(|_| self.is_connected).filter_map(|p| p.keyframes.due_at(now));
        let echo = self.echo.as_ref().and_then(Echo::due_at);
        requests.chain(self.lost_at).chain(echo).fold(self.tick_at, Instant::min)
    }

    /// Whether its time for having no path is over.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.lost_at.is_some_and(|at| at <= now)
    }

    /// DTLS is up. Returns whether that is for the first time.
    pub fn connected(&mut self, now: Instant) -> bool {
        self.quality.connected(now);
        !std::mem::replace(&mut self.is_connected, true)
    }

    /// ICE has a path, or DTLS is up.
    pub fn path_is_up(&mut self) {
        if self.is_connected {
            self.lost_at = None;
        }
    }

    /// ICE has lost its path.
    pub fn path_is_down(&mut self, now: Instant) {
        self.lost_at.get_or_insert(now + DISCONNECTED_MAX);
    }

    /// Fills the video slots anew. Returns the wishes that have a slot only now, and whether any slot changed.
    pub fn assign(&mut self, available: impl Fn(&Wish) -> bool) -> (Vec<Wish>, bool) {
        let changed = subscriptions::assign(&mut self.places, &self.wishes, available);
        for index in &changed {
            self.video_slots[*index].rewriter.restart();
        }
        (changed.iter().filter_map(|index| self.places[*index].wish).collect(), !changed.is_empty())
    }

    /// The peer reported on what is sent to it on `track`.
    pub fn reported(&mut self, track: usize, report: Report) {
        let video = self.video_slots.iter().position(|slot| slot.track == track);
        let source = video.map_or(Source::Microphone, |index| slot_source(self.places[index].track_use));
        self.quality.reported(source, report);
    }

    /// What the slot of `track` carries.
    pub fn carried_by(&self, track: usize) -> Option<Wish> {
        let index = self.video_slots.iter().position(|slot| slot.track == track)?;
        self.places[index].wish
    }

    /// The packets of one source go on after a pause; returns whether a slot here waits for a keyframe by that.
    pub fn restart(&mut self, publisher: PeerId, source: Source) -> bool {
        for slot in &mut self.audio_slots {
            if source == Source::Microphone && slot.occupant.is_some_and(|occupant| occupant.peer == publisher) {
                slot.rewriter.restart();
            }
        }
        match self.video_slot(publisher, source) {
            Some(slot) => {
                slot.rewriter.restart();
                true
            }
            None => false,
        }
    }

    /// Audio goes to this peer from now on, or not. Its slots begin anew, so that the pause does not look like a loss.
    pub fn set_hears(&mut self, hears: bool) {
        self.hears = hears;
        for slot in &mut self.audio_slots {
            slot.occupant = None;
            slot.rewriter.restart();
        }
    }

    /// `publisher` is gone: its audio slots are free.
    pub fn forget(&mut self, publisher: PeerId) {
        for slot in self.audio_slots.iter_mut().filter(|s| s.occupant.is_some_and(|o| o.peer == publisher)) {
            slot.occupant = None;
            slot.rewriter.restart();
        }
    }

    /// Sends a batch through the slots that carry it. Returns whether anything is to be drained; `starved` gets the sources
    /// of which a slot still waits for a keyframe.
    pub fn forward(
        &mut self,
        runs: &[Run],
        now: Instant,
        loudness: impl Fn(PeerId) -> f32,
        starved: &mut Vec<Wish>,
    ) -> Result<bool, LostReason> {
        let mut queued = false;
        let own = self.id;
        for run in runs.iter().filter(|run| run.publisher != own) {
            if run.source == Source::Microphone {
                if !run.is_for(own) {
                    // What others hear of it meanwhile must not look like a loss here.
                    self.restart(run.publisher, run.source);
                    continue;
                }
                if !self.hears {
                    continue;
                }
                queued |= self.forward_audio(run, now, &loudness)?;
                continue;
            }
            let (publisher, source) = (run.publisher, run.source);
            let Some(index) = self.video_index(publisher, source) else { continue };
            let slot = &mut self.video_slots[index];
            let outgoing = run.packets.iter().filter_map(|packet| slot.rewriter.forward(packet));
            let sent = self.peer.send(slot.track, outgoing)?;
            self.quality.sent(source, sent.packets, sent.bytes, now);
            queued |= sent != Sent::default();
            if slot.rewriter.is_waiting() {
                starved.push(Wish { publisher, source });
            }
        }
        // The tick comes before the drain: str0m sends what is queued only after one, and would be polled in vain.
        if queued {
            self.peer.tick(now)?;
        }
        Ok(queued)
    }

    fn forward_audio(&mut self, run: &Run, now: Instant, loudness: impl Fn(PeerId) -> f32) -> Result<bool, LostReason> {
        let occupants = self.audio_slots.iter().map(|slot| slot.occupant);
        let Some(index) = audio_slots::place(occupants, run.publisher, now, loudness) else { return Ok(false) };
        let slot = &mut self.audio_slots[index];
        if slot.occupant.is_none_or(|occupant| occupant.peer != run.publisher) {
            slot.occupant = Some(Occupant { peer: run.publisher, since: now });
            slot.rewriter.restart();
        }
        let outgoing = run.packets.iter().filter_map(|packet| slot.rewriter.forward(packet));
        let sent = self.peer.send(slot.track, outgoing)?;
        self.quality.sent(Source::Microphone, sent.packets, sent.bytes, now);
        Ok(sent != Sent::default())
    }

    fn video_index(&self, publisher: PeerId, source: Source) -> Option<usize> {
        let wish = Some(Wish { publisher, source });
        self.places.iter().position(|place| place.wish == wish)
    }

    fn video_slot(&mut self, publisher: PeerId, source: Source) -> Option<&mut VideoSlot> {
        let index = self.video_index(publisher, source)?;
        self.video_slots.get_mut(index)
    }
}

/// Whether `may_send` allows `source`.
pub(crate) fn allows(may_send: MaySend, source: Source) -> bool {
    match source {
        Source::Microphone => may_send.microphone,
        Source::Camera => may_send.camera,
        Source::Screen => may_send.screen,
    }
}

/// What a slot carries.
fn slot_source(track_use: TrackUse) -> Source {
    match track_use {
        TrackUse::Microphone | TrackUse::AudioSlot => Source::Microphone,
        TrackUse::Camera | TrackUse::VideoSlot => Source::Camera,
        TrackUse::Screen | TrackUse::ScreenSlot => Source::Screen,
    }
}

fn source_of(track_use: TrackUse) -> Option<Source> {
    match track_use {
        TrackUse::Microphone => Some(Source::Microphone),
        TrackUse::Camera => Some(Source::Camera),
        TrackUse::Screen => Some(Source::Screen),
        TrackUse::AudioSlot | TrackUse::VideoSlot | TrackUse::ScreenSlot => None,
    }
}
