// What is asked of Convene, signed with the access key; and whether what comes is signed by it.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Standard Webhooks: HMAC-SHA256 over `<id>.<seconds>.<body>`, and no older than five minutes. */
export function isSigned(secret, { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": given = "" }, body) {
  if (!(Math.abs(Date.now() / 1000 - Number(seconds)) < 300)) return false;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const expected = Buffer.from(`v1,${createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")}`);
  return given.split(" ").some((one) => one.length === expected.length && timingSafeEqual(Buffer.from(one), expected));
}

/** Asks the server that `connectionString` names. */
export function client(connectionString) {
  const [, endpoint, accessKey] = /^endpoint=([^;]+?)\/?;accesskey=(.+)$/.exec(connectionString) ?? [];
  if (!endpoint) throw new Error("Set CONNECTION_STRING to what `convene connection-string` prints.");
  return async function ask(method, path, content) {
    const body = content === undefined ? "" : JSON.stringify(content);
    const target = `${path}?api-version=2023-10-01`;
    const date = new Date().toUTCString();
    const hash = createHash("sha256").update(body).digest("base64");
    const text = `${method}\n${target}\n${date};${new URL(endpoint).host};${hash}`;
    const signature = createHmac("sha256", Buffer.from(accessKey, "base64")).update(text).digest("base64");
    const answer = await fetch(endpoint + target, {
      method,
      body: body || undefined,
      headers: { "x-ms-date": date, "x-ms-content-sha256": hash, Authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}` },
    });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
}

/** The secret of the subscription of `endpoint`: of the one that is kept, if it is still there, or of a new one. */
export async function subscribe(ask, kept, endpoint, meetings) {
  const path = "/events/subscriptions";
  const ours = kept.subscription;
  if (ours?.endpoint === endpoint && (await ask("GET", `${path}/${ours.id}`))) return ours.secret;
  // What an earlier run subscribed is of no use: its secret is not known any more. What it heard of may be over.
  const { value } = await ask("GET", path);
  for (const { id, endpoint: theirs } of value) if (theirs === endpoint) await ask("DELETE", `${path}/${id}`);
  kept.begin();
  const { id, secret } = await ask("POST", path, { endpoint, meetings });
  kept.keepSubscription({ id, endpoint, secret });
  return secret;
}
