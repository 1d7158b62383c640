import { z } from "zod";
import { JobQueue } from "./job-queue";
import { mailJob, sendMail } from "./send-mail";
import { Worker } from "./worker";

/** What a rehearsal can order, to show that a bad release does not replace a good one (README.md says what each does). */
const FAULTS = ["none", "crashOnStart", "crashAfter2s", "wrongAnswer"] as const;
const CRASH_AFTER_MS = 2_000;

const NAME = "wanted 1 to 200 visible ASCII characters";
const Settings = z.object({
  RELEASE: z.string(NAME).regex(/^[\x21-\x7e]{1,200}$/, NAME),
  QUEUE_URL: z.url("wanted the URL of a queue"),
  FAULT: z.enum(FAULTS, `wanted one of ${FAULTS.join(", ")}`).default("none"),
});

const log = (event: string, details: object) =>
  process.stdout.write(`${JSON.stringify({ event, ...details, at: Date.now() })}\n`);
const end = (code: number, message: string) => {
  console.error(`mailer: ${message}`);
  process.exit(code);
};

async function main(): Promise<void> {
  const { data, error } = Settings.safeParse(process.env);
  if (error) return end(2, error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; "));
  const { RELEASE: release, QUEUE_URL, FAULT } = data;
  if (FAULT === "crashOnStart") return end(1, `FAULT=${FAULT}: this release crashes on start, on purpose`);
  if (FAULT === "crashAfter2s")
    setTimeout(() => end(1, `FAULT=${FAULT}: this release crashes now, on purpose`), CRASH_AFTER_MS);
  const work = async (body: string) => {
    const job = mailJob.parse(JSON.parse(body));
    return { id: job.id, bytes: await sendMail(job, FAULT === "wrongAnswer"), release };
  };
  const worker = new Worker(new JobQueue(QUEUE_URL), work, log);
  // SIGTERM is how ECS stops a task; SIGINT is a person's Ctrl-C.
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => worker.stop());
  log("started", { release });
  await worker.run();
  process.exit(0);
}

main().catch((error: Error) => end(1, error.message));
