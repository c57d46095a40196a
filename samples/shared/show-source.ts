// Shows a sample's source, with the line that matters marked.

/** Shows the source in the page's `#source`; the lines with `mark` in them stand out. */
export function showSource(source: string, mark = "callAgent.join("): void {
  const lines = source.trimEnd().split("\n").map((text) => {
    const line = document.createElement("span");
    line.className = text.includes(mark) ? "line marked" : "line";
    line.textContent = `${text}\n`;
    return line;
  });
  document.getElementById("source")?.replaceChildren(...lines);
}
