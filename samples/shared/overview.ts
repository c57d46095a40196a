// The overview: what differs between the two samples, computed from their sources.

import joinByLink from "../join-by-link/client.ts?raw";
import groupCall from "../group-call/client.ts?raw";

const before = joinByLink.trimEnd().split("\n");
const after = groupCall.trimEnd().split("\n");
const target = document.getElementById("difference");

if (before.length !== after.length) throw new Error("The samples no longer have the same lines; the overview cannot compare them.");

before.forEach((text, index) => {
  const other = after[index] ?? "";
  if (text === other) return;
  target?.append(line("removed", "-", text), line("added", "+", other));
});

function line(kind: string, sign: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = `line ${kind}`;
  element.textContent = `${sign} ${text.trim()}\n`;
  return element;
}
