// The overview: the sources of all samples, and what differs between the first two, computed from them.

import devices from "../devices/client.ts?raw";
import embed from "../embed/client.ts?raw";
import groupCall from "../group-call/client.ts?raw";
import joinByLink from "../join-by-link/client.ts?raw";
import ringing from "../ringing/client.ts?raw";
import roster from "../roster/client.ts?raw";
import screenShare from "../screen-share/client.ts?raw";
import video from "../video/client.ts?raw";

const sources: Record<string, string> = { "join-by-link": joinByLink, "group-call": groupCall, video, "screen-share": screenShare, roster, devices, ringing, embed };
for (const place of document.querySelectorAll<HTMLElement>("pre[data-source]")) place.textContent = sources[place.dataset["source"] ?? ""] ?? "";

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
