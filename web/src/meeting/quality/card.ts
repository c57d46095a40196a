// The figures of the call's media, one row for each stream. No live region: they change every second.

import { h, setText, uniqueId, type View } from "../../shared/dom";
import { icon } from "../../shared/icons";
import { KeyedList } from "../../shared/keyed-list";
import type { QualityRow, QualityViewModel } from "./view-model";
import { qualityWords } from "../../shared/strings/quality";

const COLUMNS = ["bitrate", "loss", "jitter", "roundTrip", "picture"] as const;

/** Makes the card. */
export function qualityCard(): View<QualityViewModel | undefined> {
  let current: QualityViewModel | undefined;
  const headingId = uniqueId("quality");
  const sentence = h("p", {});
  const tables = [directionTable(true), directionTable(false)];
  // On a phone the tables are wider than the card: they can be scrolled, also by keyboard.
  const scroll = h("div", { class: "quality-scroll", role: "group", tabindex: 0, "aria-labelledby": headingId }, ...tables.map((table) => table.element));
  const measuring = h("p", { class: "hint" }, qualityWords().measuring);
  const told = h("p", { class: "hint", role: "status" });
  const copy = h("button", { class: "button", type: "button", onclick: () => void copyAll() }, icon("copy"), h("span", {}, qualityWords().copy));
  const element = h("div", { class: "card quality" }, h("h2", { id: headingId }, qualityWords().heading), sentence, measuring, scroll, h("div", { class: "quality-actions" }, copy, told));

  async function copyAll(): Promise<void> {
    if (!current) return;
    try {
      await navigator.clipboard.writeText(current.asText());
      setText(told, qualityWords().copied);
    } catch {
      setText(told, qualityWords().notCopied);
    }
  }

  return {
    element,
    update(quality) {
      current = quality;
      const rows = quality?.rows ?? [];
      if (!quality) setText(told, "");
      else setText(sentence, quality.sentence);
      measuring.hidden = rows.length > 0;
      scroll.hidden = rows.length === 0;
      tables.forEach((table) => table.update(rows));
    },
    dispose: () => tables.forEach((table) => table.dispose?.()),
  };
}

function directionTable(isSent: boolean): View<readonly QualityRow[]> {
  const { columns } = qualityWords();
  const heads = [columns.what, ...COLUMNS.map((column) => columns[column])].map((text) => h("th", { scope: "col" }, text));
  const body = h("tbody", {});
  const list = new KeyedList<QualityRow>(body, (row) => row.id, rowView);
  const element = h("table", { class: "quality-table" }, h("caption", {}, isSent ? qualityWords().sending : qualityWords().receiving), h("thead", {}, h("tr", {}, ...heads)), body);
  return {
    element,
    update(rows) {
      const own = rows.filter((row) => row.isSent === isSent);
      element.hidden = own.length === 0;
      list.update(own);
    },
    dispose: () => list.dispose(),
  };
}

function rowView(): View<QualityRow> {
  const what = h("th", { scope: "row" });
  const cells = COLUMNS.map(() => h("td", {}));
  return {
    element: h("tr", {}, what, ...cells),
    update(row) {
      setText(what, row.what);
      COLUMNS.forEach((column, index) => setText(cells[index] as HTMLElement, row[column]));
    },
  };
}
