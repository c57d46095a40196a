// Messages as text. Other clients send HTML; the page shows what is written in it, and nothing else of it.

/** The text of a message of a type, `text` or `html` in any spelling of the chat's. */
export function plainText(content: string, type: string): string {
  if (!isHtml(type)) return content;
  const lines = content.replace(/<br\s*\/?>|<\/(p|div|li)>/gi, "\n");
  // A document of the parser's runs no script and loads nothing.
  return (new DOMParser().parseFromString(lines, "text/html").body.textContent ?? "").trim();
}

/** Whether messages of a type are HTML. */
export function isHtml(type: string): boolean {
  return type.toLowerCase().includes("html");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "<br>" };

/** A text as HTML that reads the same, for messages that are HTML and are changed here. */
export function asHtml(text: string): string {
  return text.replace(/[&<>\n]/g, (sign) => ENTITIES[sign] ?? sign);
}
