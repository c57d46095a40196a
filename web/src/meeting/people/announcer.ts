// What a screen reader is told while it goes on: who came, who left, whose hand went up.

import { h, setText, type View } from "../../shared/dom";
import { panelWords } from "../../shared/strings/panel";
import type { PersonViewModel } from "../view-model";

/** Makes the live region. What is true when it begins is not told. */
export function peopleAnnouncer(): View<readonly PersonViewModel[]> {
  const element = h("div", { class: "visually-hidden", role: "status", "data-testid": "people-announcement" });
  let known: readonly PersonViewModel[] | undefined;
  return {
    element,
    update(people) {
      const news = known ? newsOf(known, people) : [];
      known = people;
      if (news.length > 0) setText(element, news.join(" "));
    },
  };
}

/** The sentences that tell what changed from one roster to the next; nothing about oneself. */
export function newsOf(before: readonly PersonViewModel[], after: readonly PersonViewModel[]): string[] {
  const words = panelWords().news;
  const was = new Map(before.map((person) => [person.id, person]));
  const is = new Map(after.map((person) => [person.id, person]));
  const others = after.filter((person) => !person.isLocal);
  return [
    ...others.filter(({ id }) => !was.has(id)).map(({ name, kind }) => words.came(name, kind)),
    ...before.filter(({ id, isLocal }) => !isLocal && !is.has(id)).map(({ name }) => words.left(name)),
    ...others.filter(({ id, hand }) => hand !== undefined && was.get(id)?.hand === undefined).map(({ name }) => words.raisedHand(name)),
  ];
}
