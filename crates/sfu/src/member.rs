//! One peer as the forwarding sees it: what it sends, its receiving slots, and its deadlines.

use crate::allocation::{Claim, Rank, allocate};
use crate::audio_slots::{self, Occupant};
use crate::budget::Budget;
use crate::echo::Echo;
use crate::feed::Feed;
use crate::keyframes::KeyframeRequests;
use crate::layers::{Layers, Need};
use crate::packet::{Codec, IncomingPacket};
use crate::peer::{Peer, Sent};
use crate::publication::Publication;
use crate::quality::{Quality, Report};
use crate::slot::Rewriter;
use crate::subscriptions::{self, Place};
use convene_model::media::{LostReason, MaySend, Shown, Source, TrackPlan, TrackUse, Wish};
use convene_model::{CallId, PeerId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A peer that has no connection by then is lost. Longer ones keep dead peers, shorter ones lose slow networks.
pub const CONNECT_MAX: Duration = Duration::from_secs(20);
/// A peer whose path is gone this long is lost. It must outlast an ICE restart after a change of network.
pub const DISCONNECTED_MAX: Duration = Duration::from_secs(30);

/// Packets of one layer of a publication that arrived in one batch.
#[derive(Debug)]
pub(crate) struct Run {
    pub publisher: PeerId,
    pub source: Source,
    /// 0 where there are no layers.
    pub layer: usize,
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

/// One layer of what somebody wishes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LayerOf {
    pub wish: Wish,
    pub layer: usize,
}

/// A received packet that may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Admitted {
    pub source: Source,
    pub layer: usize,
    /// Whether by this packet others may be better served with another layer.
    pub changes_layers: bool,
}

/// A peer in its call.
pub(crate) struct Member {
    pub id: PeerId,
    pub call: CallId,
    pub peer: Peer,
    pub may_send: MaySend,
    pub wishes: Vec<Wish>,
    /// How large it shows what it wishes for.
    pub shown: Vec<Shown>,
    pub places: Vec<Place>,
    pub is_connected: bool,
    /// How its media is.
    pub quality: Quality,
    /// What its line carries.
    pub budget: Budget,
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

/// A slot for video; its place in `Member::places` has the same index.
struct VideoSlot {
    track: usize,
    feed: Feed,
    /// Whether nothing goes to it for want of bandwidth.
    held_back: bool,
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
            shown: vec![],
            places: vec![],
            is_connected: false,
            quality: Quality::new(now),
            budget: Budget::default(),
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
            let seed = (self.id.0 as u16).wrapping_mul(7919).wrapping_add(track as u16 * 331);
            match plan.track_use {
                TrackUse::Microphone | TrackUse::Camera | TrackUse::Screen => {
                    let source = source_of(plan.track_use);
                    let same = |p: &Publication| p.mid == plan.mid && Some(p.source) == source;
                    let known = publications.iter().position(same).map(|at| publications.swap_remove(at));
                    let count = self.peer.layers(track);
                    let known = known.filter(|p| p.layers.count() == count);
                    let new = || (KeyframeRequests::new(), Layers::new(count));
                    let (keyframes, layers) = known.map_or_else(new, |p| (p.keyframes, p.layers));
                    let mid = plan.mid.clone();
                    let publication = source.map(|source| Publication { mid, track, source, keyframes, layers });
                    self.publications.extend(publication);
                }
                TrackUse::AudioSlot => {
                    let known = audio.iter().position(|slot| slot.mid == plan.mid).map(|at| audio.swap_remove(at));
                    let (occupant, rewriter) =
                        known.map_or_else(|| (None, Rewriter::new(seed)), |s| (s.occupant, s.rewriter));
                    self.audio_slots.push(AudioSlot { mid: plan.mid.clone(), track, occupant, rewriter });
                }
                TrackUse::VideoSlot | TrackUse::ScreenSlot => {
                    let same = |place: &Place| place.mid == plan.mid && place.track_use == plan.track_use;
                    let known = places.iter().position(same);
                    let known = known.map(|at| (places.swap_remove(at).wish, video.swap_remove(at)));
                    let (wish, slot) = known.map_or_else(|| (None, None), |(wish, slot)| (wish, Some(slot)));
                    let (feed, held_back) = slot.map_or_else(|| (Feed::new(seed), false), |s| (s.feed, s.held_back));
                    self.places.push(Place { mid: plan.mid.clone(), track_use: plan.track_use, wish });
                    self.video_slots.push(VideoSlot { track, feed, held_back });
                }
            }
        }
    }

    /// Whether this peer's plan has a track for `source`.
    pub fn publishes(&self, source: Source) -> bool {
        self.publications.iter().any(|publication| publication.source == source)
    }

    /// What is known of the layers of one of this peer's tracks.
    pub fn layers(&self, source: Source) -> Option<&Layers> {
        self.publications.iter().find(|publication| publication.source == source).map(|publication| &publication.layers)
    }

    /// What a received packet of a layer of `track` is, if it may pass: a track for sending, the right kind of codec, and allowed.
    pub fn admit(&mut self, track: usize, layer: usize, packet: &IncomingPacket) -> Option<Admitted> {
        let publication = self.publications.iter_mut().find(|publication| publication.track == track)?;
        let source = publication.source;
        let is_audio = packet.codec == Codec::Opus;
        let allowed = allows(self.may_send, source);
        let fits = is_audio == (source == Source::Microphone);
        if fits {
            self.quality.arrived(source, layer, packet);
        }
        if !fits || !allowed {
            self.echo.as_mut().filter(|_| is_audio && !allowed).into_iter().for_each(Echo::pause);
            return None;
        }
        let mut changes_layers = false;
        if source != Source::Microphone {
            changes_layers = publication.arrived(layer, packet);
        } else if let Some(echo) = &mut self.echo {
            echo.hear(packet, packet.received_at);
        }
        Some(Admitted { source, layer, changes_layers })
    }

    /// A keyframe of a layer is on its way to all who wait for it.
    pub fn keyframe_passes(&mut self, source: Source, layer: usize) {
        let publication = self.publications.iter_mut().find(|publication| publication.source == source);
        publication.into_iter().for_each(|publication| publication.keyframes.packet_arrived(layer, true));
    }

    /// Somebody needs a keyframe of a layer of one of this peer's tracks.
    pub fn request_keyframe(&mut self, source: Source, layer: usize) {
        let wanted = self.publications.iter_mut().find(|publication| publication.source == source);
        if let Some(publication) = wanted.filter(|p| p.source != Source::Microphone) {
            publication.keyframes.request(layer);
        }
    }

    /// Sends the PLIs that are due. Returns whether there were any.
    pub fn send_due_requests(&mut self, now: Instant) -> Result<bool, LostReason> {
        let mut any = false;
        for publication in &mut self.publications {
            if !self.is_connected {
                continue;
            }
            for layer in publication.keyframes.take_due(now).iter() {
                self.peer.request_keyframe(publication.track, layer)?;
                any = true;
            }
        }
        Ok(any)
    }

    /// When this peer wants [`send_due_requests`](Self::send_due_requests), its echo, a tick, or its end.
    pub fn due_at(&self, now: Instant) -> Instant {
        let requests = self.publications.iter().filter(|_| self.is_connected).filter_map(|p| p.keyframes.due_at(now));
        let echo = self.echo.as_ref().and_then(Echo::due_at);
        let own = self.lost_at.into_iter().chain(echo).chain(self.budget.due_at()).chain(self.peer.sends_at());
        requests.chain(own).fold(self.tick_at, Instant::min)
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

    /// Fills the video slots anew. Returns whether any slot changed.
    pub fn assign(&mut self, available: impl Fn(&Wish) -> bool) -> bool {
        let changed = subscriptions::assign(&mut self.places, &self.wishes, available);
        for index in &changed {
            self.video_slots[*index].feed.restart();
            self.video_slots[*index].held_back = false;
        }
        !changed.is_empty()
    }

    /// Chooses the layer for each slot, if any carries `only`, as far as the bandwidth goes. `leader`: who speaks. Returns whether anything was
    /// chosen.
    pub fn aim<'a>(
        &mut self,
        only: Option<Wish>,
        leader: Option<PeerId>,
        now: Instant,
        layers: impl Fn(&Wish) -> Option<&'a Layers>,
    ) -> bool {
        if only.is_some() && !self.places.iter().any(|place| place.wish == only) {
            return false;
        }
        let mut claims = vec![];
        let mut claimants = vec![];
        for (index, (place, slot)) in self.places.iter().zip(&self.video_slots).enumerate() {
            let Some((wish, layers)) = place.wish.and_then(|wish| Some((wish, layers(&wish)?))) else { continue };
            let shown = self.shown.iter().find(|shown| shown.wish == wish).map(|shown| shown.size);
            let current = slot.feed.current();
            let rank = match wish.source {
                Source::Screen => Rank::Screen,
                Source::Camera | Source::Microphone if leader == Some(wish.publisher) => Rank::Speaker,
                Source::Camera | Source::Microphone => Rank::Other,
            };
            claims.push(Claim {
                rank,
                steps: layers.steps(Need { shown, current }),
                current,
                held_back: slot.held_back,
            });
            claimants.push(index);
        }
        let heard = self.audio_slots.iter().filter(|slot| slot.occupant.is_some()).count();
        let allocation = allocate(&claims, self.budget.for_video(heard));
        for ((index, claim), layer) in claimants.into_iter().zip(&claims).zip(&allocation.layers) {
            let slot = &mut self.video_slots[index];
            slot.held_back = layer.is_none() && !claim.steps.is_empty();
            if slot.feed.aim_at(*layer) {
                let publisher = self.places[index].wish.map(|wish| wish.publisher.0);
                tracing::debug!(peer = %self.id, publisher, layer, "what is sent");
            }
        }
        self.budget.aimed(now, !claims.is_empty());
        self.peer.want_bandwidth(self.budget.goal(heard, allocation.next), now);
        true
    }

    /// Whether it is time to look at its slots anew.
    pub fn wants_aim(&self, now: Instant) -> bool {
        self.budget.due_at().is_some_and(|due| due <= now)
    }

    /// The layers of which slots here need a keyframe. One that comes before the connection is up would be lost: none is needed till then.
    pub fn waits_for(&self) -> Vec<LayerOf> {
        let slots = self.places.iter().zip(&self.video_slots).filter(|_| self.is_connected);
        slots.filter_map(|(place, slot)| Some(LayerOf { wish: place.wish?, layer: slot.feed.waits_for()? })).collect()
    }

    /// The peer reported on what is sent to it on `track`.
    pub fn reported(&mut self, track: usize, report: Report) {
        let video = self.video_slots.iter().position(|slot| slot.track == track);
        let source = video.map_or(Source::Microphone, |index| slot_source(self.places[index].track_use));
        self.quality.reported(source, report);
    }

    /// What the slot of `track` carries, or is to carry; nothing if it is hidden.
    pub fn carried_by(&self, track: usize) -> Option<LayerOf> {
        let index = self.video_slots.iter().position(|slot| slot.track == track)?;
        let feed = &self.video_slots[index].feed;
        Some(LayerOf { wish: self.places[index].wish?, layer: feed.current().or(feed.waits_for())? })
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
                slot.feed.restart();
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
        starved: &mut Vec<LayerOf>,
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
                queued |= self.forward_audio(run, now, &loudness);
                continue;
            }
            let (publisher, source) = (run.publisher, run.source);
            let Some(index) = self.video_index(publisher, source) else { continue };
            let slot = &mut self.video_slots[index];
            if !slot.feed.takes(run.layer) {
                continue;
            }
            let outgoing = run.packets.iter().filter_map(|packet| slot.feed.forward(run.layer, packet));
            let sent = self.peer.send(slot.track, outgoing, now);
            self.quality.sent(source, sent.packets, sent.bytes, now);
            queued |= sent != Sent::default();
            let wish = Wish { publisher, source };
            starved.extend(slot.feed.waits_for().map(|layer| LayerOf { wish, layer }));
        }
        let wants_drain = queued && self.peer.wants_drain(now);
        if wants_drain {
            self.peer.tick(now)?;
        }
        Ok(wants_drain)
    }

    fn forward_audio(&mut self, run: &Run, now: Instant, loudness: impl Fn(PeerId) -> f32) -> bool {
        let occupants = self.audio_slots.iter().map(|slot| slot.occupant);
        let Some(index) = audio_slots::place(occupants, run.publisher, now, loudness) else { return false };
        let slot = &mut self.audio_slots[index];
        if slot.occupant.is_none_or(|occupant| occupant.peer != run.publisher) {
            slot.occupant = Some(Occupant { peer: run.publisher, since: now });
            slot.rewriter.restart();
        }
        let outgoing = run.packets.iter().filter_map(|packet| slot.rewriter.forward(packet));
        let sent = self.peer.send(slot.track, outgoing, now);
        self.quality.sent(Source::Microphone, sent.packets, sent.bytes, now);
        sent != Sent::default()
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
