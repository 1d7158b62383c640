const KEYS = ["id", "to", "subject"] as const;

/** What a queue's message holds, as JSON. */
export type MailJob = Record<(typeof KEYS)[number], string>;

/** Throws an Error, in one line, for what is no mail job. */
export function readMailJob(json: string): MailJob {
  const body: unknown = JSON.parse(json);
  if (typeof body !== "object" || body === null) throw new Error("the job is not an object");
  const job = body as Partial<MailJob>;
  for (const key of KEYS) {
    if (typeof job[key] !== "string" || job[key] === "") throw new Error(`${key} of the job is not a text`);
  }
  return job as MailJob;
}
