import { mkdir, readdir, readFile, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import type { JournalEntry } from "../../ports/journal";
import { LeaseLostError } from "../../ports/store";
import { byAge } from "../deploy-order";
import { assertDeployId, parseEntry, unknownDeploy } from "../journal-entries";
import { isNodeError, syncFolder, writeSynced } from "./atomic-file";
import { currentLease } from "./lease";

const EXTENSION = ".ndjson";

/** One file a deploy, `journal/<deploy>.ndjson`, one entry a line. */
export class DirectoryJournal {
  readonly #folder: string;

  constructor(private readonly directory: string) {
    this.#folder = join(directory, "journal");
  }

  async append(deploy: string, entry: JournalEntry): Promise<void> {
    const file = this.#file(deploy);
    const lease = await currentLease(this.directory);
    if (lease && lease.fencing > entry.fencing) throw new LeaseLostError(entry.fencing, lease);
    await mkdir(this.#folder, { recursive: true });
    const text = await textOf(file);
    const whole = wholeLines(text ?? "");
    if (fencingOf(whole) > entry.fencing)
      throw new LeaseLostError(entry.fencing, null, `lease ${fencingOf(whole)} has written to ${basename(file)}`);
    if (text !== null && whole.length < text.length) await truncate(file, Buffer.byteLength(whole));
    await writeSynced(file, "a", `${JSON.stringify(entry)}\n`);
    if (text === null) await syncFolder(this.#folder);
  }

  async read(deploy: string): Promise<JournalEntry[]> {
    const file = this.#file(deploy);
    const text = await textOf(file);
    if (text === null) throw unknownDeploy(deploy);
    const lines = wholeLines(text).split("\n").slice(0, -1);
    return lines.map((line, index) => parseEntry(line, `${file} line ${index + 1}`));
  }

  async deploys(): Promise<string[]> {
    const files = await readdir(this.#folder).catch(() => []);
    return files.flatMap((file) => (file.endsWith(EXTENSION) ? [file.slice(0, -EXTENSION.length)] : [])).sort(byAge);
  }

  #file(deploy: string): string {
    assertDeployId(deploy);
    return join(this.#folder, `${deploy}${EXTENSION}`);
  }
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isNodeError(error, "ENOENT")) return null;
    throw error;
  }
}

/** Without the rest that a crash tore: nobody was told that it is kept. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

/** Of the last line; 0 without one, and of a line that is no entry, which is told when the journal is read. */
function fencingOf(lines: string): number {
  try {
    return (JSON.parse(lines.trimEnd().split("\n").at(-1)!) as Partial<JournalEntry>).fencing ?? 0;
  } catch {
    return 0;
  }
}
