import { UserError } from "../../../components/core/user-error";
import type { JournalEntry } from "../../ports/journal";
import { LeaseLostError } from "../../ports/store";
import { byAge } from "../deploy-order";
import { assertDeployId, parseEntry, unknownDeploy } from "../journal-entries";
import { readS3Lease } from "./lease";
import type { S3Objects } from "./objects";

const FOLDER = "journal/";
const DIGITS = 5;
/** Of a journal's objects: a deploy has some dozens. */
const READ_AT_ONCE = 16;

/** One object an entry, `journal/<deploy>/00001.json`: each is there whole or not at all, and none is written twice. */
export class S3Journal {
  /** By deploy, the number of the entry that this process writes next. */
  readonly #next = new Map<string, number>();

  constructor(private readonly objects: S3Objects) {}

  async append(deploy: string, entry: JournalEntry): Promise<void> {
    assertDeployId(deploy);
    const { lease } = await readS3Lease(this.objects);
    if (lease && lease.record.fencing > entry.fencing) throw new LeaseLostError(entry.fencing, lease.record);
    const text = JSON.stringify(entry);
    let number = this.#next.get(deploy) ?? (await this.#numberAfterLast(deploy, entry));
    while ((await this.objects.put(this.#key(deploy, number), text, null)) === null) {
      const there = await this.#textAt(deploy, number);
      // This very entry: the answer to its write was lost.
      if (there === text) break;
      assertNotNewer(there, entry);
      number++;
    }
    this.#next.set(deploy, number + 1);
  }

  async read(deploy: string): Promise<JournalEntry[]> {
    assertDeployId(deploy);
    const keys = await this.objects.list(`${FOLDER}${deploy}/`);
    if (keys.length === 0) throw unknownDeploy(deploy);
    const missing = keys.findIndex((key, index) => key !== this.#key(deploy, index + 1));
    if (missing >= 0) {
      throw new UserError(
        `${this.#address(this.#key(deploy, missing + 1))} is missing: restore it from the bucket's earlier versions, then try again`,
      );
    }
    const entries: JournalEntry[] = [];
    for (let from = 0; from < keys.length; from += READ_AT_ONCE) {
      const some = keys.slice(from, from + READ_AT_ONCE);
      const texts = await Promise.all(some.map((_, index) => this.#textAt(deploy, from + index + 1)));
      entries.push(...texts.map((text, index) => parseEntry(text, this.#address(some[index]!))));
    }
    return entries;
  }

  async deploys(): Promise<string[]> {
    const folders = await this.objects.list(FOLDER, "/");
    return folders.map((folder) => folder.slice(FOLDER.length, -1)).sort(byAge);
  }

  async #numberAfterLast(deploy: string, entry: JournalEntry): Promise<number> {
    const last = (await this.objects.list(`${FOLDER}${deploy}/`)).length;
    if (last > 0) assertNotNewer(await this.#textAt(deploy, last), entry);
    return last + 1;
  }

  async #textAt(deploy: string, number: number): Promise<string> {
    return (await this.objects.get(this.#key(deploy, number))).object?.text ?? "";
  }

  #key(deploy: string, number: number): string {
    return `${FOLDER}${deploy}/${String(number).padStart(DIGITS, "0")}.json`;
  }

  #address(key: string): string {
    return `s3://${this.objects.bucket}/${key}`;
  }
}

/** A text that is no entry is told when the journal is read. */
function assertNotNewer(text: string, { fencing }: JournalEntry): void {
  let other = 0;
  try {
    other = (JSON.parse(text) as Partial<JournalEntry>).fencing ?? 0;
  } catch {}
  if (other > fencing) throw new LeaseLostError(fencing, null, `lease ${other} has written to this journal`);
}
