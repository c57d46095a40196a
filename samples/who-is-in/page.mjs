// Shows what the back end knows, as it changes. Names are what anybody may have chosen: they are only ever text.

const WHAT = { group: "Group call", room: "Room", meeting: "Meeting" };
const KINDS = { app: "an app’s user", organization: "of the organization", visitor: "a guest without an account", unknown: "unknown" };

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

const time = (text) => new Date(text).toLocaleTimeString([], { timeStyle: "short" });
const count = (number, one, more) => `${number} ${number === 1 ? one : more}`;

function person({ displayName, kind, since }, ...marks) {
  const shown = marks.filter(Boolean).map(([text, className]) => element("span", `mark ${className ?? ""}`, text));
  return element(
    "li",
    "",
    element("div", "who", element("div", "name", displayName || "Without a name"), element("div", "quiet", `${KINDS[kind]}, since ${time(since)}`)),
    element("div", "marks", ...shown),
  );
}

function call({ of, startedOn, participants, waiting }) {
  const people = participants.map((one) => person(one, one.isHandRaised && ["hand up", "hand"], one.isMuted && ["muted"], [one.role]));
  const waiters = waiting.map((one) => person(one, ["waits", "waits"]));
  const began = startedOn ? `since ${time(startedOn)}, ` : "";
  return element(
    "section",
    "",
    element("h2", "", WHAT[of.kind] ?? "Call"),
    element("p", "quiet", of.id ?? ""),
    element("p", "quiet", `${began}${count(participants.length, "person", "people")}${waiting.length > 0 ? `, ${waiting.length} in the lobby` : ""}`),
    element("ul", "", ...people, ...waiters),
  );
}

const sum = document.getElementById("sum");

function show(calls) {
  const of = (what) => calls.reduce((all, one) => all + one[what].length, 0);
  const people = count(of("participants"), "person", "people");
  sum.textContent = calls.length === 0 ? "Nobody is in a call now." : `${people} in ${count(calls.length, "call", "calls")}, ${of("waiting")} in lobbies.`;
  document.getElementById("calls").replaceChildren(...calls.map(call));
}

const changes = new EventSource("/changes");
changes.addEventListener("message", ({ data }) => show(JSON.parse(data)));
changes.addEventListener("error", () => (sum.textContent = "The back end does not answer. What is shown may be over."));
