"""azure-communication-rooms, as published, with nothing but a connection string. Started by run.mjs."""

from datetime import datetime, timedelta, timezone

from azure.communication.identity import CommunicationIdentityClient
from azure.communication.rooms import CommunicationUserIdentifier, ParticipantRole, RoomParticipant, RoomsClient
from azure.communication.rooms.aio import RoomsClient as AsyncClient
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from common import CA, CONNECTION_STRING, PeerTest, connection_string_with_another_key, done, every

UNKNOWN = "99199690362660524"
NOBODY = CommunicationUserIdentifier("8:acs:nobody")


def in_days(days: int) -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=days)


def instant(text: str) -> datetime:
    # This client hands the text of the answer on, whatever its type hints say.
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def said(room) -> tuple:
    times = (instant(text) for text in (room.created_at, room.valid_from, room.valid_until))
    return (room.id, *times, room.pstn_dial_out_enabled)


async def sizes(pages) -> list:
    """How many items each page has."""
    if hasattr(pages, "__aiter__"):
        return [len([item async for item in page]) async for page in pages.by_page()]
    return [len(list(page)) for page in pages.by_page()]


class Rooms:
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.identities = CommunicationIdentityClient.from_connection_string(CONNECTION_STRING, connection_verify=CA)

    def users(self, count: int) -> list:
        return [self.identities.create_user() for _ in range(count)]

    async def participants(self, room) -> list:
        found = await every(self.client.list_participants(room.id))
        return [(one.communication_identifier.raw_id, one.role) for one in found]

    async def test_a_room_is_created_of_which_nothing_is_said(self):
        room = await done(self.client.create_room())
        self.assertRegex(room.id, r"^\d{17}$")
        _, _, valid_from, valid_until, _ = said(room)
        self.assertEqual(valid_until - valid_from, timedelta(days=180))
        self.assertFalse(room.pstn_dial_out_enabled)
        self.assertEqual(await self.participants(room), [])

    async def test_a_room_is_created_with_times_dialling_out_and_all_four_roles(self):
        roles = ["Presenter", "Collaborator", "Attendee", "Consumer"]
        users = self.users(4)
        invited = [RoomParticipant(communication_identifier=user, role=role) for user, role in zip(users, roles)]
        times = {"valid_from": in_days(3), "valid_until": in_days(30)}
        room = await done(self.client.create_room(pstn_dial_out_enabled=True, participants=invited, **times))
        self.assertEqual(said(room)[2:], (times["valid_from"], times["valid_until"], True))
        self.assertEqual(await self.participants(room), sorted(zip([user.raw_id for user in users], roles)))

    async def test_a_room_that_would_be_valid_for_too_long_or_for_nobody_is_not_created(self):
        refused = (HttpResponseError, 400, "BadRequest")
        await self.refused(lambda: self.client.create_room(valid_from=in_days(3), valid_until=in_days(203)), *refused)
        await self.refused(lambda: self.client.create_room(valid_until=in_days(-1)), *refused)
        nobody = [RoomParticipant(communication_identifier=NOBODY)]
        await self.refused(lambda: self.client.create_room(participants=nobody), *refused)

    async def test_a_room_is_read_and_an_unknown_one_is_not_found(self):
        room = await done(self.client.create_room(pstn_dial_out_enabled=True))
        self.assertEqual(said(await done(self.client.get_room(room.id))), said(room))
        await self.refused(lambda: self.client.get_room(UNKNOWN), ResourceNotFoundError, 404, "NotFound")
        await self.refused(lambda: self.client.get_room("invalid_id"), HttpResponseError, 400, "BadRequest")

    async def test_what_is_not_said_stays_as_it_is_though_the_client_sends_null_for_it(self):
        room = await done(self.client.create_room(valid_from=in_days(1), valid_until=in_days(9)))
        changed = await done(self.client.update_room(room_id=room.id, pstn_dial_out_enabled=True))
        self.assertEqual(said(changed), (*said(room)[:4], True))
        valid_until = in_days(20)
        longer = await done(self.client.update_room(room_id=room.id, valid_until=valid_until))
        self.assertEqual(said(longer), (*said(room)[:3], valid_until, True))
        too_long = lambda: self.client.update_room(room_id=room.id, valid_until=in_days(203))
        await self.refused(too_long, HttpResponseError, 400, "BadRequest")
        unknown = lambda: self.client.update_room(room_id=UNKNOWN, pstn_dial_out_enabled=True)
        await self.refused(unknown, ResourceNotFoundError, 404, "NotFound")

    async def test_a_room_is_deleted_and_again(self):
        room = await done(self.client.create_room())
        self.assertIsNone(await done(self.client.delete_room(room.id)))
        self.assertIsNone(await done(self.client.delete_room(room.id)))
        await self.refused(lambda: self.client.get_room(room.id), ResourceNotFoundError, 404, "NotFound")
        await self.refused(lambda: self.client.delete_room("123"), HttpResponseError, 400, "BadRequest")

    async def test_participants_are_added_changed_and_removed(self):
        ana, ben, cleo = self.users(3)
        invited = lambda user, **role: RoomParticipant(communication_identifier=user, **role)
        room = await done(self.client.create_room(participants=[invited(ana, role=ParticipantRole.PRESENTER)]))
        changes = [invited(ana, role="Consumer"), invited(ben, role="Collaborator"), invited(cleo)]
        await done(self.client.add_or_update_participants(room_id=room.id, participants=changes))
        expected = [(ana.raw_id, "Consumer"), (ben.raw_id, "Collaborator"), (cleo.raw_id, "Attendee")]
        self.assertEqual(await self.participants(room), sorted(expected))
        await done(self.client.remove_participants(room_id=room.id, participants=[ana, invited(cleo)]))
        self.assertEqual(await self.participants(room), [(ben.raw_id, "Collaborator")])
        add = lambda: self.client.add_or_update_participants(room_id=UNKNOWN, participants=[invited(ana)])
        await self.refused(add, ResourceNotFoundError, 404, "NotFound")
        remove = lambda room_id, user: lambda: self.client.remove_participants(room_id=room_id, participants=[user])
        await self.refused(remove(room.id, NOBODY), HttpResponseError, 400, "BadRequest")
        await self.refused(remove(UNKNOWN, ana), ResourceNotFoundError, 404, "NotFound")

    async def test_participants_are_listed_past_two_pages_and_those_of_an_unknown_room_are_not(self):
        resource = self.users(1)[0].raw_id.split("_")[0]
        ids = [f"{resource}_{at:04}" for at in range(120)]
        invited = [RoomParticipant(communication_identifier=CommunicationUserIdentifier(one)) for one in ids]
        room = await done(self.client.create_room(participants=invited))
        self.assertEqual(await self.participants(room), [(one, "Attendee") for one in ids])
        self.assertEqual(await sizes(self.client.list_participants(room.id)), [50, 50, 20])
        unknown = lambda: every(self.client.list_participants(UNKNOWN))
        await self.refused(unknown, ResourceNotFoundError, 404, "NotFound")

    async def test_rooms_are_listed_past_two_pages(self):
        made = {(await done(self.client.create_room())).id for _ in range(110)}
        found = {room.id for room in await every(self.client.list_rooms())}
        self.assertEqual(made - found, set())
        self.assertGreaterEqual(len(await sizes(self.client.list_rooms())), 3)

    async def test_a_wrong_key_gets_401_from_every_list_and_every_call(self):
        stranger = self.open(connection_string_with_another_key())
        self.addAsyncCleanup(self.close, stranger)
        await self.refused(stranger.create_room, ClientAuthenticationError, 401, "Unauthorized")
        await self.refused(lambda: every(stranger.list_rooms()), ClientAuthenticationError, 401, "Unauthorized")


class PlainRooms(Rooms, PeerTest):
    client_class = RoomsClient


class AsyncRooms(Rooms, PeerTest):
    client_class = AsyncClient
