// A meeting by its link with the library's CallComposite: everything from the device check to the end of the call.

import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CallComposite, useAzureCommunicationCallAdapter } from "@azure/communication-react";
import { useMemo } from "react";
import { reactionResources } from "../shared/reactions";
import { useFormFactor, useTheme } from "../shared/look";
import type { Person } from "../shared/person";
import { show } from "../shared/show";

// The adapter is made anew whenever one of its arguments is another object, so none is made while drawing.
const options = { reactionResources };

function Meeting({ userId, token, displayName, meetingLink }: Person) {
  const credential = useMemo(() => new AzureCommunicationTokenCredential(token), [token]);
  const locator = useMemo(() => ({ meetingLink }), [meetingLink]);
  const adapter = useAzureCommunicationCallAdapter({ userId, displayName, credential, locator, options });
  const fluentTheme = useTheme();
  const formFactor = useFormFactor();
  if (!adapter) return <p>Getting ready…</p>;
  return <CallComposite adapter={adapter} fluentTheme={fluentTheme} formFactor={formFactor} />;
}

show("CallComposite", "Microsoft’s finished call screen, in a meeting on this server.", Meeting);
