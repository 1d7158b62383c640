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

export const leaseRecord = z.strictObject({
  holder,
  fencing,
  sinceMs: time,
  expiresAtMs: time,
  releasedAtMs: time.nullable(),
  process: z.string().optional(),
}) satisfies z.ZodType<LeaseRecord>;

export const freeze = z.strictObject({
  who: z.string(),
  sinceMs: time,
  reason: z.string(),
}) satisfies z.ZodType<Freeze>;

export const migrationRecord = z.strictObject({
  atMs: time,
  task: z.string(),
}) satisfies z.ZodType<MigrationRecord>;

export const decision = z.strictObject({
  fencing,
  who: z.string(),
  atMs: time,
  says: z.enum(["approved", "refused"]),
  reason: z.string(),
}) satisfies z.ZodType<Decision>;

export const stopOrder = z.strictObject({
  fencing,
  who: z.string(),
  atMs: time,
}) satisfies z.ZodType<RemoteStop>;

/**
 * @param where the text is kept, for the message
 * @throws UserError if it is not JSON of that shape
 */
export function parseRecord<Record>(schema: z.ZodType<Record>, text: string, where: string, remedy: string): Record {
  const fault = (what: string) => new UserError(`${where} cannot be read: ${what}; ${remedy}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault("it is not JSON");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw fault(firstFault(parsed.error));
}

/** `holder.pid: Invalid input: expected number, received string` */
export function firstFault(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue!.path.join(".");
  return `${path === "" ? "" : `${path}: `}${issue!.message}`;
}
