// A back end with Microsoft's clients: whoever asks gets a user with a token, a room that this user may enter, and a meeting's link.
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { RoomsClient } from "@azure/communication-rooms";
import { ClientSecretCredential } from "@azure/identity";
import { Client } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";
import { createServer } from "node:http";

const { CONNECTION_STRING, TENANT_ID, CLIENT_ID, CLIENT_SECRET, ORGANIZER, PORT = "3000" } = process.env;
const { host, origin } = new URL(/endpoint=([^;]+)/.exec(CONNECTION_STRING)[1]);
const identities = new CommunicationIdentityClient(CONNECTION_STRING);
const rooms = new RoomsClient(CONNECTION_STRING);
const credential = new ClientSecretCredential(TENANT_ID, CLIENT_ID, CLIENT_SECRET, { authorityHost: origin, disableInstanceDiscovery: true });
const authProvider = new TokenCredentialAuthenticationProvider(credential, { scopes: [`${origin}/.default`] });
const graph = Client.initWithMiddleware({ baseUrl: `${origin}/`, customHosts: new Set([host, "localhost"]), authProvider });

async function invite() {
  const { user, token } = await identities.createUserAndToken(["voip"]);
  const room = await rooms.createRoom({ participants: [{ id: user, role: "Presenter" }] });
  const meeting = await graph.api(`/users/${ORGANIZER}/onlineMeetings`).post({ subject: "Advice", lobbyBypassSettings: { scope: "everyone" } });
  return { userId: user.communicationUserId, token, roomId: room.id, meetingLink: meeting.joinWebUrl };
}

const server = createServer((request, response) => {
  const answer = (status, body) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  if (request.method !== "POST" || request.url !== "/invitations") return answer(404, { error: "POST /invitations is all there is." });
  invite().then((body) => answer(200, body), (error) => answer(502, { error: error.message }));
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`Ready on http://127.0.0.1:${server.address().port}`));
