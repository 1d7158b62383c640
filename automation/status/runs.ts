import type { JournalEntry } from "../ports/journal";
import type { DeployStore } from "../ports/store";
import { isUnfinished, type RecordedRun, readRun } from "../store/recorded-run";

/** So many of the newest runs tell since when a colour is active: in a bucket, an entry is a request. */
const RUNS_READ = 5;

/** The newest runs of a stack, read again and again: of those before the newest one nothing changes any more. */
export class NewestRuns {
  readonly #known = new Map<string, JournalEntry[]>();

  constructor(private readonly store: Pick<DeployStore, "deploys" | "journal">) {}

  /** Newest first; one that cannot be read is left out: `history` says what is wrong with it. */
  async read(): Promise<{ journals: JournalEntry[][]; last: { deploy: string; run: RecordedRun } | null }> {
    const deploys = (await this.store.deploys()).slice(-RUNS_READ).reverse();
    const [newest] = deploys;
    const journals = await Promise.all(
      deploys.map((deploy) => (deploy === newest ? this.store.journal(deploy) : this.#older(deploy))),
    );
    return {
      journals,
      last: newest === undefined ? null : { deploy: newest, run: readRun(newest, journals[0]!) },
    };
  }

  async #older(deploy: string): Promise<JournalEntry[]> {
    const known = this.#known.get(deploy) ?? (await this.store.journal(deploy).catch(() => []));
    this.#known.set(deploy, known);
    return known;
  }
}

export function unfinishedOf(last: { deploy: string; run: RecordedRun } | null): string | null {
  return last && isUnfinished(last.run) ? last.deploy : null;
}
