import { z } from "zod";
import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import { STEP_NAMES } from "../ports/events";
import { JOURNAL_VERSION, type JournalEntry, type Standing } from "../ports/store";
import { fencing, firstFault, time } from "./record-schemas";

const REMEDY = "read it and move it away, then try again: what is live is in the stack, not here";

const release = z.strictObject({ image: z.string(), name: z.string() });
const colour = z.strictObject({ release: release.nullable(), size: z.int().nonnegative() });

const live = z.strictObject({
  serial: z.int().nonnegative(),
  services: z.record(
    z.string(),
    z.strictObject({
      active: z.enum(["blue", "green"]),
      colours: z.strictObject({ blue: colour, green: colour }),
      idleShare: z.int().min(1).max(99).optional(),
    }),
  ),
}) satisfies z.ZodType<Live>;

const names = z.array(z.string());

const standing = z.strictObject({
  way: z.enum(["forward", "back"]),
  wish: z.record(z.string(), release.nullable()),
  running: z.record(z.string(), z.int().nonnegative()),
  ignoredAlarms: names,
  // Version 2 had none.
  ignoredUnhealthy: names.default([]),
  // Version 1 had none.
  approval: z
    .strictObject({
      withinMs: z.int().positive(),
      given: z.strictObject({ who: z.string(), atMs: time }).nullable(),
    })
    .nullable()
    .default(null),
  progress: z.strictObject({
    preflight: z.boolean(),
    migrated: names,
    verified: names,
    tested: names,
    ramped: names,
    confirmed: names,
    baked: names,
    drained: names,
    kept: names,
    routedAtMs: time.nullable(),
  }),
}) satisfies z.ZodType<Standing>;

const written = { atMs: time, fencing };
const step = { step: z.enum(STEP_NAMES), services: names };

const journalEntry = z.discriminatedUnion("kind", [
  z.strictObject({
    ...written,
    kind: z.literal("opened"),
    version: z.int().positive(),
    deploy: z.string().min(1),
    command: z.enum(["deploy", "rollback"]),
    who: z.string(),
    commit: z.string().nullable(),
    reason: z.string(),
    asked: z.record(z.string(), z.string()),
    live,
    standing,
  }),
  z.strictObject({
    ...written,
    kind: z.literal("takenUp"),
    who: z.string(),
    command: z.enum(["resume", "abort", "rollback"]),
  }),
  z.strictObject({ ...written, kind: z.literal("turned"), reason: z.string(), standing }),
  z.strictObject({ ...written, ...step, kind: z.literal("stepStarted"), intended: live.nullable() }),
  z.strictObject({
    ...written,
    ...step,
    kind: z.literal("stepEnded"),
    ok: z.boolean(),
    detail: z.string(),
    live,
    standing,
  }),
  z.strictObject({
    ...written,
    kind: z.literal("closed"),
    outcome: z.enum(["done", "takenBack", "left"]),
    reason: z.string(),
  }),
]) satisfies z.ZodType<JournalEntry>;

/**
 * @param where the entry is kept, for the message: file and line
 * @throws UserError if it is not an entry, or one of a newer version of this program
 */
export function parseEntry(text: string, where: string): JournalEntry {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${where} is not a journal entry: it is not JSON; ${REMEDY}`);
  }
  const version = (json as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > JOURNAL_VERSION) {
    throw new UserError(
      `${where} was written by a newer aoshingo: journal version ${version}, this one reads up to ${JOURNAL_VERSION}; update aoshingo`,
    );
  }
  const parsed = journalEntry.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UserError(`${where} is not a journal entry: ${firstFault(parsed.error)}; ${REMEDY}`);
}

/** @throws UserError for an id that no deploy can have, such as one that leads out of the store */
export function assertDeployId(deploy: string): void {
  if (!/^\w[\w.-]*$/.test(deploy)) throw unknownDeploy(deploy);
}

export function unknownDeploy(deploy: string): UserError {
  return new UserError(`there is no deploy ${deploy}: \`npm run history\` shows all of them`);
}
