import { columnsOf } from "../core/columns";
import { printable } from "../core/printable";

export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** Returns a line that each text overwrites. It prints nothing if the stream is no terminal. */
export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  const write = (text: string) => void (stream.isTTY && stream.write(`\r\x1b[K${text}`));
  return {
    show: (text) => write(printable(text.slice(0, columnsOf(stream) - 1))),
    clear: () => write(""),
  };
}
