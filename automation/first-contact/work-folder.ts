import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../../components/core/user-error";
import { compactTimeText } from "../core/date-time-text";
import { processMark } from "../core/process/process-mark";
import { isAlive } from "../core/process/process-table";
import { type Observed, readObserved } from "./observed";
import { PASSPHRASE } from "./settings";

/** The process that works in the folder. */
interface Holder {
  pid: number;
  /** What tells the process from a later one with its pid; null where the system does not say. */
  mark: string | null;
}

/**
 * What a run keeps on this machine: the stack's settings and state, and what it saw. It is all that `--clean` needs:
 * the settings are written before anything is created, and the state knows the rest.
 */
export class WorkFolder {
  readonly directory: string;
  readonly settingsFile: string;
  readonly observedFile: string;
  readonly #stateFolder: string;
  readonly #temporaryFolder: string;
  readonly #holderFile: string;
  readonly #accountFile: string;
  readonly #endFile: string;

  constructor(
    directory: string,
    private readonly project: string,
    private readonly stack: string,
  ) {
    this.directory = resolve(directory);
    this.settingsFile = join(this.directory, `Pulumi.${stack}.yaml`);
    this.observedFile = join(this.directory, "observed.json");
    this.#stateFolder = join(this.directory, "state");
    this.#temporaryFolder = join(this.directory, "tmp");
    this.#holderFile = join(this.directory, "run.json");
    this.#accountFile = join(this.directory, "account.json");
    this.#endFile = join(this.directory, "end.json");
  }

  /** Variables by which the Pulumi CLI finds the state, and by which temporary files go with the folder. */
  get environment(): Record<string, string> {
    return {
      // Without files of attributes beside the state's: the CLI does not write them atomically, and nothing needs them.
      PULUMI_BACKEND_URL: `file://${this.#stateFolder}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      TMPDIR: this.#temporaryFolder,
    };
  }

  /** True if a run was begun and not cleaned up. */
  get isInUse(): boolean {
    return existsSync(this.settingsFile);
  }

  /** The stack of another run that was begun here and not cleaned up; null if there is none. */
  get otherStack(): string | null {
    if (!existsSync(this.directory)) return null;
    const stacks = readdirSync(this.directory).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    return stacks.find((stack) => stack !== this.stack) ?? null;
  }

  get hasStack(): boolean {
    return existsSync(join(this.#stateFolder, ".pulumi", "stacks", this.project, `${this.stack}.json`));
  }

  /**
   * Claims the folder for this process.
   * @throws UserError while another one works in it
   */
  claim(): void {
    const holder = existsSync(this.#holderFile) ? (JSON.parse(readFileSync(this.#holderFile, "utf8")) as Holder) : null;
    if (holder && holder.pid !== process.pid && isRunning(holder))
      throw new UserError(
        `a run is in progress in ${this.directory} (pid ${holder.pid}): stop it first, with Ctrl-C where it runs`,
      );
    for (const path of [this.#stateFolder, this.#temporaryFolder]) mkdirSync(path, { recursive: true });
    this.#write(this.#holderFile, { pid: process.pid, mark: processMark(process.pid) ?? null } satisfies Holder);
  }

  /** True if the run may have made something in AWS: before it does, it notes the account. */
  get hasBegunInAws(): boolean {
    return existsSync(this.#accountFile) || this.hasStack;
  }

  begin(settings: string): void {
    // What an interrupted `empty` has left is of an earlier run.
    for (const file of [this.#accountFile, this.#endFile]) rmSync(file, { force: true });
    writeFileSync(this.settingsFile, settings);
  }

  /**
   * Notes the account of a run that begins, before it makes anything. In another one, deleting finds nothing and counts that as
   * deleted, so that what the run made would be forgotten and go on to cost money.
   * @param accountId that of the credentials, 12 digits
   * @throws UserError if the run was begun in another one
   */
  belongsTo(accountId: string): void {
    if (!existsSync(this.#accountFile)) this.#write(this.#accountFile, { accountId });
    const { accountId: own } = JSON.parse(readFileSync(this.#accountFile, "utf8")) as { accountId: string };
    if (own !== accountId)
      throw new UserError(
        `the run was begun in the account ${own}, and these credentials are of ${accountId}: use those of the first one`,
      );
  }

  /** Keeps what was seen so far, and what a run before it saw in full beside it, as `observed-‹time›.json`. */
  keep(observed: Observed): void {
    const earlier = existsSync(this.observedFile) ? this.#earlier() : null;
    if (earlier?.complete && earlier.startedAt !== observed.startedAt) {
      const time = compactTimeText(Date.parse(earlier.startedAt));
      renameSync(this.observedFile, join(this.directory, `observed-${time}.json`));
    }
    this.#write(this.observedFile, observed);
  }

  /** What the folder's file has; null for one that nobody can read, which must not end a run that has begun. */
  #earlier(): Observed | null {
    try {
      return readObserved(this.observedFile);
    } catch {
      return null;
    }
  }

  /** Notes that the run has come to its end: what was seen is complete once nothing is left, whoever cleans up. */
  noteEnd(): void {
    this.#write(this.#endFile, {});
  }

  /** Removes all but what was seen, which is complete if the run has come to its end, and what the run of another stack needs. */
  empty(): void {
    if (existsSync(this.#endFile) && existsSync(this.observedFile))
      this.keep({ ...readObserved(this.observedFile), complete: true });
    rmSync(this.settingsFile, { force: true });
    if (this.otherStack !== null) return;
    for (const path of [this.#stateFolder, this.#temporaryFolder]) rmSync(path, { recursive: true, force: true });
    for (const file of [this.#holderFile, this.#accountFile, this.#endFile]) rmSync(file, { force: true });
  }

  /** At once or not at all, so that a kill leaves no half of a file. */
  #write(file: string, content: object): void {
    writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  }
}

function isRunning({ pid, mark }: Holder): boolean {
  return mark === null ? isAlive(pid) : processMark(pid) === mark;
}
