import type { ReadStream, WriteStream } from "node:tty";
import type { Size } from "./session";

/** What Ctrl-C and Ctrl-D type. */
export const INTERRUPT = Buffer.from([3]);
const END_OF_INPUT = Buffer.from([4]);
const NEW_LINE = 10;
/** The size of the remote terminal where there is none here, as AWS's own client has it: wide enough for most lines. */
const WITHOUT_TERMINAL: Size = { cols: 300, rows: 100 };

interface Remote {
  input(bytes: Buffer): Promise<void>;
  resize(size: Size): void;
}

/**
 * Connects standard input with a remote terminal. On a terminal every key goes to the other side, Ctrl-C as well. Other input is
 * typed there, and its end is Ctrl-D.
 * @returns what ends the connection and gives the terminal back as it was; it may be called twice
 */
export function connectInput(stdin: ReadStream, stdout: WriteStream, remote: Remote): () => void {
  const size = () => (stdout.isTTY ? { cols: stdout.columns, rows: stdout.rows } : WITHOUT_TERMINAL);
  const onResize = () => remote.resize(size());
  // Input may be on its way when the session ends.
  const type = async (bytes: Buffer) => {
    stdin.pause();
    await remote.input(bytes);
    if (!isOver) stdin.resume();
  };
  let last = NEW_LINE;
  let isOver = false;
  const onData = (bytes: Buffer) => {
    last = bytes.at(-1) ?? last;
    void type(bytes);
  };
  // In the middle of a line Ctrl-D only hands that line over.
  const onEnd = () => {
    if (last !== NEW_LINE) void remote.input(END_OF_INPUT);
    void remote.input(END_OF_INPUT);
  };
  const end = () => {
    if (isOver) return;
    isOver = true;
    stdout.off("resize", onResize);
    stdin.off("data", onData).off("end", onEnd).pause();
    if (stdin.isTTY) stdin.setRawMode(false);
    process.off("exit", end);
  };
  process.on("exit", end);
  remote.resize(size());
  stdout.on("resize", onResize);
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on("data", onData).on("end", onEnd).resume();
  return end;
}

/** Writes a terminal's output. What goes to a pipe or a file has lines that end as they do there: LF alone, without CR. */
export function outputTo(stdout: Pick<WriteStream, "isTTY" | "write">): (bytes: Buffer) => void {
  if (stdout.isTTY) return (bytes) => void stdout.write(bytes);
  let rest = "";
  return (bytes) => {
    // Latin-1 keeps every byte as it is. A CR at the end may belong to an LF that follows.
    const text = rest + bytes.toString("latin1");
    rest = text.endsWith("\r") ? "\r" : "";
    stdout.write(Buffer.from(text.slice(0, text.length - rest.length).replaceAll("\r\n", "\n"), "latin1"));
  };
}
