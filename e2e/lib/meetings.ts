// Meetings made by the API, for journeys that set options which the pages do not have.

import { expect, type APIRequestContext, type APIResponse } from "@playwright/test";
import { createHash, createHmac } from "node:crypto";
import type { Server } from "./server";

export interface Organizer {
  readonly user: { readonly id: string };
  readonly token: string;
  readonly meetingsToken: string;
}

export interface Meeting {
  readonly id: string;
  readonly joinWebUrl: string;
  readonly joinMeetingIdSettings: { readonly joinMeetingId: string; readonly passcode: string };
}

export async function organizer(request: APIRequestContext, server: Server, name: string): Promise<Organizer> {
  return (await request.get(`${server.url}/api/dev/organizer?name=${name}`)).json();
}

export async function guestToken(request: APIRequestContext, server: Server): Promise<string> {
  const { token }: { token: string } = await (await request.get(`${server.url}/api/token`)).json();
  return token;
}

export async function meetingOf(request: APIRequestContext, server: Server, { meetingsToken }: Organizer, options: object): Promise<Meeting> {
  const headers = { Authorization: `Bearer ${meetingsToken}` };
  const answer = await request.post(`${server.url}/v1.0/me/onlineMeetings`, { headers, data: { subject: "Weekly", ...options } });
  expect(answer.status()).toBe(201);
  return answer.json();
}

/** Asks something as an app's server does: by a signed request. */
export async function askSigned(request: APIRequestContext, server: Server, method: string, target: string, body?: object): Promise<APIResponse> {
  const [, key] = /accesskey=(.+)$/.exec(await server.connectionString()) ?? [];
  const data = body === undefined ? "" : JSON.stringify(body);
  const date = new Date().toUTCString();
  const hash = createHash("sha256").update(data).digest("base64");
  const signed = `${method}\n${target}\n${date};${new URL(server.url).host};${hash}`;
  const signature = createHmac("sha256", Buffer.from(key ?? "", "base64")).update(signed).digest("base64");
  const authorization = `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`;
  const headers = { "x-ms-date": date, "x-ms-content-sha256": hash, Authorization: authorization, "Content-Type": "application/json" };
  return request.fetch(server.url + target, { method, headers, ...(data === "" ? {} : { data }) });
}

/** Takes a user's tokens away, as an app's server does. */
export async function revokeTokens(request: APIRequestContext, server: Server, user: string): Promise<void> {
  const answer = await askSigned(request, server, "POST", `/identities/${encodeURIComponent(user)}/:revokeAccessTokens?api-version=2023-10-01`);
  expect(answer.status()).toBe(204);
}
