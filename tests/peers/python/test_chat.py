"""azure-communication-chat, as published, with an endpoint and users' tokens. Started by run.mjs."""

import re
from datetime import datetime, timedelta, timezone

from azure.communication.chat import ChatClient, ChatMessageType, ChatParticipant, CommunicationTokenCredential
from azure.communication.chat import CommunicationUserIdentifier
from azure.communication.chat.aio import ChatClient as AsyncClient
from azure.communication.chat.aio import CommunicationTokenCredential as AsyncCredential
from azure.communication.identity import CommunicationIdentityClient
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from common import CA, CONNECTION_STRING, PeerTest, done, every

STRANGER = CommunicationUserIdentifier("8:acs:00000000-0000-4000-8000-000000000000_00000000-0000-4000-8000-000000000000")
ENDPOINT = re.sub("endpoint=([^;]+?)/?;.*", r"\1", CONNECTION_STRING)


async def sizes(pages) -> list:
    """How many items each page has."""
    if hasattr(pages, "__aiter__"):
        return [len([item async for item in page]) async for page in pages.by_page()]
    return [len(list(page)) for page in pages.by_page()]


class Chat:
    credential_class = None

    async def asyncSetUp(self):
        self.identities = CommunicationIdentityClient.from_connection_string(CONNECTION_STRING, connection_verify=CA)
        self.ana, self.ana_chat = self.person()
        self.ben, self.ben_chat = self.person()
        self.cleo, self.cleo_chat = self.person()

    def person(self, scope="chat"):
        user, token = self.identities.create_user_and_token([scope])
        return user, self.open_with(token.token)

    def open_with(self, token):
        client = self.client_class(ENDPOINT, self.credential_class(token), connection_verify=CA, retry_total=0)
        self.addAsyncCleanup(self.close, client)
        return client

    async def thread(self):
        """A thread with two people, and each one's client of it; the third is not in it."""
        ben = ChatParticipant(identifier=self.ben, display_name="Ben")
        made = await done(self.ana_chat.create_chat_thread("Loans", thread_participants=[ben]))
        clients = [chat.get_chat_thread_client(made.chat_thread.id, connection_verify=CA, retry_total=0) for chat in (self.ana_chat, self.ben_chat, self.cleo_chat)]
        self.assertEqual({client.thread_id for client in clients}, {made.chat_thread.id})
        for client in clients:
            self.addAsyncCleanup(self.close, client)
        return clients

    async def forbidden(self, call):
        await self.refused(call, HttpResponseError, 403, "Forbidden")

    async def test_a_thread_is_created_and_who_cannot_be_in_it_is_told(self):
        participants = [ChatParticipant(identifier=self.ben, display_name="Ben"), ChatParticipant(identifier=STRANGER)]
        made = await done(self.ana_chat.create_chat_thread("Loans", thread_participants=participants))
        self.assertEqual((made.chat_thread.topic, made.chat_thread.created_by.raw_id), ("Loans", self.ana.raw_id))
        self.assertEqual([(one.identifier.raw_id, error.code) for one, error in made.errors], [(STRANGER.raw_id, "403")])
        await self.refused(lambda: self.ana_chat.create_chat_thread("x" * 300), HttpResponseError, 400, "BadRequest")
        _, guest = self.person("chat.join")
        await self.forbidden(lambda: guest.create_chat_thread("x"))

    async def test_a_thread_is_made_once_for_one_idempotency_token(self):
        token = "8b8b2b1c-6d4c-4b1c-9d4e-0d2d7d9f1c11"
        made = [(await done(self.ana_chat.create_chat_thread("x", idempotency_token=token))).chat_thread.id for _ in range(2)]
        self.assertEqual(made[0], made[1])

    async def test_threads_are_listed_past_two_pages_and_deleted(self):
        made = {(await done(self.ana_chat.create_chat_thread(str(at)))).chat_thread.id for at in range(7)}
        self.assertEqual(await sizes(self.ana_chat.list_chat_threads(results_per_page=3)), [3, 3, 1])
        self.assertEqual({one.id for one in await every(self.ana_chat.list_chat_threads(results_per_page=3))}, made)
        later = datetime.now(timezone.utc) + timedelta(minutes=1)
        self.assertEqual(await every(self.ana_chat.list_chat_threads(start_time=later)), [])
        gone = made.pop()
        self.assertIsNone(await done(self.ana_chat.delete_chat_thread(gone)))
        self.assertEqual({one.id for one in await every(self.ana_chat.list_chat_threads())}, made)
        await self.forbidden(lambda: self.ana_chat.delete_chat_thread(gone))

    async def test_a_topic_is_changed(self):
        ana, ben, cleo = await self.thread()
        await done(ben.update_topic(topic="Mortgages"))
        self.assertEqual((await done(ana.get_properties())).topic, "Mortgages")
        await self.forbidden(lambda: cleo.update_topic(topic="x"))
        await self.forbidden(cleo.get_properties)

    async def test_a_message_is_sent_read_changed_and_deleted(self):
        ana, ben, cleo = await self.thread()
        sent = await done(ana.send_message("hello", sender_display_name="Ana", metadata={"a": "b"}))
        message = await done(ben.get_message(sent.id))
        self.assertEqual((message.content.message, message.sender.raw_id, message.sender_display_name, message.metadata), ("hello", self.ana.raw_id, "Ana", {"a": "b"}))
        await done(ana.update_message(sent.id, content="bye", metadata={"a": "c"}))
        edited = await done(ben.get_message(sent.id))
        self.assertEqual((edited.content.message, edited.metadata), ("bye", {"a": "c"}))
        self.assertIsNotNone(edited.edited_on)
        await self.forbidden(lambda: ben.update_message(sent.id, content="x"))
        await self.forbidden(lambda: ben.delete_message(sent.id))
        self.assertIsNone(await done(ana.delete_message(sent.id)))
        self.assertIsNotNone((await done(ben.get_message(sent.id))).deleted_on)
        html = await done(ana.send_message("<b>x</b><script>y</script>", chat_message_type=ChatMessageType.HTML))
        self.assertEqual((await done(ben.get_message(html.id))).content.message, "<b>x</b>")
        await self.forbidden(lambda: cleo.send_message("x"))
        await self.refused(lambda: ana.get_message("1"), ResourceNotFoundError, 404, "NotFound")

    async def test_messages_are_listed_past_two_pages(self):
        ana, ben, cleo = await self.thread()
        for at in range(5):
            await done(ana.send_message(str(at)))
        self.assertEqual(await sizes(ben.list_messages(results_per_page=3)), [3, 3, 1])
        listed = await every(ben.list_messages(results_per_page=3))
        self.assertEqual([one.sequence_id for one in listed], ["7", "6", "5", "4", "3", "2", "1"])
        self.assertEqual(listed[5].content.topic, "Loans")
        later = datetime.now(timezone.utc) + timedelta(minutes=1)
        self.assertEqual(await every(ben.list_messages(start_time=later)), [])
        await self.forbidden(lambda: every(cleo.list_messages()))

    async def test_participants_are_added_listed_past_two_pages_and_removed(self):
        ana, ben, cleo = await self.thread()
        added = [ChatParticipant(identifier=self.cleo, display_name="Cleo", share_history_time=datetime(2026, 1, 1, tzinfo=timezone.utc))]
        self.assertEqual(await done(ana.add_participants(added)), [])
        errors = await done(ana.add_participants([ChatParticipant(identifier=STRANGER)]))
        self.assertEqual([error.code for _, error in errors], ["403"])
        self.assertEqual(await sizes(cleo.list_participants(results_per_page=1)), [1, 1, 1])
        listed = {one.identifier.raw_id: one.display_name for one in await every(cleo.list_participants(results_per_page=1))}
        self.assertEqual(len(await every(cleo.list_participants(skip=2))), 1)
        self.assertEqual(listed, {self.ana.raw_id: None, self.ben.raw_id: "Ben", self.cleo.raw_id: "Cleo"})
        self.assertIsNone(await done(ana.remove_participant(self.cleo)))
        await self.forbidden(lambda: every(cleo.list_participants()))
        await self.forbidden(lambda: cleo.add_participants([ChatParticipant(identifier=self.cleo)]))
        await self.forbidden(lambda: cleo.remove_participant(self.ben))

    async def test_receipts_are_sent_and_listed_past_two_pages(self):
        ana, ben, cleo = await self.thread()
        await done(ana.add_participants([ChatParticipant(identifier=self.cleo)]))
        sent = await done(ana.send_message("x"))
        for client in (ana, ben, cleo):
            self.assertIsNone(await done(client.send_read_receipt(message_id=sent.id)))
        self.assertEqual(await sizes(ana.list_read_receipts(results_per_page=1)), [1, 1, 1])
        found = await every(ana.list_read_receipts(results_per_page=1))
        self.assertEqual([one.sender.raw_id for one in found], sorted(user.raw_id for user in (self.ana, self.ben, self.cleo)))
        self.assertEqual({one.chat_message_id for one in found}, {sent.id})
        self.assertEqual(len(await every(ana.list_read_receipts(skip=2))), 1)
        await self.refused(lambda: ana.send_read_receipt(message_id="1"), ResourceNotFoundError, 404, "NotFound")

    async def test_typing_is_told(self):
        ana, _, cleo = await self.thread()
        self.assertIsNone(await done(ana.send_typing_notification(sender_display_name="Ana")))
        self.assertIsNone(await done(ana.send_typing_notification()))
        await self.forbidden(cleo.send_typing_notification)

    async def test_a_revoked_token_gets_401(self):
        self.identities.revoke_tokens(self.ana)
        await self.refused(lambda: every(self.ana_chat.list_chat_threads()), ClientAuthenticationError, 401, "Unauthorized")


class PlainChat(Chat, PeerTest):
    client_class = ChatClient
    credential_class = CommunicationTokenCredential


class AsyncChat(Chat, PeerTest):
    client_class = AsyncClient
    credential_class = AsyncCredential
