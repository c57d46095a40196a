// The chat of one call: opened when its person is in the meeting, closed when they are not.

import { getIdentifierRawId } from "@azure/communication-common";
import type { Call } from "@convene/calling";
import { chatWords } from "../../shared/strings/chat";
import { commonWords } from "../../shared/strings/common";
import type { Told } from "../../shared/strings/telling";
import { nameOf } from "../people/build";
import { loadChatThread } from "../ui/load";
import { linesOf, reuse } from "./build";
import { Lines } from "./lines";
import { Moves } from "./moves";
import { Outbox } from "./outbox";
import { Readers } from "./readers";
import { Typing } from "./typing";
import type { ChatActions, ChatLineViewModel, ChatStatus, ChatViewModel, ReaderViewModel } from "./view-model";
import type { Hears, Message, Wire } from "./wire";

/** What the chat needs of the page around it. */
export interface ChatContext {
  readonly call: Call;
  readonly token: string;
  readonly ownName: string;
  readonly changed: () => void;
  readonly fail: (told: Told) => void;
}

/** The chat of one call. */
export class MeetingChat {
  private status: ChatStatus = "closed";
  private lines = new Lines();
  private moves = new Moves();
  private readers = new Readers();
  private outbox: Outbox;
  private readonly typing: Typing;
  private wire: Wire | undefined;
  private actions: ChatActions | undefined;
  private shownLines: readonly ChatLineViewModel[] = [];
  private shownReaders: readonly ReaderViewModel[] = [];
  /** Grows with each opening, so that a late answer to a former one is known. */
  private opening = 0;

  constructor(private readonly context: ChatContext) {
    this.outbox = this.newOutbox();
    this.typing = new Typing(context.changed);
  }

  /** Opens the thread, once the call has told which it is. */
  start(): void {
    const thread = this.context.call.info.threadId;
    if (this.status !== "closed" || !thread) return;
    this.status = "opening";
    this.opening += 1;
    const { opening } = this;
    this.open(thread, opening).catch((error: unknown) => {
      if (opening !== this.opening) return;
      this.status = statusOf(error) === 403 ? "off" : "failed";
      if (this.status === "failed") console.warn("The chat could not be opened", error);
      this.context.changed();
    });
  }

  /** Closes it; what was read is forgotten. */
  stop(): void {
    if (this.status === "closed") return;
    this.opening += 1;
    this.status = "closed";
    this.lines = new Lines();
    this.moves = new Moves();
    this.readers = new Readers();
    this.outbox = this.newOutbox();
    this.typing.clear();
    this.shownLines = [];
    this.shownReaders = [];
    const { wire } = this;
    this.wire = undefined;
    this.actions = undefined;
    wire?.close().catch((error: unknown) => console.warn("The chat was not closed", error));
  }

  /** What the panel shows; `undefined` for a call without a thread. */
  viewModel(isShown: boolean): ChatViewModel | undefined {
    if (this.status === "closed") return undefined;
    if (isShown && this.status === "open") this.lines.see();
    const others = this.readers.all.filter(([person]) => person !== this.ownId);
    const readers = others.map(([id, readTo]) => ({ id, readTo, name: this.nameOf(id, "") }));
    this.shownReaders = reuse(this.shownReaders, readers);
    this.shownLines = reuse(
      this.shownLines,
      linesOf({
        messages: this.lines.all,
        moves: this.moves.all,
        pending: this.outbox.all,
        ownId: this.ownId,
        nameOf: (id, clientsWord) => this.nameOf(id, clientsWord),
        readTo: others.map(([, readTo]) => readTo),
      }),
    );
    return {
      status: this.status,
      unread: isShown ? 0 : this.lines.unread(({ sender }) => sender === this.ownId),
      ownId: this.ownId,
      lines: this.shownLines,
      readers: this.shownReaders,
      people: this.context.call.remoteParticipants.length + 1,
      typing: this.typing.all.filter((id) => id !== this.ownId).map((id) => this.nameOf(id, "")),
      actions: this.actions,
      retry: this.status === "failed" ? () => this.retry() : undefined,
    };
  }

  private async open(thread: string, opening: number): Promise<void> {
    const { token, ownName, changed } = this.context;
    const [{ open }] = await Promise.all([import("./wire"), loadChatThread()]);
    if (opening !== this.opening) return;
    const wire = await open(token, thread, ownName, this.hears(opening));
    if (opening !== this.opening) {
      await wire.close();
      return;
    }
    this.wire = wire;
    this.actions = this.actionsOn(wire);
    this.status = "open";
    changed();
  }

  private hears(opening: number): Hears {
    const { lines, moves, readers, typing } = this;
    const told = (change: () => void): void => {
      if (opening !== this.opening) return;
      change();
      this.context.changed();
    };
    return {
      history: (history) =>
        told(() => {
          lines.replace(history.messages);
          moves.replace(history.moves);
        }),
      message: (message) =>
        told(() => {
          lines.put(message);
          if (message.sender === this.ownId) this.outbox.arrived(message.text);
          typing.stop(message.sender);
        }),
      deleted: (id) => told(() => lines.remove(id)),
      moved: (move) =>
        told(() => {
          moves.put(move);
          if (!move.isIn) typing.stop(move.person);
        }),
      read: (person, message) => told(() => readers.hear(person, message)),
      typing: (person) => told(() => typing.hear(person)),
    };
  }

  private actionsOn(wire: Wire): ChatActions {
    const notTold = (what: string) => (error: unknown): void => {
      // Who is leaving is refused, and nobody has to know.
      if (this.wire === wire && statusOf(error) !== 403) console.warn(what, error);
    };
    return {
      send: (text) => this.outbox.send(text, new Date()),
      edit: (id, text) => this.edit(wire, id, text),
      remove: (id) => this.remove(wire, id),
      // Nobody waits for these; the next one says as much.
      tellTyping: () => void wire.typing().catch(notTold("That you write was not told")),
      tellSeen: (id) => wire.seen(id).catch(notTold("That the chat was read was not told")),
    };
  }

  private newOutbox(): Outbox {
    const outbox = new Outbox((text) => this.deliver(text), () => this.outbox === outbox && this.context.changed());
    return outbox;
  }

  /** The message itself comes as everybody else's does, or here, whichever is first. */
  private async deliver(text: string): Promise<void> {
    const { wire, lines, opening } = this;
    if (!wire) throw new Error("The chat was closed before the message was sent.");
    try {
      const message = await wire.send(text);
      if (opening === this.opening && !lines.all.some(({ id }) => id === message.id)) lines.put({ ...message, sender: this.ownId });
    } catch (error) {
      this.tell(error, chatWords().notSent, chatWords().notSentOff);
      throw error;
    }
  }

  private async edit(wire: Wire, id: string, text: string): Promise<void> {
    const message = this.find(id);
    if (!message || message.text === text) return;
    try {
      await wire.edit(message, text);
    } catch (error) {
      this.tell(error, chatWords().notChanged, chatWords().notChangedOff);
      throw error;
    }
    this.lines.put({ ...message, text, isEdited: true });
    this.context.changed();
  }

  private async remove(wire: Wire, id: string): Promise<void> {
    if (this.outbox.has(id)) return this.outbox.drop(id);
    try {
      await wire.remove(id);
    } catch (error) {
      this.tell(error, chatWords().notDeleted, chatWords().notDeletedOff);
      throw error;
    }
    this.lines.remove(id);
    this.context.changed();
  }

  private tell(error: unknown, words: string, wordsWhenOff: string): void {
    this.context.fail({ text: statusOf(error) === 403 ? wordsWhenOff : words });
  }

  private retry(): void {
    this.status = "closed";
    this.start();
    this.context.changed();
  }

  private find(id: string): Message | undefined {
    return this.lines.all.find((message) => message.id === id);
  }

  private get ownId(): string {
    const { identifier } = this.context.call.callerInfo;
    return identifier ? getIdentifierRawId(identifier) : "";
  }

  /** As the roster calls them; what their client says only once they are gone. */
  private nameOf(id: string, clientsWord: string): string {
    const person = this.context.call.remoteParticipants.find((each) => getIdentifierRawId(each.identifier) === id);
    if (person) return nameOf(person);
    const said = clientsWord || this.moves.all.findLast((move) => move.person === id)?.name || this.lines.all.findLast(({ sender }) => sender === id)?.senderName;
    return said || commonWords().nameless;
  }
}

const statusOf = (error: unknown): unknown => (error as { statusCode?: unknown }).statusCode;
