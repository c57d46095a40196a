"""azure-communication-callautomation, as published, with nothing but a connection string. Started by run.mjs.

Callbacks are read by the CloudEvent of azure-core.
"""

import asyncio
import json
import re
import ssl
import struct
import uuid
import warnings

import aiohttp
from aiohttp import web
from azure.communication.callautomation import (
    CallAutomationClient,
    CallConnectionState,
    CallRejectReason,
    CommunicationUserIdentifier,
    FileSource,
    MediaStreamingOptions,
    TextSource,
)
from azure.communication.callautomation.aio import CallAutomationClient as AsyncClient
from azure.communication.identity import CommunicationIdentityClient
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.messaging import CloudEvent
from common import CA, CONNECTION_STRING, PeerTest, done, every

PREFIX = "Microsoft.Communication."


def silence(seconds: float) -> bytes:
    """A WAV file, 16 kHz."""
    size = int(seconds * 16_000) * 2
    form = struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size) + bytes(size)


class App:
    """An app's server: it hears callbacks and audio, and serves files."""

    def __init__(self):
        self.told = asyncio.Queue()
        self.frames = asyncio.Queue()
        self.files = {"short.wav": silence(0.1), "long.wav": silence(60), "none.wav": b"hello"}

    async def start(self):
        app = web.Application()
        app.router.add_post("/callbacks", self.callbacks)
        app.router.add_get("/audio", self.audio)
        app.router.add_get("/files/{name}", self.file)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.address = "127.0.0.1:%d" % self.runner.addresses[0][1]
        self.url = f"http://{self.address}/callbacks"

    async def callbacks(self, request):
        for event in await request.json():
            await self.told.put(CloudEvent.from_dict(event))
        return web.Response()

    async def audio(self, request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await self.frames.put(json.loads(message.data))
        return socket

    async def file(self, request):
        return web.Response(body=self.files[request.match_info["name"]])

    def source(self, name: str, **more) -> FileSource:
        return FileSource(f"http://{self.address}/files/{name}", **more)


class Somebody:
    """A user with a page that is open, by the signaling protocol (docs/protocol.md)."""

    def __init__(self, http, user, token):
        self.http, self.user, self.token, self.count, self.kept = http, user, token, 0, []

    async def open(self):
        host = re.search("endpoint=https?://([^/;]*)", CONNECTION_STRING).group(1)
        context = ssl.create_default_context(cafile=CA)
        self.socket = await self.http.ws_connect(f"wss://{host}/signaling", ssl=context)
        await self.say({"type": "hello", "versions": [1], "token": self.token, "client": "test 1"})
        await self.until(lambda message: message["type"] == "welcome")
        return self

    async def say(self, message):
        await self.socket.send_str(json.dumps(message))

    async def until(self, fits):
        while True:
            message = json.loads((await self.socket.receive(60)).data)
            if fits(message):
                return message

    async def ask(self, request, call=1):
        self.count += 1
        number = self.count
        await self.say({"type": "request", "id": number, "call": call, "request": request})
        answer = await self.until(lambda message: message["type"] == "response" and message["id"] == number)
        assert "error" not in answer or answer["error"] is None, answer
        return answer

    async def join(self, group_id):
        target = {"kind": "group", "groupId": group_id}
        await self.ask({"type": "join", "target": target, "displayName": "Ana", "muted": False})

    async def call(self, user):
        await self.ask({"type": "startCall", "users": [user.raw_id], "displayName": "Ana", "muted": False})

    async def rings(self) -> str:
        """The ring that comes next; its id is the context of the event IncomingCall."""
        return (await self.until(lambda message: message["type"] == "rings"))["ring"]["ring"]

    async def ended(self) -> tuple:
        message = await self.until(lambda message: message.get("event", {}).get("type") == "ended")
        reason = message["event"]["end"]["reason"]
        return reason["code"], reason["subCode"]

    async def follow(self):
        """Goes where an app wants this user to be, as a second call."""
        message = await self.until(lambda message: message.get("event", {}).get("type") == "transferRequested")
        transfer = message["event"]["transfer"]
        await self.ask({"type": "follow", "transfer": transfer, "displayName": "Ana", "muted": False}, call=2)

    async def accept(self):
        rings = await self.until(lambda message: message["type"] == "rings")
        await self.ask({"type": "accept", "ring": rings["ring"]["ring"], "displayName": "Ben", "muted": False})
        return rings["ring"]


class CallAutomation:
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.identities = CommunicationIdentityClient.from_connection_string(CONNECTION_STRING, connection_verify=CA)
        self.http = aiohttp.ClientSession()
        self.addAsyncCleanup(self.http.close)
        self.app = App()
        await self.app.start()
        self.addAsyncCleanup(self.app.runner.cleanup)

    async def somebody(self) -> Somebody:
        user, token = self.identities.create_user_and_token(["voip"])
        return await Somebody(self.http, user, token.token).open()

    async def heard(self, kind: str) -> dict:
        """What the app is told next, lists of people left out unless they are asked for."""
        while True:
            event = await asyncio.wait_for(self.app.told.get(), 60)
            name = event.type.removeprefix(PREFIX)
            if name == kind:
                return event.data
            self.assertEqual(name, "ParticipantsUpdated", event.data)

    async def connected(self, **more):
        """Somebody in a group call, and a connection to it."""
        group_id = str(uuid.uuid4())
        ana = await self.somebody()
        await ana.join(group_id)
        made = await done(self.client.connect_call(self.app.url, group_call_id=group_id, **more))
        await self.heard("CallConnected")
        return ana, made, self.client.get_call_connection(made.call_connection_id)

    async def test_a_group_call_is_connected_to_looked_at_and_hung_up(self):
        ana, made, connection = await self.connected(operation_context="mine")
        listed = await self.heard("ParticipantsUpdated")
        self.assertEqual((listed["operationContext"], listed["participants"][0]["identifier"]["rawId"]), ("mine", ana.user.raw_id))
        read = await done(connection.get_call_properties())
        self.assertEqual((read.server_call_id, read.call_connection_state), (made.server_call_id, CallConnectionState.CONNECTED))
        again = await done(self.client.connect_call(self.app.url, server_call_id=made.server_call_id))
        self.assertEqual(again.server_call_id, made.server_call_id)
        await self.heard("CallConnected")
        await done(connection.hang_up(is_for_everyone=False))
        await self.heard("CallDisconnected")
        with self.assertRaises(ResourceNotFoundError):
            await done(connection.get_call_properties())
        await done(self.client.get_call_connection(again.call_connection_id).hang_up(is_for_everyone=True))
        self.assertEqual((await self.heard("CallDisconnected"))["resultInformation"]["subCode"], 7000)

    async def test_participants_are_listed_muted_and_removed(self):
        ana, _, connection = await self.connected()
        self.assertEqual([one.identifier.raw_id for one in await every(connection.list_participants())], [ana.user.raw_id])
        self.assertFalse((await done(connection.get_participant(ana.user))).is_muted)
        self.assertEqual((await done(connection.mute_participant(ana.user, operation_context="quiet"))).operation_context, "quiet")
        self.assertTrue((await done(connection.get_participant(ana.user))).is_muted)
        await done(connection.remove_participant(ana.user, operation_context="out"))
        removed = await self.heard("RemoveParticipantSucceeded")
        self.assertEqual((removed["operationContext"], removed["participant"]["rawId"]), ("out", ana.user.raw_id))
        await done(connection.remove_participant(ana.user))
        self.assertEqual((await self.heard("RemoveParticipantFailed"))["resultInformation"]["code"], 404)
        await done(connection.hang_up(is_for_everyone=True))

    async def test_somebody_is_called_and_others_into_the_call(self):
        ben, cora = await self.somebody(), await self.somebody()
        made = await done(self.client.create_call(ben.user, self.app.url, source_display_name="Shop", operation_context="mine"))
        self.assertEqual((made.call_connection_state, made.targets[0].raw_id), (CallConnectionState.CONNECTING, ben.user.raw_id))
        self.assertEqual((await ben.accept())["displayName"], "Shop")
        self.assertEqual((await self.heard("CallConnected"))["operationContext"], "mine")
        connection = self.client.get_call_connection(made.call_connection_id)
        added = await done(connection.add_participant(cora.user, operation_context="add"))
        await cora.until(lambda message: message["type"] == "rings")
        canceled = await done(connection.cancel_add_participant_operation(added.invitation_id, operation_context="cancel"))
        self.assertEqual((canceled.invitation_id, canceled.operation_context), (added.invitation_id, "cancel"))
        self.assertEqual((await self.heard("CancelAddParticipantSucceeded"))["invitationId"], added.invitation_id)
        await done(connection.add_participant(cora.user))
        await cora.accept()
        self.assertEqual((await self.heard("AddParticipantSucceeded"))["participant"]["rawId"], cora.user.raw_id)
        await done(connection.hang_up(is_for_everyone=True))
        await self.heard("CallDisconnected")

    async def test_calls_to_a_user_are_answered_redirected_and_rejected(self):
        ana, ben, cora = await self.somebody(), await self.somebody(), await self.somebody()
        await ana.call(ben.user)
        made = await done(self.client.answer_call(await ben.rings(), self.app.url, operation_context="mine"))
        self.assertEqual((made.call_connection_state, made.source.raw_id), (CallConnectionState.CONNECTED, ana.user.raw_id))
        self.assertEqual((await self.heard("CallConnected"))["operationContext"], "mine")
        await done(self.client.get_call_connection(made.call_connection_id).hang_up(is_for_everyone=False))
        self.assertEqual(await ana.ended(), (0, 5003))
        await self.heard("CallDisconnected")

        await ana.call(ben.user)
        await done(self.client.redirect_call(await ben.rings(), cora.user))
        await done(self.client.reject_call(await cora.rings(), call_reject_reason=CallRejectReason.BUSY))
        self.assertEqual(await ana.ended(), (486, 0))
        await self.refused(lambda: self.client.reject_call("nonsense"), ResourceNotFoundError, 404, "NotFound")

    async def test_somebody_is_handed_over_and_moved_to_another_call(self):
        ana, _, connection = await self.connected()
        cora = await self.somebody()
        handed = await done(connection.transfer_call_to_participant(cora.user, transferee=ana.user, operation_context="hand"))
        self.assertEqual(handed.operation_context, "hand")
        await ana.follow()
        await cora.accept()
        accepted = await self.heard("CallTransferAccepted")
        self.assertEqual((accepted["transferee"]["rawId"], accepted["transferTarget"]["rawId"]), (ana.user.raw_id, cora.user.raw_id))
        self.assertEqual(await ana.ended(), (0, 7015))

        dora, _, there = await self.connected()
        moving = await done(connection.move_participants([dora.user], there._call_connection_id, operation_context="come"))
        self.assertEqual(moving.operation_context, "come")
        await dora.follow()
        moved = await self.heard("MoveParticipantSucceeded")
        self.assertEqual((moved["participant"]["rawId"], moved["operationContext"]), (dora.user.raw_id, "come"))
        self.assertEqual(await dora.ended(), (0, 7015))
        await done(connection.hang_up(is_for_everyone=True))

    async def test_audio_goes_to_the_app_as_often_as_it_says(self):
        options = MediaStreamingOptions(
            transport_url=f"ws://{self.app.address}/audio",
            transport_type="websocket",
            content_type="audio",
            audio_channel_type="mixed",
            audio_format="Pcm24KMono",
            start_media_streaming=False,
        )
        _, _, connection = await self.connected(media_streaming=options)
        for context in ["one", "two"]:
            await done(connection.start_media_streaming(operation_context=context))
            self.assertEqual((await self.heard("MediaStreamingStarted"))["operationContext"], context)
            frame = await asyncio.wait_for(self.app.frames.get(), 60)
            self.assertEqual((frame["kind"], frame["audioMetadata"]["sampleRate"]), ("AudioMetadata", 24_000))
            await done(connection.stop_media_streaming(operation_context=context))
            self.assertEqual((await self.heard("MediaStreamingStopped"))["operationContext"], context)
            self.app.frames = asyncio.Queue()
        await done(connection.hang_up(is_for_everyone=True))

    async def test_files_are_played_to_all_and_to_one_and_canceled(self):
        ana, _, connection = await self.connected()
        jingle = self.app.source("short.wav", play_source_cache_id="jingle")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            await done(connection.play_media_to_all([jingle, jingle], operation_context="all"))
        await done(connection.play_media(jingle, [ana.user], operation_context="one"))
        for context in ["all", "one"]:
            self.assertEqual((await self.heard("PlayStarted"))["operationContext"], context)
            self.assertEqual((await self.heard("PlayCompleted"))["operationContext"], context)
        long = self.app.source("long.wav")
        await done(connection.play_media(long, loop=True, operation_context="long"))
        await self.heard("PlayStarted")
        await done(connection.play_media(long, interrupt_call_media_operation=True, operation_context="cut"))
        self.assertEqual((await self.heard("PlayCanceled"))["operationContext"], "long")
        await self.heard("PlayStarted")
        await done(connection.cancel_all_media_operations())
        canceled = await self.heard("PlayCanceled")
        self.assertEqual((canceled["operationContext"], canceled["resultInformation"]["subCode"]), ("cut", 8508))
        await done(connection.hang_up(is_for_everyone=True))

    async def test_the_app_hears_of_keys_that_somebody_presses(self):
        ana, _, connection = await self.connected()
        await done(connection.start_continuous_dtmf_recognition(ana.user, operation_context="menu"))
        for sequence, tone in enumerate(["one", "asterisk"], 1):
            await ana.ask({"type": "sendTone", "tone": tone})
            told = await self.heard("ContinuousDtmfRecognitionToneReceived")
            self.assertEqual((told["tone"], told["sequenceId"], told["operationContext"]), (tone, sequence, "menu"))
        await done(connection.stop_continuous_dtmf_recognition(ana.user))
        await self.heard("ContinuousDtmfRecognitionStopped")
        with self.assertRaises(HttpResponseError) as caught:
            await done(connection.send_dtmf_tones(["one"], ana.user))
        self.assertEqual(caught.exception.status_code, 501)
        await done(connection.hang_up(is_for_everyone=True))

    async def test_what_cannot_be_played_fails_or_is_refused(self):
        _, _, connection = await self.connected()
        await done(connection.play_media(self.app.source("none.wav")))
        self.assertEqual((await self.heard("PlayFailed"))["resultInformation"]["subCode"], 8535)
        await done(connection.play_media(FileSource("http://127.0.0.1:9/a.wav")))
        self.assertEqual((await self.heard("PlayFailed"))["resultInformation"]["subCode"], 8536)
        nobody = [CommunicationUserIdentifier("8:acs:r_nobody")]
        refused = (HttpResponseError, 400, "BadRequest")
        await self.refused(lambda: connection.play_media(TextSource(text="Hello", voice_name="x")), *refused)
        await self.refused(lambda: connection.play_media(self.app.source("short.wav"), nobody), *refused)
        await done(connection.hang_up(is_for_everyone=True))


class PlainCallAutomation(CallAutomation, PeerTest):
    client_class = CallAutomationClient


class AsyncCallAutomation(CallAutomation, PeerTest):
    client_class = AsyncClient
