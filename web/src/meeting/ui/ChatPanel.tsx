// The chat beside the stage: what was said, and a field to say something.

import { lazy, Suspense, useLayoutEffect, useRef } from "react";
import { screenWords } from "../../shared/strings/screen";
import type { ChatViewModel } from "../chat/view-model";
import { loadChatThread } from "./load";
import { Sign } from "./Sign";

const ChatThread = lazy(loadChatThread);

/** What the panel shows, whether it is open, and what closes it. */
export interface ChatPanelProps {
  readonly chat: ChatViewModel;
  readonly isOpen: boolean;
  readonly close: (() => void) | undefined;
}

/** Shows the panel. Closed, it keeps what is not sent yet. */
export function ChatPanel({ chat, isOpen, close }: ChatPanelProps) {
  const place = useRef<HTMLElement>(null);
  useFieldsFocus(place, isOpen);
  const isEmpty = chat.status === "open" && !chat.lines.some((line) => line.kind === "message");
  const { panel, empty, opening, off, failed, close: closeWords, tryAgain } = screenWords().chat;
  const words = isEmpty ? empty : { opening, open: "", off, failed }[chat.status];
  return (
    <aside ref={place} className="panel chat" aria-label={panel} hidden={!isOpen}>
      <header className="panel-header">
        <h2 className="panel-title">{panel}</h2>
        <button className="button quiet icon-only" type="button" onClick={close}>
          <Sign name="close" />
          <span className="visually-hidden">{closeWords}</span>
        </button>
      </header>
      <div className="chat-state" hidden={words === ""}>
        <p className="chat-words" role="status">
          {words}
        </p>
        {chat.retry && (
          <button className="button small" type="button" onClick={chat.retry}>
            {tryAgain}
          </button>
        )}
      </div>
      {chat.actions && (
        <Suspense>
          <ChatThread chat={chat} actions={chat.actions} isShown={isOpen} />
        </Suspense>
      )}
    </aside>
  );
}

/** Gives the focus to the field when the panel opens. The field may come later than the panel; by then the focus may have gone on. */
function useFieldsFocus(place: { readonly current: HTMLElement | null }, isOpen: boolean): void {
  const wasOpen = useRef(false);
  const opener = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (isOpen !== wasOpen.current) opener.current = isOpen ? document.activeElement : null;
    wasOpen.current = isOpen;
    const field = place.current?.querySelector<HTMLElement>(".chat-box textarea");
    if (!isOpen || !field || !opener.current) return;
    if (document.activeElement === opener.current || document.activeElement === document.body) field.focus();
    opener.current = null;
  });
}
