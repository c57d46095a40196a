import { afterEach, describe, expect, it, vi } from "vitest";
import { keepFocus, successors } from "./keep-focus";

/** As much of an element as focus needs. */
class Part {
  readonly parts: Part[];
  parentElement: Part | null = null;
  hidden = false;
  isConnected = true;

  constructor(
    readonly name: string,
    ...parts: Part[]
  ) {
    this.parts = parts;
    for (const part of parts) part.parentElement = this;
  }

  contains(other: Part): boolean {
    return this === other || this.parts.some((part) => part.contains(other));
  }

  matches(selector: string): boolean {
    return selector === "button" ? this.name.startsWith("button") : selector.includes(`"${this.getAttribute()}"`) || (selector === "[data-first-focus]" && this.name === "heading");
  }

  closest(): Part | null {
    return this.getAttribute() === "" ? null : this;
  }

  getAttribute(): string {
    return this.name.split(" ")[1] ?? "";
  }

  querySelectorAll(selector: string): Part[] {
    return this.parts.flatMap((part) => [...(part.matches(selector) ? [part] : []), ...part.querySelectorAll(selector)]);
  }

  querySelector(selector: string): Part | null {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  checkVisibility(): boolean {
    return !this.hidden && (this.parentElement?.checkVisibility() ?? true);
  }

  focus(): void {
    page.activeElement = this;
  }
}

const body = new Part("body");
const page = { body, activeElement: body };

const inPage = (part: Part): HTMLElement => part as unknown as HTMLElement;

function panelOf(rows: number): { panel: Part; heading: Part; admit: Part[]; reject: Part[] } {
  const admit = Array.from({ length: rows }, () => new Part("button admit"));
  const reject = Array.from({ length: rows }, () => new Part("button reject"));
  const heading = new Part("heading");
  const panel = new Part("panel", heading, ...admit.map((button, index) => new Part("row", button, reject[index] ?? body)));
  vi.stubGlobal("document", page);
  vi.stubGlobal("HTMLElement", Part);
  return { panel, heading, admit, reject };
}

/** As browsers do: what is gone has the focus no longer. */
function remove(part: Part | undefined): void {
  if (!part) return;
  part.isConnected = false;
  if (page.activeElement === part) page.activeElement = body;
}

afterEach(() => vi.unstubAllGlobals());

describe("the focus, when what has it goes away", () => {
  it("goes to the same button of the next row, of the last of all to the one before it", () => {
    const { panel, reject } = panelOf(3);
    reject[1]?.focus();
    keepFocus(inPage(panel), () => remove(reject[1]));
    expect(page.activeElement).toBe(reject[2]);
    keepFocus(inPage(panel), () => remove(reject[2]));
    expect(page.activeElement).toBe(reject[0]);
  });

  it("goes to the heading when nothing alike is left, also from what is only hidden", () => {
    const { panel, heading, admit } = panelOf(1);
    admit[0]?.focus();
    keepFocus(inPage(panel), () => admit.forEach((button) => (button.hidden = true)));
    expect(page.activeElement).toBe(heading);
  });

  it("comes back to what was only moved", () => {
    const { panel, admit } = panelOf(2);
    admit[0]?.focus();
    keepFocus(inPage(panel), () => body.focus());
    expect(page.activeElement).toBe(admit[0]);
  });

  it("stays where it is outside, and where the change itself put it", () => {
    const { panel, admit, reject } = panelOf(2);
    const field = new Part("field");
    field.focus();
    keepFocus(inPage(panel), () => remove(admit[0]));
    expect(page.activeElement).toBe(field);
    reject[0]?.focus();
    keepFocus(inPage(panel), () => {
      remove(reject[0]);
      field.focus();
    });
    expect(page.activeElement).toBe(field);
  });
});

describe("what takes over", () => {
  it("is the own part, then those after it, then those before it from the nearest on", () => {
    expect(successors(["a", "b", "c", "d"], "c")).toEqual(["c", "d", "b", "a"]);
    expect(successors([], "x")).toEqual(["x"]);
  });
});
