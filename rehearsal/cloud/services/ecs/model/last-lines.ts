const KEPT = 40;
/** The line in which a program says why it ends: `Error: ...`, `OSError: ...`, `panic: ...`. */
const CAUSE = /^\s*(?:Uncaught |Caused by: )?(?:[\w.]*(?:Error|Exception)\b.*:|panic: |exec .*: exec format error)/;

/** The last lines of a container's log. */
export class LastLines {
  readonly #lines: string[] = [];

  add(line: string): void {
    if (line.trim() === "") return;
    this.#lines.push(line);
    if (this.#lines.length > KEPT) this.#lines.shift();
  }

  /** The line that most likely says why the program ended: its last error, else its last line. */
  get cause(): string | undefined {
    return (this.#lines.findLast((line) => CAUSE.test(line)) ?? this.#lines.at(-1))?.trim();
  }
}
