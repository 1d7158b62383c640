import { z } from "zod";
import { liveSchema } from "../../components/live/live";
import { checkpointSchema } from "./checkpoint";

/** Version of the journal's entries that this program writes. It reads these and all older ones (store/older-journals.ts). */
export const JOURNAL_VERSION = 9;

const OUTCOMES = ["done", "takenBack", "left"] as const;
/** `done`: what was asked for is active. `takenBack`: what was active before is active again. `left`: something is left for `resume` or `abort`. */
export type Outcome = (typeof OUTCOMES)[number];

const OPENING_COMMANDS = ["deploy", "restart", "rollback", "retire"] as const;
/** The command that begins a run. `restart` deploys what production runs once more; `retire` ends what is kept warm. */
export type OpeningCommand = (typeof OPENING_COMMANDS)[number];

const written = {
  /** Unix milliseconds. */
  atMs: z.number().nonnegative(),
  /** Number of the lease that the entry was written under. */
  fencing: z.int().positive(),
};
const step = { step: z.string().min(1), services: z.array(z.string()) };

/** One line of a run's journal. It is written, and kept for good, before and after each step. */
export const journalEntrySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...written,
    kind: z.literal("opened"),
    version: z.int().positive(),
    /** Id of the run. */
    deploy: z.string().min(1),
    command: z.enum(OPENING_COMMANDS),
    who: z.string(),
    /** Commit of the checkout that the command ran in; null outside git. */
    commit: z.string().nullable(),
    /** Why it was asked for, in the words of the person who did; "" without. */
    reason: z.string(),
    /** Image or release that was asked for, by service; "" for the image that production ran. */
    asked: z.record(z.string(), z.string()),
    /** Live state before the run. */
    live: liveSchema,
    checkpoint: checkpointSchema,
  }),
  /** Another process goes on with the run. */
  z.strictObject({
    ...written,
    kind: z.literal("resumed"),
    who: z.string(),
    command: z.enum(["resume", "abort", "rollback"]),
  }),
  /** From here on the run goes back to what was active before. */
  z.strictObject({
    ...written,
    kind: z.literal("rollbackStarted"),
    reason: z.string(),
    checkpoint: checkpointSchema,
  }),
  z.strictObject({
    ...written,
    ...step,
    kind: z.literal("stepStarted"),
    /** Live state that the step's `up` asks for; null for a step that changes nothing in the stack. */
    intended: liveSchema.nullable(),
  }),
  z.strictObject({
    ...written,
    ...step,
    kind: z.literal("stepEnded"),
    ok: z.boolean(),
    detail: z.string(),
    live: liveSchema,
    checkpoint: checkpointSchema,
  }),
  z.strictObject({ ...written, kind: z.literal("closed"), outcome: z.enum(OUTCOMES), reason: z.string() }),
]);

export type JournalEntry = z.infer<typeof journalEntrySchema>;
