// A meeting by its link with the library's stateful client and single components: the layout and the buttons are the app's own choice.

import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import {
  CallAgentProvider,
  CallClientProvider,
  CallProvider,
  CameraButton,
  ControlBar,
  createStatefulCallClient,
  DEFAULT_COMPONENT_ICONS,
  EndCallButton,
  ErrorBar,
  FluentThemeProvider,
  MicrophoneButton,
  ParticipantList,
  RaiseHandButton,
  ReactionButton,
  ScreenShareButton,
  useCall,
  usePropsFor,
  VideoGallery,
} from "@azure/communication-react";
import { registerIcons } from "@fluentui/react";
import { useEffect, useState } from "react";
import { useTheme } from "../shared/look";
import type { Person, User } from "../shared/person";
import { reactionResources } from "../shared/reactions";
import { show } from "../shared/show";
import { Chat } from "./Chat";
import "./style.css";

/** Makes the client, gets the devices ready and joins. */
async function join({ userId, token, displayName, meetingLink }: Person) {
  const callClient = createStatefulCallClient({ userId });
  const deviceManager = await callClient.getDeviceManager();
  await deviceManager.askDevicePermission({ audio: true, video: true });
  await Promise.all([deviceManager.getCameras(), deviceManager.getMicrophones(), deviceManager.getSpeakers()]);
  const callAgent = await callClient.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName });
  return { callClient, callAgent, call: callAgent.join({ meetingLink }) };
}

function Meeting(person: Person) {
  const [joined, setJoined] = useState<Awaited<ReturnType<typeof join>>>();
  const [problem, setProblem] = useState("");
  const theme = useTheme();
  useEffect(() => void join(person).then(setJoined, (error: unknown) => setProblem(String(error))), []);
  if (!joined) return <p role="status">{problem || "Getting ready…"}</p>;
  return (
    <FluentThemeProvider fluentTheme={theme}>
      <CallClientProvider callClient={joined.callClient}>
        <CallAgentProvider callAgent={joined.callAgent}>
          <CallProvider call={joined.call}>
            <Stages user={person} />
          </CallProvider>
        </CallAgentProvider>
      </CallClientProvider>
    </FluentThemeProvider>
  );
}

/** What the call's state asks for: waiting, the call itself, or its end. */
function Stages({ user }: { readonly user: User }) {
  const call = useCall();
  const [state, setState] = useState(call?.state ?? "None");
  useEffect(() => {
    const changed = (): void => setState(call?.state ?? "None");
    call?.on("stateChanged", changed);
    changed();
    return () => call?.off("stateChanged", changed);
  }, [call]);
  if (state === "Connected") return <Connected user={user} />;
  if (state === "InLobby") return <p role="status">You are in the lobby. Somebody will let you in.</p>;
  if (state === "Disconnected") return <p role="status">The call has ended ({call?.callEndReason?.code}/{call?.callEndReason?.subCode}).</p>;
  return <p role="status">{state}…</p>;
}

function Connected({ user }: { readonly user: User }) {
  const threadId = useCall()?.info.threadId;
  return (
    <div className="meeting">
      <ErrorBar {...usePropsFor(ErrorBar)} />
      <div className="gallery">
        <VideoGallery {...usePropsFor(VideoGallery)} layout="default" reactionResources={reactionResources} />
      </div>
      <aside aria-label="People">
        <ParticipantList {...usePropsFor(ParticipantList)} />
        {threadId !== undefined && <Chat user={user} threadId={threadId} />}
      </aside>
      <ControlBar>
        <CameraButton {...usePropsFor(CameraButton)} />
        <MicrophoneButton {...usePropsFor(MicrophoneButton)} />
        <ScreenShareButton {...usePropsFor(ScreenShareButton)} />
        <RaiseHandButton {...usePropsFor(RaiseHandButton)} />
        <ReactionButton {...usePropsFor(ReactionButton)} reactionResources={reactionResources} />
        <EndCallButton {...usePropsFor(EndCallButton)} />
      </ControlBar>
    </div>
  );
}

// Composites bring their icons along; who puts components together registers them.
registerIcons({ icons: DEFAULT_COMPONENT_ICONS });
show("Components", "The stateful client and single components of Microsoft’s library, in a meeting on this server.", Meeting);
