/**
 * Faults that a rehearsal can order, to show that a bad release does not replace a good one.
 * - `crashOnStart` ends with exit code 1 before it takes a job.
 * - `crashAfter2s` works for 2 s, then ends with exit code 1; jobs in hand are given out again by the queue.
 * - `wrongAnswer` runs well, but writes mails without their subject: only a test that looks at the work finds it.
 */
const FAULTS = ["none", "crashOnStart", "crashAfter2s", "wrongAnswer"] as const;
type Fault = (typeof FAULTS)[number];

export interface Settings {
  /** What runs here; in the log line of every job. */
  release: string;
  /** Where the jobs come from. */
  queueUrl: string;
  /** Default `none`. */
  fault: Fault;
}

/** Reads RELEASE, QUEUE_URL (both required) and FAULT. Throws an Error that names every fault found, in one line. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const faults: string[] = [];
  const { RELEASE: release = "", QUEUE_URL: queueUrl = "" } = env;
  if (!/^[\x21-\x7e]{1,200}$/.test(release)) {
    faults.push(`RELEASE must be 1 to 200 visible ASCII characters, got ${shown(env.RELEASE)}`);
  }
  if (!URL.canParse(queueUrl)) faults.push(`QUEUE_URL must be the URL of a queue, got ${shown(env.QUEUE_URL)}`);
  const fault = FAULTS.find((known) => known === (env.FAULT || "none"));
  if (fault === undefined) faults.push(`FAULT must be one of ${FAULTS.join(", ")}, got ${shown(env.FAULT)}`);
  if (faults.length > 0) throw new Error(faults.join("; "));
  return { release, queueUrl, fault: fault ?? "none" };
}

function shown(value: string | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
