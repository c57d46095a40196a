// The chat's messages and its field, by the library. A chunk of its own: what the library needs for it is fetched when there is a chat.

import {
  MessageThread,
  SendBox,
  TypingIndicator,
  type ChatMessage,
  type CustomMessage,
  type MessageProps,
  type MessageRenderer,
  type ReadReceiptsBySenderId,
} from "@azure/communication-react";
import { memo, useCallback, useLayoutEffect, useMemo, useRef } from "react";
import { hueOf, initials } from "../../shared/people";
import { screenWords } from "../../shared/strings/screen";
import { commonWords } from "../../shared/strings/common";
import type { ChatActions, ChatLineViewModel, ChatViewModel, MessageLineViewModel, ReaderViewModel } from "../chat/view-model";
import { SpokenDate } from "./spoken-date";

/** As the frame around it, which is rounder than the library expects. */
const BOX_STYLES = { textField: { borderRadius: "13px" } };

/** What the thread shows. */
export interface ChatThreadProps {
  readonly chat: ChatViewModel;
  readonly actions: ChatActions;
  readonly isShown: boolean;
}

/** Shows the messages and the field. */
export function ChatThread({ chat, actions, isShown }: ChatThreadProps) {
  const place = useRef<HTMLDivElement>(null);
  const words = screenWords().chat;
  const boxWords = useMemo(() => ({ placeholderText: words.field }), [words]);
  useFieldsName(place);
  return (
    <>
      {/* The library tells new messages in a live region of its own. */}
      <div className="chat-lines" role="log" aria-live="off" aria-label={words.messages}>
        {/* What is not shown must not count as read. */}
        {isShown && <Messages lines={chat.lines} readers={chat.readers} people={chat.people} ownId={chat.ownId} actions={actions} />}
      </div>
      <div className="chat-typing">
        <TypingIndicator typingUsers={chat.typing.map((name, index) => ({ userId: String(index), displayName: name }))} strings={words.typing} />
      </div>
      <div ref={place} className="chat-box">
        <SendBox onSendMessage={async (text) => actions.send(text.trim())} onTyping={async () => actions.tellTyping()} supportNewline strings={boxWords} styles={BOX_STYLES} />
      </div>
    </>
  );
}

/** The library's field has a placeholder instead of a name. */
function useFieldsName(place: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => place.current?.querySelector("textarea")?.setAttribute("aria-label", screenWords().chat.fieldName));
}

interface MessagesProps {
  readonly lines: readonly ChatLineViewModel[];
  readonly readers: readonly ReaderViewModel[];
  readonly people: number;
  readonly ownId: string;
  readonly actions: ChatActions;
}

/** The call changes many times a second, the chat does not. */
const Messages = memo(function Messages({ lines, readers, people, ownId, actions }: MessagesProps) {
  const messages = useMemo(() => lines.map((line, index) => messageOf(line, lines[index - 1], lines[index + 1])), [lines]);
  const sendAgain = useCallback(async (text: string) => actions.send(text), [actions]);
  const words = useMemo(() => ({ noDisplayNameSub: commonWords().nameless }), []);
  const receipts = useMemo(() => receiptsOf(readers), [readers]);
  return (
    <MessageThread
      userId={ownId}
      messages={messages}
      participantCount={people}
      readReceiptsBySenderId={receipts}
      showMessageStatus
      onMessageSeen={actions.tellSeen}
      onUpdateMessage={actions.edit}
      onDeleteMessage={actions.remove}
      onSendMessage={sendAgain}
      onRenderMessage={renderMessage}
      onRenderAvatar={renderAvatar}
      strings={words}
    />
  );
});

type Attached = NonNullable<ChatMessage["attached"]>;
const made = new WeakMap<ChatLineViewModel, { readonly attached: Attached; readonly message: ChatMessage | CustomMessage }>();

/** The same object as long as nothing changes: the library draws the others anew. */
function messageOf(line: ChatLineViewModel, before: ChatLineViewModel | undefined, after: ChatLineViewModel | undefined): ChatMessage | CustomMessage {
  const [joinsAbove, joinsBelow] = [isTogether(before, line), isTogether(line, after)];
  const attached = joinsAbove ? (joinsBelow ? true : "bottom") : joinsBelow ? "top" : false;
  const known = made.get(line);
  if (known?.attached === attached) return known.message;
  const message = makeMessage(line, attached);
  made.set(line, { attached, message });
  return message;
}

function makeMessage(line: ChatLineViewModel, attached: Attached): ChatMessage | CustomMessage {
  if (line.kind === "moves") return { messageType: "custom", messageId: line.id, createdOn: new SpokenDate(line.at), content: line.text };
  const isPending = line.delivery === "sending" || line.delivery === "failed";
  return {
    messageType: "chat",
    // The library knows by this that the thread does not have it.
    messageId: isPending ? "" : line.id,
    ...(isPending ? { clientMessageId: line.id } : {}),
    senderId: line.senderId,
    senderDisplayName: line.from,
    mine: line.isOwn,
    // Text always, whatever the thread holds: nothing that others send is markup here, and nothing of it is loaded.
    contentType: "text",
    content: line.text,
    createdOn: new SpokenDate(line.at),
    ...(line.isEdited ? { editedOn: line.at } : {}),
    ...(line.delivery ? { status: line.delivery } : {}),
    attached,
  };
}

/** Messages of one person that follow each other within this stand together, under one name and time. */
const TOGETHER_MS = 5 * 60_000;

function isTogether(one: ChatLineViewModel | undefined, next: ChatLineViewModel | undefined): boolean {
  const isMessage = (line: ChatLineViewModel | undefined): line is MessageLineViewModel => line?.kind === "message";
  return isMessage(one) && isMessage(next) && one.senderId === next.senderId && next.at.getTime() - one.at.getTime() < TOGETHER_MS;
}

function receiptsOf(readers: readonly ReaderViewModel[]): ReadReceiptsBySenderId {
  return Object.fromEntries(readers.map(({ id, name, readTo }) => [id, { lastReadMessage: readTo, displayName: name }]));
}

function renderMessage(props: MessageProps, render?: MessageRenderer) {
  const { message } = props;
  if (message.messageType === "custom") return <p className="chat-moves">{message.content}</p>;
  return render?.(props) ?? <></>;
}

/** Ours, as in the gallery; the name stands beside it. */
function renderAvatar(userId?: string, options?: { readonly text?: string }) {
  return (
    <div className={`avatar small hue-${hueOf(userId ?? "")}`} aria-hidden="true">
      {initials(options?.text ?? "")}
    </div>
  );
}
