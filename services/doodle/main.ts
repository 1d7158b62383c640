import { z } from "zod";
import { doodleApp, FAULTS } from "./app";
import { Database, missingVariables } from "./database";
import { Mailer, Users } from "./neighbours";
import { MemoryPolls, PostgresPolls } from "./poll-store";
import { serve } from "./serve";

const NAME = "wanted 1 to 200 visible ASCII characters";
const Settings = z.object({
  PORT: z.coerce.number("wanted a port from 0 to 65535").int().min(0).max(65_535),
  /** A container listens on all addresses. */
  HOST: z.string().default("0.0.0.0"),
  /** Becomes the header `x-release`. */
  RELEASE: z.string(NAME).regex(/^[\x21-\x7e]{1,200}$/, NAME),
  USERS_URL: z.url("wanted the URL of users"),
  MAILER_QUEUE_URL: z.url("wanted the URL of mailer's queue"),
  /** Where polls are kept: in the database that PGHOST and the others name, or in this process. */
  STORE: z.enum(["postgres", "memory"], "wanted postgres or memory").default("postgres"),
  /** Certificates that sign the database server's, as PEM. */
  DATABASE_CA_CERT: z.string().optional(),
  FAULT: z.enum(FAULTS, `wanted one of ${FAULTS.join(", ")}`).default("none"),
});

const log = (event: string, details: object) =>
  process.stdout.write(`${JSON.stringify({ event, ...details, at: Date.now() })}\n`);
const end = (code: number, message: string) => {
  console.error(`doodle: ${message}`);
  process.exit(code);
};

async function main(): Promise<void> {
  const { data, error } = Settings.safeParse(process.env);
  if (error) return end(2, error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; "));
  const { PORT, HOST, RELEASE, USERS_URL, MAILER_QUEUE_URL, FAULT, STORE, DATABASE_CA_CERT } = data;
  const missing = STORE === "memory" ? [] : missingVariables(process.env);
  if (missing.length > 0)
    return end(2, `${missing.join(", ")}: wanted the database, or STORE=memory to try without one`);
  if (FAULT === "crashOnStart") return end(1, `FAULT=${FAULT}: this release crashes on start, on purpose`);
  const [users, mailer] = [new Users(USERS_URL), new Mailer(MAILER_QUEUE_URL)];
  const database = STORE === "memory" ? undefined : new Database(DATABASE_CA_CERT);
  const polls = database ? new PostgresPolls(database) : new MemoryPolls();
  const app = doodleApp({ polls, users, mailer, fault: FAULT, log });
  const { port, stop } = await serve(app, RELEASE, PORT, HOST);
  log("listening", { host: HOST, port, release: RELEASE });
  const stopped = async () => {
    await stop();
    await database?.close();
    process.exit(0);
  };
  // SIGTERM is how ECS stops a task; SIGINT is a person's Ctrl-C.
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => void stopped());
}

main().catch((error: Error) => end(1, error.message));
