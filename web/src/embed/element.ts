// <convene-meeting>: a meeting in one tag, for pages of any origin that the server allows. Served as /sdk/meeting.js: one file, so it imports types,
// ./link and ./words alone. The meeting itself is in a frame from the server (../embed.ts), where the page around it cannot reach.

import type { ConveneMeetingElement, ConveneMeetingEvents, MeetingErrorDetail, MeetingState } from "../../public/sdk/meeting";
import { problemOfLink } from "./link";
import type { ToElement, ToFrame } from "./messages";
import { elementWords, languageAround, type ElementWords } from "./words";

/** The server is where this script comes from, never where a link leads: a link may be anybody's. */
const SERVER = new URL(import.meta.url).origin;

/** What the meeting may use of the page's. */
const ALLOW = ["camera", "microphone", "display-capture", "autoplay", "fullscreen", "speaker-selection", "clipboard-write"];

/** A page that runs says so before it has loaded. Longer: who embeds waits for the error. Shorter: a busy machine may take it for blocked. */
const SILENCE_MS = 5000;

const STYLE = `
  :host { display: block; width: 100%; height: 40rem; max-height: 100vh; }
  :host([hidden]) { display: none; }
  iframe { display: block; width: 100%; height: 100%; border: 0; }
  p { margin: 0; padding: 1rem; border: 1px solid; font: 1rem/1.5 system-ui, sans-serif; }
`;

class ConveneMeeting extends HTMLElement implements ConveneMeetingElement {
  static readonly observedAttributes = ["link"];

  private readonly root = this.attachShadow({ mode: "open" });
  private frame: HTMLIFrameElement | undefined;
  private isOpen = false;
  private isRunning = false;
  private shownState: MeetingState = "none";
  private shownError: MeetingErrorDetail | undefined;
  private microphoneOff = false;
  private words: ElementWords = elementWords([]);

  constructor() {
    super();
    // No style element, since the page's own policy may allow none.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.root.adoptedStyleSheets = [sheet];
  }

  get link(): string | null {
    return this.getAttribute("link");
  }

  set link(link: string | null) {
    this.reflect("link", link);
  }

  get displayName(): string | null {
    return this.getAttribute("display-name");
  }

  set displayName(name: string | null) {
    this.reflect("display-name", name);
  }

  get state(): MeetingState {
    return this.shownState;
  }

  get isMuted(): boolean {
    return this.microphoneOff;
  }

  get error(): MeetingErrorDetail | undefined {
    return this.shownError;
  }

  leave(): void {
    this.say({ convene: "leave" });
  }

  mute(): void {
    this.say({ convene: "mute" });
  }

  unmute(): void {
    this.say({ convene: "unmute" });
  }

  connectedCallback(): void {
    addEventListener("message", this.handleMessage);
    // What a page set before this script was there.
    for (const name of ["link", "displayName"] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      Reflect.deleteProperty(this, name);
      this[name] = value;
    }
    this.open();
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.handleMessage);
    this.close();
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (!this.isOpen || before === now) return;
    this.close();
    this.open();
  }

  private reflect(attribute: string, value: string | null): void {
    if (value === null) this.removeAttribute(attribute);
    else this.setAttribute(attribute, value);
  }

  private open(): void {
    this.isOpen = true;
    this.microphoneOff = this.hasAttribute("muted");
    const { link } = this;
    this.root.replaceChildren();
    if (link === null) return;
    const around = languageAround(this);
    this.words = elementWords([around ?? "", ...navigator.languages]);
    const problem = problemOfLink(link, this.words);
    if (problem !== undefined) return this.fail("badLink", problem);
    if (origin === "null") return this.fail("badPage", this.words.noOrigin);
    const frame = document.createElement("iframe");
    frame.title = this.words.meeting;
    frame.allow = ALLOW.join("; ");
    frame.referrerPolicy = "no-referrer";
    frame.src = `${SERVER}/embed#${new URLSearchParams({ host: origin, ...(around !== undefined && { lang: around }) })}`;
    frame.addEventListener("load", () => setTimeout(() => this.checkThatItRuns(frame), SILENCE_MS));
    this.frame = frame;
    this.root.append(frame);
  }

  /** The frame's page goes away with the frame, and leaves the meeting. */
  private close(): void {
    this.isOpen = false;
    this.isRunning = false;
    this.frame?.remove();
    this.frame = undefined;
    this.shownError = undefined;
    this.changeState({ state: "none" });
  }

  private checkThatItRuns(frame: HTMLIFrameElement): void {
    if (this.frame !== frame || this.isRunning) return;
    frame.remove();
    this.frame = undefined;
    this.fail("notShown", this.words.notShown(SERVER, origin));
  }

  private readonly handleMessage = ({ source, origin, data }: MessageEvent): void => {
    if (!this.frame || source !== this.frame.contentWindow || origin !== SERVER) return;
    const message = data as ToElement;
    switch (message.convene) {
      case "ready":
        this.isRunning = true;
        this.say({
          convene: "open",
          link: this.link ?? "",
          displayName: this.displayName ?? "",
          muted: this.hasAttribute("muted"),
          cameraOff: this.hasAttribute("camera-off"),
        });
        return;
      case "state": {
        const { convene: _, ...detail } = message;
        this.changeState(detail);
        return;
      }
      case "microphone":
        if (this.microphoneOff === message.isMuted) return;
        this.microphoneOff = message.isMuted;
        this.tell("convene-meeting-microphone", { isMuted: message.isMuted });
        return;
    }
  };

  private changeState(detail: ConveneMeetingEvents["convene-meeting-state"]["detail"]): void {
    if (this.shownState === detail.state) return;
    this.shownState = detail.state;
    this.tell("convene-meeting-state", detail);
  }

  private fail(code: MeetingErrorDetail["code"], message: string): void {
    const words = document.createElement("p");
    words.setAttribute("role", "alert");
    words.lang = this.words.tag;
    words.textContent = message;
    this.root.replaceChildren(words);
    this.shownError = { code, message };
    this.tell("convene-meeting-error", this.shownError);
  }

  private say(message: ToFrame): void {
    if (this.isRunning) this.frame?.contentWindow?.postMessage(message, SERVER);
  }

  private tell<Type extends keyof ConveneMeetingEvents>(type: Type, detail: ConveneMeetingEvents[Type]["detail"]): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

// Two tags of the script are one element.
if (!customElements.get("convene-meeting")) customElements.define("convene-meeting", ConveneMeeting);
