import type { Colour } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";
import type { JournalEntry } from "../ports/journal";
import type { DeployStore } from "../ports/store";
import { type NamedRun, readRun } from "../store/recorded-run";

/** Journals that are read at once. In a bucket each entry of a journal is a request. */
const BATCH = 5;
/** Runs to search for the last cutover of each service. */
const MAX_RUNS = 50;

/** Unix milliseconds; null where the runs do not tell. */
export interface ActiveSince {
  /** End of the cutover that made the active colour active; not of one that only routed all requests to it again. */
  sinceMs: number | null;
  /** The active colour became active before this time: the beginning of the oldest run that was read. */
  beforeMs: number | null;
}

const UNKNOWN: ActiveSince = { sinceMs: null, beforeMs: null };

/** Reads the runs of a stack again and again. Nothing changes in older runs than the newest: each of them is read once. */
export class RunReader {
  readonly #older = new Map<string, JournalEntry[]>();

  constructor(private readonly store: Pick<DeployStore, "deploys" | "journal">) {}

  /** Returns the newest run, and since when each service's active colour has been active. */
  async read(live: Live): Promise<{ last: NamedRun | null; since: Record<string, ActiveSince> }> {
    return this.#read(live, (await this.store.deploys()).reverse());
  }

  /** @param deploys newest first */
  async #read(live: Live, deploys: readonly string[]): ReturnType<RunReader["read"]> {
    const [newest] = deploys;
    if (newest === undefined) return { last: null, since: {} };
    const journals: JournalEntry[][] = [];
    const found = new Map<string, ActiveSince>();
    const names = Object.keys(live.services).filter((name) => hasRelease(live, name));
    while (
      journals.length === 0 ||
      (found.size < names.length && journals.length < Math.min(deploys.length, MAX_RUNS))
    ) {
      const batch = deploys.slice(journals.length, journals.length + BATCH);
      journals.push(...(await Promise.all(batch.map((deploy) => this.#journal(deploy, deploy === newest)))));
      // Nothing was begun by a run without an entry: the one before it is the newest, and may still go on.
      if (journals[0]!.length === 0) return this.#read(live, deploys.slice(1));
      for (const name of names) {
        const since = cutoverOf(journals, name, live);
        if (since) found.set(name, since);
      }
    }
    const beforeMs = journals.findLast((entries) => entries.length > 0)?.[0]?.atMs ?? null;
    return {
      last: { deploy: newest, run: readRun(newest, journals[0]!) },
      since: Object.fromEntries(names.map((name) => [name, found.get(name) ?? { sinceMs: null, beforeMs }])),
    };
  }

  /** An older journal that cannot be read is left out this time: `history` says what is wrong with it. */
  async #journal(deploy: string, isNewest: boolean): Promise<JournalEntry[]> {
    if (isNewest) return this.store.journal(deploy);
    const known = this.#older.get(deploy) ?? (await this.store.journal(deploy).catch(() => null));
    if (known) this.#older.set(deploy, known);
    return known ?? [];
  }
}

function hasRelease({ services }: Live, name: string): boolean {
  const { active, colours } = services[name]!;
  return colours[active].release !== null;
}

/** @param journals newest first */
function cutoverOf(journals: readonly JournalEntry[][], name: string, { services }: Live): ActiveSince | null {
  for (const { atMs, from, to } of journals.flatMap((entries) => cutoversIn(entries, name).reverse())) {
    // Something other than a run has changed the active colour since.
    if (to !== services[name]!.active) return UNKNOWN;
    // What takes a ramp or a failed cutover back routes all requests to the colour that never stopped being active.
    if (from !== to) return { sinceMs: atMs, beforeMs: null };
  }
  return null;
}

/** The cutovers of a service in one run, oldest first: when each ended, and the active colour before and after it. */
function cutoversIn(entries: readonly JournalEntry[], name: string): { atMs: number; from?: Colour; to?: Colour }[] {
  let from: Colour | undefined;
  return entries.flatMap((entry) => {
    if (entry.kind !== "opened" && entry.kind !== "stepEnded") return [];
    const to = entry.live.services[name]?.active;
    const isCutover =
      entry.kind === "stepEnded" && entry.ok && entry.step === "cutover" && entry.services.includes(name);
    const found = isCutover ? [{ atMs: entry.atMs, from, to }] : [];
    from = to;
    return found;
  });
}
