import { z } from "zod";
import { FAULTS, usersApp } from "./app";
import { liveCount } from "./live-count";
import { serve } from "./serve";
import { UserStore } from "./user-store";

const NAME = "wanted 1 to 200 visible ASCII characters";
const Settings = z.object({
  PORT: z.coerce.number("wanted a port from 0 to 65535").int().min(0).max(65_535),
  /** A container listens on all addresses. */
  HOST: z.string().default("0.0.0.0"),
  /** Becomes the header `x-release`. */
  RELEASE: z.string(NAME).regex(/^[\x21-\x7e]{1,200}$/, NAME),
  /** How long requests in flight and event streams may go on after SIGTERM. */
  STOP_SECONDS: z.coerce.number("wanted seconds from 0 to 3600").min(0).max(3600).default(25),
  FAULT: z.enum(FAULTS, `wanted one of ${FAULTS.join(", ")}`).default("none"),
});

const log = (event: string, details: object) =>
  process.stdout.write(`${JSON.stringify({ event, ...details, at: Date.now() })}\n`);
const end = (code: number, message: string) => {
  console.error(`users: ${message}`);
  process.exit(code);
};

async function main(): Promise<void> {
  const { data, error } = Settings.safeParse(process.env);
  if (error) return end(2, error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; "));
  const { PORT, HOST, RELEASE, FAULT, STOP_SECONDS } = data;
  if (FAULT === "crashOnStart") return end(1, `FAULT=${FAULT}: this release crashes on start, on purpose`);
  const users = new UserStore();
  const app = usersApp(
    FAULT,
    users,
    ({ id }) => log("userCreated", { id }),
    (file) => log("imported", file),
  );
  const { port, stop } = await serve(app, RELEASE, PORT, HOST, {
    onUpgrade: liveCount(RELEASE, () => users.size),
    stopLimitMs: STOP_SECONDS * 1000,
  });
  log("listening", { host: HOST, port, release: RELEASE });
  // SIGTERM is how ECS stops a task; SIGINT is a person's Ctrl-C.
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => void stop().then(() => process.exit(0)));
}

main().catch((error: Error) => end(1, error.message));
