// What an app's page does with a call, however it came into it.

import type * as Bundle from "../../sdk/calling/src/bundle.js";

/** Runs in the page, once the app is there. */
export function installShowCall(): void {
  const { sdk, events } = window.__app;
  document.body.replaceChildren();
  window.__showCall = (call) => {
    call.on("stateChanged", () => events.push(call.state));
    call.on("mutedByOthers", () => events.push("mutedByOthers"));
    call.on("roleChanged", () => events.push(`role ${call.role}`));
    // Only what was shown: the SDK's own players are in the page, too.
    document.querySelectorAll("figure").forEach((figure) => figure.remove());
    const figureOf = (name: string, kind: string): Element | null => document.querySelector(`figure[data-name="${name}"][data-kind="${kind}"]`);
    const show = async (name: string, stream: Bundle.RemoteVideoStream): Promise<void> => {
      figureOf(name, stream.mediaStreamType)?.remove();
      if (!stream.isAvailable) return;
      const figure = document.createElement("figure");
      Object.assign(figure.dataset, { name, kind: stream.mediaStreamType });
      // Small enough for all to be seen at once: of what is outside of the window nothing comes.
      Object.assign(figure.style, { width: "320px", height: "180px", margin: "4px", float: "left" });
      document.body.append(figure);
      const view = await new sdk.VideoStreamRenderer(stream).createView();
      figure.append(view.target);
    };
    const watch = (participant: Bundle.RemoteParticipant): void => {
      for (const stream of participant.videoStreams) {
        stream.on("isAvailableChanged", () => void show(participant.displayName ?? "", stream));
        void show(participant.displayName ?? "", stream);
      }
    };
    call.remoteParticipants.forEach(watch);
    call.on("remoteParticipantsUpdated", ({ added, removed }) => {
      added.forEach(watch);
      for (const gone of removed) {
        document.querySelectorAll(`figure[data-name="${gone.displayName}"]`).forEach((figure) => figure.remove());
        events.push(`${gone.displayName} left ${gone.callEndReason?.code}/${gone.callEndReason?.subCode}`);
      }
    });
    Object.assign(window.__app, { call });
  };
}
