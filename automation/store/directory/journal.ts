import { join } from "node:path";
import type { StoredEntry } from "../backend";
import { append, createAtomically, cutOff, makeFolder, namesIn, readIfExists } from "./atomic-file";
import { JOURNAL_EXTENSION } from "./paths";

/** The journals of a directory: one file for each run, `<deploy>.ndjson`, with one entry on each line. */
export class DirectoryJournal {
  constructor(private readonly folder: string) {}

  async append(deploy: string, entry: string, assertMayFollow: (last: string) => void): Promise<void> {
    const file = this.address(deploy);
    await makeFolder(this.folder);
    const line = `${entry}\n`;
    // A journal is there with its first entry or not at all: a run without any could be neither shown nor resumed.
    const text = await readIfExists(file);
    if (text === null) {
      if (await createAtomically(file, line)) return;
      return this.append(deploy, entry, assertMayFollow);
    }
    const whole = wholeLines(text);
    const last = whole.trimEnd().split("\n").at(-1);
    if (last) assertMayFollow(last);
    if (whole.length < text.length) await cutOff(file, Buffer.byteLength(whole));
    // It is the last line already if it was written before, and the disk did not say whether it is there for good.
    await append(file, last === entry ? "" : line);
  }

  async read(deploy: string): Promise<StoredEntry[] | null> {
    const file = this.address(deploy);
    const text = await readIfExists(file);
    if (text === null) return null;
    const lines = wholeLines(text).split("\n").slice(0, -1);
    return lines.map((line, index) => ({ text: line, address: `${file} line ${index + 1}` }));
  }

  async deploys(): Promise<string[]> {
    const files = await namesIn(this.folder);
    return files.flatMap((file) =>
      file.endsWith(JOURNAL_EXTENSION) ? [file.slice(0, -JOURNAL_EXTENSION.length)] : [],
    );
  }

  /** The journal's file. */
  address(deploy: string): string {
    return join(this.folder, `${deploy}${JOURNAL_EXTENSION}`);
  }
}

/** Drops a last line that a crash tore: no caller was told that it is kept. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}
