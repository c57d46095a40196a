// The element is a whole meeting by itself. A page that wants to know more of it listens to its events.

import type { ConveneMeetingElement } from "../../web/public/sdk/meeting";

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const meeting = document.querySelector("convene-meeting") as ConveneMeetingElement;
const linkInput = element<HTMLInputElement>("link");
const state = element<HTMLOutputElement>("state");
const words = element<HTMLParagraphElement>("words");

element("link-form").addEventListener("submit", (event) => {
  event.preventDefault();
  words.textContent = "";
  meeting.setAttribute("link", linkInput.value);
});

element("leave").addEventListener("click", () => meeting.leave());

meeting.addEventListener("convene-meeting-state", ({ detail }) => {
  state.textContent = detail.state;
  words.textContent = detail.state === "ended" ? `${detail.code}/${detail.subCode} ${detail.reason}` : "";
});

meeting.addEventListener("convene-meeting-error", ({ detail }) => {
  words.textContent = detail.message;
});
