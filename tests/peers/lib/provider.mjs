// A small OpenID Connect provider on this machine, for tests: it signs in at once whoever comes, as whom it was told last.

import { createHash, createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Starts one for a client with this id and secret. */
export async function startProvider({ clientId, clientSecret }) {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kid = randomUUID();
  const codes = new Map();
  let person = {};
  let url = "";

  /** A token with what is said of the person now, for an hour. */
  function token(more) {
    const now = Math.floor(Date.now() / 1000);
    const head = `${encode({ alg: "RS256", kid })}.${encode({ iss: url, aud: clientId, iat: now, exp: now + 3600, ...person, ...more })}`;
    return `${head}.${createSign("RSA-SHA256").update(head).sign(privateKey, "base64url")}`;
  }

  const json = (response, value, status = 200) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));

  const answers = {
    "/.well-known/openid-configuration": (_, response) =>
      json(response, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        token_endpoint_auth_methods_supported: ["client_secret_post"],
      }),
    "/keys": (_, response) => json(response, { keys: [{ ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" }] }),
    "/authorize": ({ searchParams }, response) => {
      const code = randomUUID();
      codes.set(code, { nonce: searchParams.get("nonce"), challenge: searchParams.get("code_challenge") });
      const back = new URL(searchParams.get("redirect_uri"));
      back.search = new URLSearchParams({ code, state: searchParams.get("state") });
      response.writeHead(302, { Location: back.href }).end();
    },
    "/token": (_, response, body) => {
      const form = new URLSearchParams(body);
      const grant = codes.get(form.get("code"));
      codes.delete(form.get("code"));
      if (form.get("client_id") !== clientId || form.get("client_secret") !== clientSecret) return json(response, { error: "invalid_client" }, 401);
      const challenge = createHash("sha256").update(form.get("code_verifier")).digest("base64url");
      if (challenge !== grant?.challenge) return json(response, { error: "invalid_grant" }, 400);
      return json(response, { token_type: "Bearer", id_token: token({ nonce: grant.nonce }) });
    },
  };

  const server = createServer((request, response) => {
    const asked = new URL(request.url, url);
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => (answers[asked.pathname] ?? ((_, other) => other.writeHead(404).end()))(asked, response, Buffer.concat(chunks).toString()));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    token,
    /** Says from now on that this person signs in. */
    signIn(claims) {
      person = claims;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
