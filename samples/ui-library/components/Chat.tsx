// The meeting's chat with the library's stateful chat client and single components.

import type { ChatThreadClient } from "@azure/communication-chat";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import {
  ChatClientProvider,
  ChatThreadClientProvider,
  createStatefulChatClient,
  MessageThread,
  SendBox,
  TypingIndicator,
  usePropsFor,
  type StatefulChatClient,
} from "@azure/communication-react";
import { useEffect, useState } from "react";
import { InsteadOverTls } from "../shared/InsteadOverTls";
import type { User } from "../shared/person";

interface Opened {
  readonly client: StatefulChatClient;
  readonly thread: ChatThreadClient;
}

/** In your app: the endpoint of its connection string. This page comes from the server itself. */
const endpoint = location.origin;

async function open({ userId, token, displayName }: User, threadId: string): Promise<Opened> {
  const client = createStatefulChatClient({ userId, displayName, endpoint, credential: new AzureCommunicationTokenCredential(token) });
  await client.startRealtimeNotifications();
  const thread = client.getChatThreadClient(threadId);
  // What is asked for stands in the client's state then, where the components read it.
  await thread.getProperties();
  for await (const participant of thread.listParticipants()) void participant;
  return { client, thread };
}

/** The chat of a thread that this user is in. */
export function Chat({ user, threadId }: { readonly user: User; readonly threadId: string }) {
  const [opened, setOpened] = useState<Opened>();
  const [problem, setProblem] = useState<string>();
  const isSecure = location.protocol === "https:";
  useEffect(() => {
    if (isSecure) open(user, threadId).then(setOpened, (error: unknown) => setProblem(String(error)));
  }, [threadId]);
  useEffect(() => () => void opened?.client.stopRealtimeNotifications(), [opened]);
  if (!isSecure) return <InsteadOverTls />;
  if (problem !== undefined) return <p role="alert">The chat cannot be opened: {problem}</p>;
  if (!opened) return <p>Opening the chat…</p>;
  return (
    <ChatClientProvider chatClient={opened.client}>
      <ChatThreadClientProvider chatThreadClient={opened.thread}>
        <Thread />
      </ChatThreadClientProvider>
    </ChatClientProvider>
  );
}

function Thread() {
  return (
    <section className="chat" aria-label="Chat">
      <div className="messages">
        <MessageThread {...usePropsFor(MessageThread)} showMessageStatus />
      </div>
      <TypingIndicator {...usePropsFor(TypingIndicator)} />
      <SendBox {...usePropsFor(SendBox)} />
    </section>
  );
}
