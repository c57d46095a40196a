// A meeting by its link with the library's CallWithChatComposite: the call, and the meeting's chat beside it.

import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CallWithChatComposite, useAzureCommunicationCallWithChatAdapter } from "@azure/communication-react";
import { useMemo } from "react";
import { InsteadOverTls } from "../shared/InsteadOverTls";
import { useFormFactor, useTheme } from "../shared/look";
import type { Person } from "../shared/person";
import { reactionResources } from "../shared/reactions";
import { show } from "../shared/show";

// The adapter is made anew whenever one of its arguments is another object, so none is made while drawing.
const callAdapterOptions = { reactionResources };
/** In your app: the endpoint of its connection string. This page comes from the server itself. */
const endpoint = location.origin;

function Meeting({ userId, token, displayName, meetingLink }: Person) {
  const credential = useMemo(() => new AzureCommunicationTokenCredential(token), [token]);
  const locator = useMemo(() => ({ meetingLink }), [meetingLink]);
  const adapter = useAzureCommunicationCallWithChatAdapter({ userId, displayName, credential, endpoint, locator, callAdapterOptions });
  const fluentTheme = useTheme();
  const formFactor = useFormFactor();
  if (location.protocol !== "https:") return <InsteadOverTls />;
  if (!adapter) return <p>Getting ready…</p>;
  return <CallWithChatComposite adapter={adapter} fluentTheme={fluentTheme} formFactor={formFactor} />;
}

show("CallWithChatComposite", "The call screen with the meeting’s chat beside it.", Meeting);
