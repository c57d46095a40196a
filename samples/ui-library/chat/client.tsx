// A chat thread of two users with the library's ChatComposite.

import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { ChatComposite, useAzureCommunicationChatAdapter } from "@azure/communication-react";
import { useMemo } from "react";
import { useTheme } from "../shared/look";
import { endpoint, type Pair } from "../shared/pair";
import { showPair } from "../shared/show-pair";

function Thread({ userId, token, displayName, threadId }: Pair) {
  const credential = useMemo(() => new AzureCommunicationTokenCredential(token), [token]);
  const adapter = useAzureCommunicationChatAdapter({ userId, displayName, credential, endpoint, threadId });
  const fluentTheme = useTheme();
  if (!adapter) return <p>Getting ready…</p>;
  return <ChatComposite adapter={adapter} fluentTheme={fluentTheme} />;
}

showPair("ChatComposite", "Microsoft’s finished chat, with a thread of two users of this server.", Thread);
