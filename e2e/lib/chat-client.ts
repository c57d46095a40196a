// What the chat journeys bundle into their pages: Microsoft's published packages as they are.

export { AzureCommunicationTokenCredential } from "@azure/communication-common";
export { ChatClient } from "@azure/communication-chat";
export { createDefaultHttpClient } from "@azure/core-rest-pipeline";
