// Rules of the production code, each broken once. `find` is the exact text of a statement (it ends with `;`) or of an expression in
// `file`, found there once; `replace` stands for it where the rule is broken. A `replace` with MUTANT in it stands for it always, and MUTANT in it is
// true where the rule is broken. `breaks` are the rules of the simulation, any of which may be reported. `seeds`: for what random steps rarely
// come to.

const call = (name) => `crates/call/src/${name}.rs`;
const node = (name) => `crates/node/src/${name}.rs`;

export const mutants = [
  // Everybody who receives media is on the roster.
  {
    name: "who leaves keeps receiving media",
    breaks: ["ReceiversAreOnTheRoster"],
    file: call("roster"),
    find: "gone.media_open",
    replace: "gone.media_open && reason == ErrorCode::PutBack",
  },
  {
    name: "the others are not told of who comes in",
    breaks: ["ViewsAgree", "ReceiversAreOnTheRoster"],
    file: call("roster"),
    find: "self.tell_others(core, &user, event);",
    replace: "drop(event);",
  },

  // Nobody who waits receives anything.
  {
    name: "who is put back keeps receiving media",
    breaks: ["WaitersLearnNothing", "MutedIsSilent", "ReceiversAreOnTheRoster"],
    file: call("roster"),
    find: "gone.media_open",
    replace: "gone.media_open && reason != ErrorCode::PutBack",
  },
  {
    name: "those who wait hear who else knocks",
    breaks: ["WaitersLearnNothing"],
    file: call("lobby"),
    find: "roster.tell_lobby_managers(core, &Event::Knocked { waiter });",
    replace:
      "for other in self.users.keys() { core.effect(Output::Send { leg: other.clone(), event: Event::Knocked { waiter: waiter.clone() } }); }",
  },

  // Bars hold.
  {
    name: "who was removed comes back with the same token",
    breaks: ["BarsHold"],
    file: call("call"),
    find: "removals.is_barred(&new.user)",
    replace: "false",
  },
  {
    name: "a restart forgets who was removed",
    breaks: ["BarsHold"],
    file: call("removal"),
    find: "self.barred.insert(user);",
    replace: "drop(user);",
  },
  {
    name: "who was removed while away comes back by resuming",
    breaks: ["BarsHold"],
    file: call("managing"),
    find: "self.member_leaves(&leg, ErrorCode::Removed);",
    replace:
      "if self.roster.leg(&leg).is_some_and(|state| state.away_until.is_none()) { self.member_leaves(&leg, ErrorCode::Removed); }",
  },
  {
    name: "who was put back comes in by knocking again",
    breaks: ["BarsHold"],
    file: call("call"),
    find: "lobby.holds(&new.user) && !new.person.role.owns_meeting()",
    replace: "false",
  },
  {
    name: "who was put back comes in when the options change",
    breaks: ["BarsHold"],
    file: call("lobby"),
    find: "!waiter.held",
    replace: "true",
  },

  // Admission only by the policy, or by somebody who may admit.
  {
    name: "nobody has to wait",
    breaks: ["AdmissionIsDecided"],
    file: call("policy"),
    find: "!policy.lets_bypass(person)",
    replace: "false",
  },
  {
    name: "guests come where none are allowed",
    breaks: ["AdmissionIsDecided"],
    file: call("policy"),
    find: "guest && !policy.guests_allowed",
    replace: "false",
  },
  {
    name: "guests start meetings that they may not start",
    breaks: ["AdmissionIsDecided"],
    file: call("policy"),
    find: "guest && !policy.guests_may_start && !inside.organization",
    replace: "false",
  },
  {
    name: "a locked meeting takes somebody new",
    breaks: ["AdmissionIsDecided"],
    file: call("policy"),
    find: "policy.locked",
    replace: "false",
  },
  {
    name: "fresh visitors need not wait after a removal",
    breaks: ["AdmissionIsDecided"],
    file: call("policy"),
    find: "person.visitor && inside.removals",
    replace: "false",
  },
  {
    name: "who is rejected is admitted",
    breaks: ["AdmissionIsDecided", "BarsHold"],
    file: call("call"),
    find: "call.lobby.reject(&mut call.core, &call.roster, &user)",
    replace: "call.lobby.admit(&mut call.core, &mut call.roster, &user, None)",
  },

  // Who is rejected, or waited too long, is not in.
  {
    name: "who is rejected goes on waiting",
    breaks: ["WaitsEnd"],
    file: call("lobby"),
    find: "self.send_away(core, roster, user, ErrorCode::LobbyRejected, LobbyOutcome::Rejected);",
    replace: "let _ = core;",
  },
  {
    name: "waits do not expire in time",
    breaks: ["WaitsEnd"],
    file: call("lobby"),
    find: "now + core.policy.wait",
    replace: "now + core.policy.wait * 2",
  },

  // Roles only from the verified identity, or by promotion.
  {
    name: "everybody is the organizer",
    breaks: ["RolesAreGiven"],
    file: "crates/directory/src/who.rs",
    find: "meeting.organizer == *user",
    replace: "true",
  },
  {
    name: "everybody presents",
    breaks: ["RolesAreGiven"],
    file: "crates/directory/src/who.rs",
    find: "Role::Attendee",
    replace: "Role::Presenter",
  },
  {
    name: "who was removed comes back in the role that was given before",
    breaks: ["RolesAreGiven", "ViewsAgree", "LeadersOnly"],
    file: call("managing"),
    find: "self.roster.decided.forget_role(user);",
    replace: "let _ = user;",
    seeds: 600,
  },
  {
    name: "anybody may lead the others",
    breaks: ["LeadersOnly"],
    file: call("managing"),
    find: "self.roster.may(&self.core, leg, needed)",
    replace: "true",
  },
  {
    name: "guests who present manage the lobby without a promotion",
    breaks: ["LeadersOnly"],
    file: call("roster"),
    find: "self.promoted || organization || self.person.host",
    replace: "true",
  },

  // Muted and hard-muted is silent.
  {
    name: "who must not speak unmutes",
    breaks: ["MutedIsSilent", "ViewsAgree"],
    file: call("roster"),
    find: "!no_audio",
    replace: "true",
  },
  {
    name: "what a muted leg sends is forwarded",
    breaks: ["MutedIsSilent"],
    file: call("roster"),
    find: "may(Capability::UnmuteMic) && !muted",
    replace: "may(Capability::UnmuteMic)",
  },
  {
    name: "the media plane hears nothing of a mute",
    breaks: ["MutedIsSilent"],
    file: call("mute"),
    find: "core.effect(Output::Media(MediaCommand::SetMaySend { peer, may_send }));",
    replace: "let _ = (peer, may_send);",
  },
  {
    name: "the media plane hears nothing of a hard mute",
    breaks: ["MutedIsSilent"],
    file: call("roster"),
    find: "core.effect(Output::Media(MediaCommand::SetMaySend { peer, may_send }));",
    replace: "let _ = (peer, may_send);",
  },
  {
    name: "a restart forgets a hard mute",
    breaks: ["MutedIsSilent", "ViewsAgree"],
    file: call("recovery"),
    find: "(decision.audio_forbidden, decision.video_forbidden) = (*audio_forbidden, *video_forbidden);",
    replace: "let _ = (decision, audio_forbidden, video_forbidden);",
  },
  {
    name: "a hard mute is shed by leaving and coming again",
    breaks: ["MutedIsSilent", "ViewsAgree"],
    file: call("roster"),
    find: "self.decided.keep(user.clone(), member.decision());",
    replace: "let _ = member.decision();",
  },
  {
    name: "a restart forgets a mute",
    breaks: ["ViewsAgree", "MutedIsSilent"],
    file: call("recovery"),
    find: "self.muted.insert(participant.clone());",
    replace: "let _ = participant;",
  },

  // Resuming needs the secret, and the user whose it is.
  {
    name: "a wrong secret resumes",
    breaks: ["SecretsHold"],
    file: node("resume"),
    find: "state.resume_hash == secret_hash(&secret)",
    replace: "true",
  },
  {
    name: "somebody else resumes with a stolen secret",
    breaks: ["SecretsHold"],
    file: node("resume"),
    find: "state.user == active.user.id",
    replace: "true",
  },

  // Nobody is admitted twice, and nobody is let in by a restart.
  {
    name: "who is admitted comes in twice",
    breaks: ["Once"],
    file: call("lobby"),
    find: "roster.enter(core, new, by.cloned());",
    replace: "roster.enter(core, new.clone(), by.cloned()); roster.enter(core, new, by.cloned());",
  },
  {
    name: "a restart lets in who waited",
    breaks: ["RestartLetsNobodyIn", "AdmissionIsDecided"],
    file: call("recovery"),
    find: "JournalRow::Knocked { participant, user, .. } => {",
    replace: `JournalRow::Knocked { participant, user, .. } => {
                if MUTANT {
                    let (user, display_name, resume_hash) = (user.clone(), String::new(), String::new());
                    self.legs.insert(participant.clone(), RecoveredRow { user, display_name, role: Role::Presenter, resume_hash });
                }`,
  },
  {
    name: "a restart brings back who had left",
    breaks: ["RestartLetsNobodyIn", "Once"],
    file: call("recovery"),
    find: "self.legs.remove(participant)",
    replace: "self.legs.get(participant).cloned()",
  },

  // Committed before told.
  {
    name: "news does not wait for its commit",
    breaks: ["CommittedFirst"],
    file: call("gate"),
    find: "if barrier <= self.committed {",
    replace: "if MUTANT || barrier <= self.committed {",
  },

  // Who is revoked has no session and no place.
  {
    name: "who is away keeps the place after a revocation",
    breaks: ["RevokedIsOut", "SecretsHold"],
    file: node("session"),
    find: "leg.session.is_none() && leg.user == *user",
    replace: "false",
  },
  {
    name: "a session that is just being verified outlives a revocation",
    breaks: ["RevokedIsOut"],
    file: node("session"),
    find: "Session::Verifying { claims, .. } => revoked(claims),",
    replace: "Session::Verifying { claims, .. } => !MUTANT && revoked(claims),",
  },

  // What is shown at the door must be right.
  {
    name: "a revoked token opens a session",
    breaks: ["ProofIsNeeded"],
    file: "crates/identity/src/verify.rs",
    find: "claims.generation >= user.generation",
    replace: "true",
  },
  {
    name: "a token's signature is not looked at",
    breaks: ["ProofIsNeeded"],
    file: "crates/identity/src/verify.rs",
    find: "jsonwebtoken::decode::<WireClaims>(token, key, &signature_only())",
    replace: "jsonwebtoken::dangerous::insecure_decode::<WireClaims>(token)",
  },
  {
    name: "a token for chat opens a session",
    breaks: ["ProofIsNeeded"],
    file: node("session"),
    find: "!claims.scopes.may_join_calls()",
    replace: "false",
  },
  {
    name: "a token for joining starts calls",
    breaks: ["ProofIsNeeded"],
    file: node("join"),
    find: "!may_start && !self.calls[&call_id].call.is_live()",
    replace: "false",
  },
  {
    name: "a visitor's token opens another meeting",
    breaks: ["ProofIsNeeded"],
    file: node("join"),
    find: "bound.as_ref().is_none_or(|id| *id == meeting.id)",
    replace: "true",
  },
  {
    name: "a visitor's token opens group calls",
    breaks: ["ProofIsNeeded"],
    file: node("groups"),
    find: "active.claims.meeting.is_some()",
    replace: "false",
  },
  {
    name: "a wrong passcode opens a meeting",
    breaks: ["ProofIsNeeded"],
    file: "crates/directory/src/meeting.rs",
    find: "expected.len() == given.len() && difference == 0",
    replace: "true",
  },

  // Bounds, and answers.
  {
    name: "a session has as many calls as it likes",
    breaks: ["Bounds"],
    file: node("session"),
    find: "active.handles.len() >= limits::CALLS_PER_SESSION_MAX",
    replace: "false",
  },
  {
    name: "a request gets no answer",
    breaks: ["Answered"],
    file: node("calls"),
    find: "self.respond(session, id, result);",
    replace: "if enters { self.respond(session, id, result); }",
  },

  // Rings end, once, and so do calls that rang.
  {
    name: "it goes on ringing at who came in",
    breaks: ["RingsEndOnce"],
    file: call("ringing"),
    find: "self.end_where(core, roster, ErrorCode::AnsweredElsewhere, |user, _| came_or_knocked(user));",
    replace: "let _ = came_or_knocked;",
  },
  {
    name: "one of two stays in the call alone",
    breaks: ["RingsEndOnce"],
    file: call("ringing"),
    find: "!two && self.rings.is_empty()",
    replace: "false",
  },

  // Rooms take the invited, within their time.
  {
    name: "a room without a lobby lets those wait who are not invited",
    breaks: ["RoomsAreForTheInvited"],
    file: call("policy"),
    find: "policy.invited_only && !person.invited",
    replace: "false",
  },
  {
    name: "a room is joined before its time",
    breaks: ["RoomsKeepTheirTime"],
    file: call("policy"),
    find: "now < self.from",
    replace: "false",
  },
  {
    name: "a room's call goes on after its time",
    breaks: ["RoomsKeepTheirTime"],
    file: call("policy"),
    find: "self.until - now.wall",
    replace: "self.until + 60_000 - now.wall",
  },
  {
    name: "who is not invited to the room any more stays in its call",
    breaks: ["RoomsAreForTheInvited"],
    file: call("options"),
    find: "self.roster.member(user).is_some_and(|member| member.person.invited)",
    replace: "false",
  },
  {
    name: "whoever wants into a room is taken for invited",
    breaks: ["RoomsAreForTheInvited", "RolesAreGiven"],
    file: node("rooms"),
    find: "entry.invited",
    replace: "true",
  },
];
