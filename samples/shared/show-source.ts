// Shows a sample's source, numbered, with the line that joins marked.

/** Shows the source in the page's `#source`. */
export function showSource(source: string): void {
  const lines = source.trimEnd().split("\n").map((text) => {
    const line = document.createElement("span");
    line.className = text.includes("callAgent.join(") ? "line marked" : "line";
    line.textContent = `${text}\n`;
    return line;
  });
  document.getElementById("source")?.replaceChildren(...lines);
}
