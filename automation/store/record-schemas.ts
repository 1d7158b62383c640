import { z } from "zod";
import { UserError } from "../../components/core/user-error";
import type { Decision, Freeze, LeaseRecord, MigrationRecord, RemoteStop } from "../ports/store";

/** Unix milliseconds. */
export const time = z.number().nonnegative();
export const fencing = z.int().positive();

export const holder = z.strictObject({
  who: z.string(),
  host: z.string(),
  pid: z.int().positive(),
  what: z.string(),
});

export const leaseSchema = z.strictObject({
  holder,
  fencing,
  sinceMs: time,
  expiresAtMs: time,
  releasedAtMs: time.nullable(),
  process: z.string().optional(),
}) satisfies z.ZodType<LeaseRecord>;

export const freezeSchema = z.strictObject({
  who: z.string(),
  sinceMs: time,
  reason: z.string(),
}) satisfies z.ZodType<Freeze>;

export const migrationSchema = z.strictObject({
  atMs: time,
  task: z.string(),
  database: z.string().optional(),
  deploy: z.string().optional(),
}) satisfies z.ZodType<MigrationRecord>;

export const decisionSchema = z.strictObject({
  fencing,
  who: z.string(),
  atMs: time,
  says: z.enum(["approved", "refused"]),
  reason: z.string(),
}) satisfies z.ZodType<Decision>;

export const remoteStopSchema = z.strictObject({
  fencing,
  who: z.string(),
  atMs: time,
}) satisfies z.ZodType<RemoteStop>;

/**
 * Parses a record.
 * @param address where the text is kept, for the message
 * @throws UserError if the text is not JSON of that shape
 */
export function parseRecord<Shape>(schema: z.ZodType<Shape>, text: string, address: string, remedy: string): Shape {
  const unreadable = (problem: string) => new UserError(`${address} cannot be read: ${problem}; ${remedy}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unreadable("it is not JSON");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw unreadable(firstProblem(parsed.error));
}

/** Returns the first problem in one line, such as `holder.pid: Invalid input: expected number, received string`. */
export function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue!.path.join(".");
  return `${path === "" ? "" : `${path}: `}${issue!.message}`;
}
