// The page at `/api.html`: the REST APIs of this server, as it describes them itself.

import "../styles/index.css";
import "../styles/api.css";
import { h } from "../shared/dom";
import type { ApiDocument } from "./document";
import { apiScreen } from "./screen";

const root = document.querySelector<HTMLElement>("#app");
if (!root) throw new Error("api.html has no element #app.");

try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  root.replaceChildren(apiScreen((await answer.json()) as ApiDocument));
  openNamed();
  addEventListener("hashchange", openNamed);
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  root.replaceChildren(h("main", { class: "page" }, h("h1", {}, "The description of the APIs cannot be read"), h("p", { role: "alert" }, `${why} Load the page again.`)));
}

/** A link to one operation opens it. */
function openNamed(): void {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) {
    named.open = true;
    named.scrollIntoView();
  }
}
