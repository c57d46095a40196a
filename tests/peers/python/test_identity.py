"""azure-communication-identity, as published, with nothing but a connection string. Started by run.mjs."""

import os
from datetime import datetime, timedelta, timezone

from azure.communication.identity import CommunicationIdentityClient, CommunicationTokenScope, CommunicationUserIdentifier
from azure.communication.identity.aio import CommunicationIdentityClient as AsyncClient
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from common import PeerTest, claims, connection_string_with_another_key, done

STRANGER = CommunicationUserIdentifier("8:acs:00000000-0000-4000-8000-000000000000_00000000-0000-4000-8000-000000000000")
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def minutes_left(token) -> float:
    # This client hands the text of the answer on, whatever its type hints say.
    expires_on = datetime.fromisoformat(token.expires_on.replace("Z", "+00:00"))
    return (expires_on - datetime.now(timezone.utc)).total_seconds() / 60


class Identity:
    async def test_a_user_is_created(self):
        one = await done(self.client.create_user())
        other = await done(self.client.create_user())
        self.assertRegex(one.properties["id"], f"^8:acs:{UUID}_{UUID}$")
        self.assertNotEqual(one.raw_id, other.raw_id)

    async def test_a_user_is_created_with_a_token(self):
        scopes = [CommunicationTokenScope.CHAT, CommunicationTokenScope.VOIP]
        user, token = await done(self.client.create_user_and_token(scopes, token_expires_in=timedelta(hours=1)))
        said = claims(token.token)
        self.assertEqual((f"8:{said['skypeid']}", said["acsScope"]), (user.raw_id, "chat,voip"))
        self.assertAlmostEqual(minutes_left(token), 60, delta=1)

    async def test_a_token_is_issued_for_a_day_unless_asked_otherwise(self):
        user = await done(self.client.create_user())
        token = await done(self.client.get_token(user, ["voip.join", "chat.join.limited"]))
        self.assertEqual(f"8:{claims(token.token)['skypeid']}", user.raw_id)
        self.assertAlmostEqual(minutes_left(token), 1440, delta=1)
        shorter = await done(self.client.get_token(user, ["voip"], token_expires_in=timedelta(minutes=90)))
        self.assertAlmostEqual(minutes_left(shorter), 90, delta=1)

    async def test_tokens_are_revoked_and_the_next_one_is_of_a_new_generation(self):
        user, token = await done(self.client.create_user_and_token(["voip"]))
        self.assertIsNone(await done(self.client.revoke_tokens(user)))
        again = await done(self.client.get_token(user, ["voip"]))
        self.assertEqual([claims(token.token)["gen"], claims(again.token)["gen"]], [0, 1])

    async def test_a_deleted_user_is_unknown(self):
        user = await done(self.client.create_user())
        self.assertIsNone(await done(self.client.delete_user(user)))
        await self.refused(lambda: self.client.get_token(user, ["voip"]), ResourceNotFoundError, 404, "NotFound")
        await self.refused(lambda: self.client.delete_user(user), ResourceNotFoundError, 404, "NotFound")

    async def test_another_resources_user_is_unknown(self):
        await self.refused(lambda: self.client.revoke_tokens(STRANGER), ResourceNotFoundError, 404, "NotFound")

    async def test_a_scope_that_there_is_not_is_refused(self):
        user = await done(self.client.create_user())
        await self.refused(lambda: self.client.get_token(user, ["fly"]), HttpResponseError, 400, "BadRequest")
        await self.refused(lambda: self.client.create_user_and_token(["fly"]), HttpResponseError, 400, "BadRequest")

    async def test_a_lifetime_out_of_range_is_refused(self):
        user = await done(self.client.create_user())
        short = timedelta(minutes=30)
        await self.refused(lambda: self.client.get_token(user, ["voip"], token_expires_in=short), HttpResponseError, 400, "BadRequest")

    def teams_user(self, token: str = "CONVENE_ORGANIZATION_TOKEN", client_id: str = "CONVENE_ORGANIZATION_APP"):
        person = os.environ["CONVENE_ORGANIZATION_PERSON"]
        return self.client.get_token_for_teams_user(os.environ[token], os.environ[client_id], person)

    async def test_somebody_of_the_organization_gets_a_token_of_their_own(self):
        token = await done(self.teams_user())
        said = claims(token.token)
        self.assertEqual((said["skypeid"], said["acsScope"]), (f"orgid:{os.environ['CONVENE_ORGANIZATION_PERSON']}", "chat,voip"))
        self.assertAlmostEqual(minutes_left(token), 60, delta=1)

    async def test_what_the_provider_did_not_say_is_refused(self):
        await self.refused(lambda: self.teams_user(client_id="CONVENE_ORGANIZATION_PERSON"), HttpResponseError, 403, "Forbidden")
        await self.refused(lambda: self.teams_user(token="CONVENE_ORGANIZATION_EXPIRED"), ClientAuthenticationError, 401, "Unauthorized")

    async def test_a_wrong_key_gets_401(self):
        stranger = self.open(connection_string_with_another_key())
        self.addAsyncCleanup(self.close, stranger)
        await self.refused(stranger.create_user, ClientAuthenticationError, 401, "Unauthorized")


class PlainIdentity(Identity, PeerTest):
    client_class = CommunicationIdentityClient


class AsyncIdentity(Identity, PeerTest):
    client_class = AsyncClient
