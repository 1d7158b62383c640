import { hostname } from "node:os";
import type { Checkpoint } from "../../../automation/ports/checkpoint";
import { JOURNAL_VERSION, type JournalEntry } from "../../../automation/ports/journal";
import type { Holder } from "../../../automation/ports/store";
import type { Live } from "../../../components/live/live";

export const ME: Holder = { who: "me@here", host: hostname(), pid: process.pid, what: "deploy users=v2" };
/** A holder on another machine: only the lease's times say whether it still holds it. */
export const ELSEWHERE: Holder = { ...ME, who: "you@there", host: "another-machine" };

export const DIGEST = `sha256:${"a".repeat(64)}`;
const IMAGE = `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/prod/users@${DIGEST}`;

const RELEASE = { image: IMAGE, name: "v2" };
const LIVE: Live = {
  serial: 3,
  services: {
    users: {
      active: "blue",
      colours: { blue: { release: { ...RELEASE, name: "v1" }, size: 2 }, green: { release: null, size: 0 } },
    },
  },
};
const CHECKPOINT: Checkpoint = {
  direction: "forward",
  desired: { users: RELEASE },
  ignoredAlarms: [],
  ignoredUnhealthy: [],
  approval: null,
  activeInstances: { users: 2 },
  progress: {
    preflight: true,
    done: { migrate: [], verify: [IMAGE], test: [], ramp: [], confirm: [], bake: [], drain: [] },
    kept: [],
    routedAtMs: null,
    migratedAtMs: null,
    sinceMigration: null,
  },
};

type Kind = JournalEntry["kind"];
type Sample<K extends Kind> = Extract<JournalEntry, { kind: K }>;

const SAMPLES: { [K in Kind]: Omit<Sample<K>, "atMs" | "fencing"> } = {
  opened: {
    kind: "opened",
    version: JOURNAL_VERSION,
    deploy: "20261125T000000Z-1",
    command: "deploy",
    who: "me@here",
    commit: "0123456789abcdef0123456789abcdef01234567",
    reason: "",
    asked: { users: "v2" },
    live: LIVE,
    checkpoint: CHECKPOINT,
  },
  resumed: { kind: "resumed", who: "you@there", command: "resume" },
  rollbackStarted: { kind: "rollbackStarted", reason: "5xx", checkpoint: CHECKPOINT },
  stepStarted: { kind: "stepStarted", step: "warm", services: ["users"], intended: LIVE },
  stepEnded: {
    kind: "stepEnded",
    step: "warm",
    services: ["users"],
    ok: true,
    detail: "2 instances",
    live: LIVE,
    checkpoint: CHECKPOINT,
  },
  closed: { kind: "closed", outcome: "done", reason: "" },
};

/** Returns an entry as a deploy writes it. */
export function entry<K extends Kind>(kind: K, changes: Partial<Sample<K>> = {}): JournalEntry {
  return { ...SAMPLES[kind], atMs: 1_000, fencing: 1, ...changes } as JournalEntry;
}

/**
 * Returns an entry with the names that versions 1 to 3 of the journal had.
 * @param later fields of the checkpoint that the version did not have
 */
export function olderEntry(entry: JournalEntry, later: readonly string[]): object {
  const kinds: Record<string, string> = { resumed: "takenUp", rollbackStarted: "turned" };
  const kind = kinds[entry.kind] ?? entry.kind;
  if (!("checkpoint" in entry)) return { ...entry, kind };
  const { checkpoint, ...rest } = entry;
  const { direction, desired, activeInstances, progress, ...same } = checkpoint;
  const { done, ...others } = progress;
  const lists = { migrated: done.migrate, verified: done.verify, tested: done.test, ramped: done.ramp };
  const afterCutover = { confirmed: done.confirm, baked: done.bake, drained: done.drain };
  const older = { ...others, ...lists, ...afterCutover };
  const standing = { way: direction, wish: desired, running: activeInstances, progress: older, ...same };
  return {
    ...rest,
    kind,
    standing: Object.fromEntries(Object.entries(standing).filter(([key]) => !later.includes(key))),
  };
}
