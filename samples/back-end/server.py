"""A back end with Microsoft's clients: whoever asks gets a user with a token, a room that this user may enter, and a meeting's link."""
import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from azure.communication.identity import CommunicationIdentityClient
from azure.communication.rooms import RoomParticipant, RoomsClient

CONNECTION_STRING, ORGANIZER = os.environ["CONNECTION_STRING"], os.environ["ORGANIZER"]
URL = re.search("endpoint=([^;]+?)/?;", CONNECTION_STRING)[1]
APPLICATION = {"grant_type": "client_credentials", "client_id": os.environ["CLIENT_ID"], "client_secret": os.environ["CLIENT_SECRET"]}
identities, rooms = CommunicationIdentityClient.from_connection_string(CONNECTION_STRING), RoomsClient.from_connection_string(CONNECTION_STRING)


def invite() -> dict:
    user, token = identities.create_user_and_token(["voip"])
    room = rooms.create_room(participants=[RoomParticipant(communication_identifier=user, role="Presenter")])
    access = requests.post(f"{URL}/{os.environ['TENANT_ID']}/oauth2/v2.0/token", data=APPLICATION, timeout=10).json()
    body, headers = {"subject": "Advice", "lobbyBypassSettings": {"scope": "everyone"}}, {"Authorization": f"Bearer {access['access_token']}"}
    meeting = requests.post(f"{URL}/v1.0/users/{ORGANIZER}/onlineMeetings", json=body, headers=headers, timeout=10)
    meeting.raise_for_status()
    return {"userId": user.raw_id, "token": token.token, "roomId": room.id, "meetingLink": meeting.json()["joinWebUrl"]}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        try:
            status, body = (200, invite()) if self.path == "/invitations" else (404, {"error": "POST /invitations is all there is."})
        except Exception as error:
            status, body = 502, {"error": str(error)}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Handler)
print(f"Ready on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
