/**
 * Breaks text at blanks into lines of at most `width` columns. All but the first are indented. Long words stay whole.
 */
export function wrapped(text: string, width: number, indent = 0): string[] {
  const [, lead = "", rest = ""] = /^( *)(.*)$/s.exec(text) ?? [];
  const lines: string[] = [];
  let line = lead;
  for (const word of rest.split(" ")) {
    const longer = line.trim() === "" ? `${line}${word}` : `${line} ${word}`;
    if (longer.length <= width || line.trim() === "") line = longer;
    else {
      lines.push(line);
      line = `${" ".repeat(indent)}${word}`;
    }
  }
  return [...lines, line];
}
