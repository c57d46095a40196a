// An organization with a provider, for the tests of published clients: its flags of `convene serve`, and what the clients read of it.

import { startProvider } from "./provider.mjs";

const APP = "00000000-0000-4000-8000-0000000000aa";
const PERSON = "00000000-0000-4000-8000-0000000000bb";

/** Starts the provider. */
export async function startOrganization() {
  const provider = await startProvider({ clientId: APP, clientSecret: "secret" });
  provider.signIn({ sub: PERSON, name: "Olga", email: "olga@example.org", email_verified: true });
  return {
    flags: ["--oidc-issuer", provider.url, "--oidc-client-id", APP, "--oidc-client-secret", "secret", "--oidc-allowed-domain", "example.org"],
    environment: {
      CONVENE_ORGANIZATION_APP: APP,
      CONVENE_ORGANIZATION_PERSON: PERSON,
      CONVENE_ORGANIZATION_TOKEN: provider.token(),
      CONVENE_ORGANIZATION_EXPIRED: provider.token({ exp: 1_700_000_000 }),
    },
    stop: () => provider.stop(),
  };
}
