// Messages as text. Other clients send HTML; the page shows what is written in it, and nothing else of it.

/** The text of a message of a type, `text` or `html` in any spelling of the chat's. */
export function plainText(content: string, type: string): string {
  if (!type.toLowerCase().includes("html")) return content;
  const lines = content.replace(/<br\s*\/?>|<\/(p|div|li)>/gi, "\n");
  // A document of the parser's runs no script and loads nothing.
  return (new DOMParser().parseFromString(lines, "text/html").body.textContent ?? "").trim();
}
