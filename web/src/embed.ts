// The page in the frame of <convene-meeting>. Whoever comes here is an anonymous guest: it asks nothing of the session, reads nothing that the pages of
// this server remember, and shows no way to sign in. So a page that lays something over it gets nothing done as somebody who is signed in.

import "./styles/index.css";
import type { OpenMessage, ToElement, ToFrame } from "./embed/messages";
import { stateOf } from "./embed/state";
import { Journey } from "./journey";
import { joining } from "./meeting/session";
import { h } from "./shared/dom";
import { inviteOfLink } from "./shared/invitations";
import { beginToSpeak } from "./shared/language";
import { rememberInPageOnly, rememberMedia } from "./shared/remembered";
import { visitorToken } from "./shared/server";
import { commonWords } from "./shared/strings/common";
import { joiningWords } from "./shared/strings/joining";

const page = document.querySelector<HTMLElement>("#app");
if (!page) throw new Error("embed.html has no element #app.");
const root: HTMLElement = page;

/** The origin of the page around this one, by its own word: whoever says it wrong hears nothing, and is not heard. */
const asked = new URLSearchParams(location.hash.slice(1));
const host = asked.get("host") ?? "";

let journey: Journey | undefined;
rememberInPageOnly();
await beginToSpeak(() => `${commonWords().meeting} – Convene`, asked.get("lang"));

if (window.parent === window || !URL.canParse(host)) {
  root.replaceChildren(
    h("main", { class: "page centered" }, h("p", {}, joiningWords().onlyEmbedded)),
  );
} else {
  addEventListener("message", ({ source, origin, data }: MessageEvent) => {
    if (source === window.parent && origin === host) handle(data as ToFrame);
  });
  tell({ convene: "ready" });
}

function tell(message: ToElement): void {
  window.parent.postMessage(message, host);
}

function handle(message: ToFrame): void {
  switch (message.convene) {
    case "open":
      if (!journey) open(message);
      return;
    case "leave":
      journey?.leave();
      return;
    case "mute":
    case "unmute":
      journey?.setMicrophone(message.convene === "unmute");
      return;
  }
}

function open({ link, displayName, muted, cameraOff }: OpenMessage): void {
  rememberMedia({ microphoneOn: !muted, cameraOn: !cameraOff });
  journey = new Journey({
    root,
    title: undefined,
    enter: joining({ meetingLink: link }),
    invite: inviteOfLink(link),
    name: displayName,
    owned: undefined,
    token: () => visitorToken(link),
    account: undefined,
    skipPreJoin: false,
    home: undefined,
    follow: (step) => {
      tell(stateOf(step));
      if (step.kind !== "ended") tell({ convene: "microphone", isMuted: !step.microphoneOn });
    },
  });
  void journey.start();
}
