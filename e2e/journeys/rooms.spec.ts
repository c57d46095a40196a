// Rooms: an app's server makes one by the Rooms API, its users join by the room's id, and what the server changes holds at once.

import { AppPage } from "../lib/app-page";
import { expect, test } from "../lib/fixtures";
import { askSigned } from "../lib/meetings";
import { expectToHear, expectToSee } from "../lib/probes";
import type { APIRequestContext } from "@playwright/test";
import type { Server } from "../lib/server";

type Role = "Presenter" | "Collaborator" | "Attendee" | "Consumer";

/** What an app's server does with rooms. */
class Back {
  constructor(
    private readonly request: APIRequestContext,
    private readonly server: Server,
  ) {}

  async ask<Answer>(method: string, path: string, body: object | undefined, status: number): Promise<Answer> {
    const version = path.startsWith("/rooms") ? "2025-03-13" : "2023-10-01";
    const answer = await askSigned(this.request, this.server, method, `${path}?api-version=${version}`, body);
    expect(answer.status(), await answer.text()).toBe(status);
    return (status === 204 ? {} : await answer.json()) as Answer;
  }

  async user(): Promise<{ id: string; token: string }> {
    const body = { createTokenWithScopes: ["voip"] };
    const { identity, accessToken } = await this.ask<{ identity: { id: string }; accessToken: { token: string } }>("POST", "/identities", body, 201);
    return { id: identity.id, token: accessToken.token };
  }

  async room(options: object, participants: readonly [{ id: string }, Role][]): Promise<string> {
    const people = Object.fromEntries(participants.map(([{ id }, role]) => [id, { role }]));
    const { id } = await this.ask<{ id: string }>("POST", "/rooms", { ...options, participants: people }, 201);
    return id;
  }

  async invite(roomId: string, user: { id: string }, role: Role | null): Promise<void> {
    const participants = { [user.id]: role && { role } };
    await this.ask("PATCH", `/rooms/${roomId}/participants`, { participants }, 200);
  }
}

test("two users see and hear each other in a room; strangers and unknown rooms are refused with their codes", async ({ open, request, server }) => {
  const back = new Back(request, server);
  const [ana, ben, stranger] = [await back.user(), await back.user(), await back.user()];
  const roomId = await back.room({}, [[ana, "Presenter"], [ben, "Collaborator"]]);
  const a = await AppPage.join(await open("red"), ana.token, { roomId }, "Ana");
  const b = await AppPage.join(await open("green"), ben.token, { roomId }, "Ben");
  await expectToSee(a.videoOf("Ben"), "green");
  await expectToSee(b.videoOf("Ana"), "red");
  await expectToHear(a.page, ["green"]);
  await expectToHear(b.page, ["red"]);
  expect(await a.do(({ call }) => [call.role, call.info.threadId, call.info.groupId])).toEqual(["Presenter", expect.stringMatching(/^19:call_/), undefined]);
  expect(await a.do(({ call }) => call.remoteParticipants.map((each) => each.role))).toEqual(["Collaborator"]);
  const page = await open("blue");
  await (await AppPage.join(page, stranger.token, { roomId }, "Sam")).expectEnd(403, 5828, /not invited/);
  await (await AppPage.join(page, stranger.token, { roomId: "99199690362660524" }, "Sam")).expectEnd(404, 5732, /no room/);
  expect(await a.others()).toEqual(["Ben"]);
});

test("a room is joined only within its time, and its call ends with it", async ({ open, request, server }) => {
  const back = new Back(request, server);
  const ana = await back.user();
  const later = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
  const page = await open("red");
  const tomorrow = await back.room({ validFrom: later(86_400), validUntil: later(90_000) }, [[ana, "Presenter"]]);
  await (await AppPage.join(page, ana.token, { roomId: tomorrow }, "Ana")).expectEnd(403, 5829, /not open yet/);
  const roomId = await back.room({ validUntil: later(3_600) }, [[ana, "Presenter"]]);
  const a = await AppPage.join(page, ana.token, { roomId }, "Ana");
  await a.expectState("Connected");
  await back.ask("PATCH", `/rooms/${roomId}`, { validUntil: later(3) }, 200);
  await a.expectEnd(0, 5829, /ended for everybody/);
  await (await AppPage.join(page, ana.token, { roomId }, "Ana")).expectEnd(403, 5829, /time is over/);
});

test("a consumer sees and hears others and is neither seen nor heard; a new role and a removal hold at once", async ({ open, request, server }) => {
  const back = new Back(request, server);
  const [ana, ben] = [await back.user(), await back.user()];
  const roomId = await back.room({}, [[ana, "Presenter"], [ben, "Attendee"]]);
  const a = await AppPage.join(await open("red"), ana.token, { roomId }, "Ana");
  const b = await AppPage.join(await open("green"), ben.token, { roomId }, "Ben");
  await expectToSee(a.videoOf("Ben"), "green");
  await expectToHear(a.page, ["green"]);

  await back.invite(roomId, ben, "Consumer");
  await expect.poll(() => b.events()).toContain("role Consumer");
  await expectToHear(a.page, []);
  await expect(a.videoOf("Ben")).toHaveCount(0);
  await b.sendAudioAllTheSame();
  const before = await b.audioPacketsSent();
  await expect.poll(() => b.audioPacketsSent(), { message: "packets that the hostile client sends" }).toBeGreaterThan(before + 50);
  await expectToHear(a.page, []);
  await expectToSee(b.videoOf("Ana"), "red");
  await expectToHear(b.page, ["red"]);
  expect(await b.setMuted(false)).toBe("403");
  const may = await b.do(({ call, sdk }) => {
    const { unmuteMic, turnVideoOn, shareScreen } = call.feature(sdk.Features.Capabilities).capabilities;
    return [unmuteMic, turnVideoOn, shareScreen].map((each) => `${each.isPresent} ${each.reason}`);
  });
  expect(may).toEqual(["false RoleRestricted", "false RoleRestricted", "false RoleRestricted"]);

  await back.invite(roomId, ben, "Attendee");
  await expect.poll(() => b.events()).toContain("role Attendee");
  expect(await b.setMuted(false)).toBe("done");
  await expectToHear(a.page, ["green"]);

  await back.invite(roomId, ben, null);
  await b.expectEnd(0, 5317, /invitation/);
  await expectToHear(a.page, []);
  expect(await a.others()).toEqual([]);
  await back.ask("DELETE", `/rooms/${roomId}`, undefined, 204);
  await a.expectEnd(0, 4097, /ended for everybody/);
});

test("in a room with a lobby strangers knock, and a presenter admits and rejects them", async ({ open, request, server }) => {
  const back = new Back(request, server);
  const [ana, gina, sam] = [await back.user(), await back.user(), await back.user()];
  const roomId = await back.room({ convene: { lobby: true } }, [[ana, "Presenter"]]);
  const guest = await AppPage.join(await open("green"), gina.token, { roomId }, "Gina");
  await guest.expectState("InLobby");
  expect(await guest.others()).toEqual([]);
  const a = await AppPage.join(await open("red"), ana.token, { roomId }, "Ana");
  await expect.poll(() => a.lead("admit", "Gina")).toBe("done");
  await expectToSee(a.videoOf("Gina"), "green");
  await expectToSee(guest.videoOf("Ana"), "red");
  expect(await guest.do(({ call }) => call.role)).toBe("Attendee");

  const other = await AppPage.join(await open("blue"), sam.token, { roomId }, "Sam");
  await other.expectState("InLobby");
  await expect.poll(() => a.do(({ call }) => call.lobby.participants.map((each) => each.displayName))).toEqual(["Sam"]);
  await a.do(({ call }) => Promise.all(call.lobby.participants.map((each) => call.lobby.reject(each.identifier))));
  await other.expectEnd(0, 5854, /declined/);
  expect(await a.others()).toEqual(["Gina"]);
});
