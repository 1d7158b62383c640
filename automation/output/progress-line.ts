/** Columns where the terminal does not say. */
const WIDTH = 80;

export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** One line that is written over; nothing where there is no terminal. */
export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  const write = (text: string) => void (stream.isTTY && stream.write(`\r\x1b[K${text}`));
  return {
    show: (text) => write(text.slice(0, (stream.columns || WIDTH) - 1)),
    clear: () => write(""),
  };
}
