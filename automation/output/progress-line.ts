import { columnsOf } from "../core/columns";
import { printable } from "../core/printable";

export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** Returns as much of a text as fits in a line of a terminal, with blanks for tabs and ends of lines, after which a redraw would leave something. */
export function inOneLine(text: string, columns: number): string {
  return printable(
    text
      .trimEnd()
      .replace(/\s/g, " ")
      .slice(0, columns - 1),
  );
}

/** Returns a line that each text overwrites. It prints nothing if the stream is no terminal. */
export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  const write = (text: string) => void (stream.isTTY && stream.write(`\r\x1b[K${text}`));
  return {
    show: (text) => write(inOneLine(text, columnsOf(stream))),
    clear: () => write(""),
  };
}
