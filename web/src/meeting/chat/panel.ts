// The chat beside the stage: what was said, and a field to say something.

import { h, hiddenText, setAttribute, setText, uniqueId, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import { KeyedList } from "../../shared/keyed-list";
import type { ChatLineViewModel, ChatViewModel } from "./view-model";

/** What the panel shows, whether it is open, and what closes it. */
export interface ChatPanelViewModel {
  readonly chat: ChatViewModel | undefined;
  readonly isOpen: boolean;
  readonly close: (() => void) | undefined;
}

const WORDS = {
  opening: "Opening the chat…",
  open: "",
  off: "The chat is off in this meeting.",
  failed: "The chat could not be opened.",
} as const;

/** As the server: 28 KB of text in any alphabet. */
const TEXT_MAX = 7000;

/** Makes the panel. */
export function chatPanel(): View<ChatPanelViewModel> {
  let current: ChatPanelViewModel | undefined;
  let opener: Element | null | undefined;
  const list = h("div", { class: "chat-lines", role: "log", "aria-label": "Messages", tabindex: 0 });
  const lines = new KeyedList<ChatLineViewModel>(list, (line) => line.id, lineView);
  const words = h("p", { class: "chat-words", role: "status" });
  const retry = h("button", { class: "button small", type: "button", onclick: () => current?.chat?.retry?.() }, "Try again");
  const fieldId = uniqueId("message");
  const field = h("textarea", { id: fieldId, rows: 2, maxlength: TEXT_MAX, placeholder: "Write to everybody", onkeydown: (event) => handleKey(event as KeyboardEvent) });
  const send = h("button", { class: "button primary", type: "submit" }, "Send");
  const form = h("form", { class: "chat-form", onsubmit: (event) => handleSubmit(event) }, h("label", { class: "visually-hidden", for: fieldId }, "Message"), field, send);
  const close = h("button", { class: "button quiet icon-only", type: "button", onclick: () => current?.close?.() }, icon("close"), hiddenText("Close chat"));
  const element = h(
    "aside",
    { class: "panel chat", "aria-label": "Chat", hidden: true },
    h("header", { class: "panel-header" }, h("h2", { class: "panel-title" }, "Chat"), close),
    list,
    h("div", { class: "chat-state" }, words, retry),
    form,
  );

  function handleKey(event: KeyboardEvent): void {
    // Enter while an alphabet's own window is open chooses a sign there.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  }

  function handleSubmit(event: Event): void {
    event.preventDefault();
    const text = field.value.trim();
    const action = current?.chat?.send;
    if (text === "" || !action) return;
    void action(text).then((sent) => {
      // What was not sent stays to be sent again.
      if (sent && field.value.trim() === text) field.value = "";
    });
  }

  return {
    element,
    update(state) {
      const { chat } = state;
      const wasOpen = current?.isOpen ?? false;
      current = state;
      element.hidden = !state.isOpen || chat === undefined;
      if (!chat) return;
      const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
      lines.update(chat.messages);
      if (isAtEnd || !wasOpen) list.scrollTop = list.scrollHeight;
      list.hidden = chat.status === "off" || chat.status === "failed";
      const isEmpty = chat.status === "open" && chat.messages.length === 0;
      setText(words, isEmpty ? "Nobody has written anything yet." : WORDS[chat.status]);
      words.hidden = words.textContent === "";
      retry.hidden = chat.retry === undefined;
      form.hidden = chat.status !== "open";
      setAttribute(send, "aria-disabled", chat.send === undefined ? "true" : undefined);
      if (!wasOpen) opener = state.isOpen ? document.activeElement : undefined;
      // The field may come later than the panel; by then the focus may have gone on.
      if (!state.isOpen || form.hidden || !opener) return;
      if (document.activeElement === opener || document.activeElement === document.body) field.focus();
      opener = undefined;
    },
    dispose: () => lines.dispose(),
  };
}

function lineView(first: ChatLineViewModel): View<ChatLineViewModel> {
  const from = h("span", { class: "chat-from" });
  const text = h("p", { class: "chat-text" });
  const at = h("time", { datetime: first.at.toISOString() }, first.at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  const element = h("div", { class: "chat-line" }, h("p", { class: "chat-head" }, from, at), text);
  return {
    element,
    update(line) {
      setText(from, line.from);
      setText(text, line.text);
      setAttribute(element, "data-own", line.isOwn);
    },
  };
}
