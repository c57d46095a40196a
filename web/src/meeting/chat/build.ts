// From what was said, and what is on its way, to the lines of the panel. Reads, and changes nothing.

import { chatWords } from "../../shared/strings/chat";
import type { Pending } from "./outbox";
import type { ChatLineViewModel, MessageLineViewModel, MovesLineViewModel } from "./view-model";
import type { Message, Move } from "./wire";

/** What the lines are made of. */
export interface Said {
  readonly messages: readonly Message[];
  readonly moves: readonly Move[];
  readonly pending: readonly Pending[];
  readonly ownId: string;
  readonly nameOf: (id: string, clientsWord: string) => string;
  /** Ids of the messages to which others have read. */
  readonly readTo: readonly string[];
}

/** The lines, in the order of the thread; what is on its way stands last. */
export function linesOf(said: Said): ChatLineViewModel[] {
  const { ownId } = said;
  const seenTo = Math.max(-1, ...said.readTo.map(Number));
  const message = ({ id, sender, senderName, text, at, isEdited }: Message): MessageLineViewModel => {
    const isOwn = sender === ownId;
    const delivery = Number(id) <= seenTo ? "seen" : "delivered";
    return { kind: "message", id, senderId: sender, from: isOwn ? chatWords().you : said.nameOf(sender, senderName), isOwn, text, at, isEdited, delivery: isOwn ? delivery : undefined };
  };
  // One's own coming is nothing to tell.
  const moves = said.moves.filter((move) => move.person !== ownId);
  const lines: ChatLineViewModel[] = [];
  let next = 0;
  const movesUntil = (at: number): void => {
    const first = next;
    while (next < moves.length && (moves[next]?.at.getTime() ?? 0) < at) next += 1;
    const line = movesLine(moves.slice(first, next), said.nameOf);
    if (line) lines.push(line);
  };
  for (const each of said.messages) {
    movesUntil(each.at.getTime());
    lines.push(message(each));
  }
  movesUntil(Infinity);
  return [...lines, ...said.pending.map((each) => pendingLine(each, ownId))];
}

function pendingLine({ id, text, at, hasFailed }: Pending, ownId: string): MessageLineViewModel {
  return { kind: "message", id, senderId: ownId, from: chatWords().you, isOwn: true, text, at, isEdited: false, delivery: hasFailed ? "failed" : "sending" };
}

/** How many names a line of comings and goings tells. More: it stands where messages should. */
const NAMES_MAX = 3;

/** `undefined` if after all nobody came and nobody left. */
function movesLine(moves: readonly Move[], nameOf: Said["nameOf"]): MovesLineViewModel | undefined {
  const first = new Map<string, Move>();
  const last = new Map<string, Move>();
  for (const move of moves) {
    if (!first.has(move.person)) first.set(move.person, move);
    last.set(move.person, move);
  }
  const words = (isIn: boolean): string[] => {
    const moved = [...last.values()].filter((move) => move.isIn === isIn && first.get(move.person)?.isIn === isIn);
    const names = moved.map((move) => nameOf(move.person, move.name));
    if (names.length === 0) return [];
    const { joined, left } = chatWords();
    return [(isIn ? joined : left)(names.slice(0, NAMES_MAX), Math.max(0, names.length - NAMES_MAX))];
  };
  const text = [...words(true), ...words(false)].join(" · ");
  const [start] = moves;
  return start && text !== "" ? { kind: "moves", id: start.id, text, at: start.at } : undefined;
}

/** The former objects wherever nothing changed, so that what shows them need not draw them anew. */
export function reuse<Item extends { readonly id: string }>(former: readonly Item[], now: readonly Item[]): readonly Item[] {
  const byId = new Map(former.map((each) => [each.id, each]));
  const reused = now.map((each) => {
    const known = byId.get(each.id);
    return known && isSame(known, each) ? known : each;
  });
  return reused.length === former.length && reused.every((each, index) => each === former[index]) ? former : reused;
}

function isSame(one: object, other: object): boolean {
  const comparable = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);
  const [left, right] = [Object.entries(one), new Map(Object.entries(other))];
  return left.length === right.size && left.every(([key, value]) => comparable(value) === comparable(right.get(key)));
}
