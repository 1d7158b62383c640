/**
 * Faults that a rehearsal can order, to show that a bad release never gets production traffic.
 * - `crashOnStart` ends with exit code 1 before it listens.
 * - `unhealthy` works, but `/healthz` answers 503.
 * - `wrongAnswer` is healthy, but `GET /polls` answers wrong titles: only a test that looks at answers finds it.
 */
const FAULTS = ["none", "crashOnStart", "unhealthy", "wrongAnswer"] as const;
export type Fault = (typeof FAULTS)[number];

export interface Settings {
  /** TCP port, 1-65535; 0 lets the system choose (tests). */
  port: number;
  /** Address to listen on. Default 0.0.0.0, as a container needs. */
  host: string;
  /** What runs here; sent with every answer as `x-release`. */
  release: string;
  /** Where the service users is called, such as `https://users.internal.example.jp:4711`. */
  usersUrl: string;
  /** Of the queue from which the worker mailer takes its jobs. */
  mailerQueueUrl: string;
  /** Default `none`. */
  fault: Fault;
}

/**
 * Reads PORT, RELEASE, USERS_URL, MAILER_QUEUE_URL (all required), HOST and FAULT. Throws an Error that names every fault found, in one line.
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const faults: string[] = [];
  const port = /^\d{1,5}$/.test(env.PORT ?? "") ? Number(env.PORT) : Number.NaN;
  if (!(port <= 65535)) faults.push(`PORT must be a number from 0 to 65535, got ${shown(env.PORT)}`);
  const release = env.RELEASE ?? "";
  // It becomes a header value, so nothing that would end the line or need quoting.
  if (!/^[\x21-\x7e]{1,200}$/.test(release)) {
    faults.push(`RELEASE must be 1 to 200 visible ASCII characters, got ${shown(env.RELEASE)}`);
  }
  const { USERS_URL: usersUrl = "", MAILER_QUEUE_URL: mailerQueueUrl = "" } = env;
  if (!isHttpUrl(usersUrl)) faults.push(`USERS_URL must be the URL of users, got ${shown(env.USERS_URL)}`);
  if (!isHttpUrl(mailerQueueUrl)) {
    faults.push(`MAILER_QUEUE_URL must be the URL of mailer's queue, got ${shown(env.MAILER_QUEUE_URL)}`);
  }
  const fault = FAULTS.find((known) => known === (env.FAULT || "none"));
  if (fault === undefined) faults.push(`FAULT must be one of ${FAULTS.join(", ")}, got ${shown(env.FAULT)}`);
  if (faults.length > 0) throw new Error(faults.join("; "));
  return { port, host: env.HOST || "0.0.0.0", release, usersUrl, mailerQueueUrl, fault: fault ?? "none" };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function shown(value: string | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
