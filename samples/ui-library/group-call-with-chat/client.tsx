// A group call with the library's CallWithChatComposite. For a group id it wants a chat thread of the app's, which the user is in before the call:
// it opens the chat before it joins. So the thread that every group call has of itself (`call.info.threadId`, from joining on) is none for it.

import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CallWithChatComposite, useAzureCommunicationCallWithChatAdapter } from "@azure/communication-react";
import { useMemo } from "react";
import { useFormFactor, useTheme } from "../shared/look";
import { endpoint, type Pair } from "../shared/pair";
import { reactionResources } from "../shared/reactions";
import { showPair } from "../shared/show-pair";

// The adapter is made anew whenever one of its arguments is another object, so none is made while drawing.
const callAdapterOptions = { reactionResources };

function GroupCall({ userId, token, displayName, threadId, groupId }: Pair) {
  const credential = useMemo(() => new AzureCommunicationTokenCredential(token), [token]);
  const locator = useMemo(() => ({ callLocator: { groupId }, chatThreadId: threadId }), [groupId, threadId]);
  const adapter = useAzureCommunicationCallWithChatAdapter({ userId, displayName, credential, endpoint, locator, callAdapterOptions });
  const fluentTheme = useTheme();
  const formFactor = useFormFactor();
  if (!adapter) return <p>Getting ready…</p>;
  return <CallWithChatComposite adapter={adapter} fluentTheme={fluentTheme} formFactor={formFactor} />;
}

showPair("CallWithChatComposite in a group call", "A call of two users of this server, with a chat thread that is theirs.", GroupCall);
