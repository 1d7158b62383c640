import { JobQueue } from "./job-queue";
import { readMailJob } from "./mail-job";
import { sendMail } from "./send-mail";
import { readSettings, type Settings } from "./settings";
import { Worker } from "./worker";

const CRASH_AFTER_MS = 2_000;

function log(event: string, details: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ event, ...details, at: Date.now() })}\n`);
}

async function main({ release, queueUrl, fault }: Settings): Promise<void> {
  if (fault === "crashOnStart") throw new Error("FAULT=crashOnStart: this release crashes on start, on purpose");
  if (fault === "crashAfter2s") setTimeout(() => crash(fault), CRASH_AFTER_MS);
  const work = async (body: string) => {
    const job = readMailJob(body);
    return { id: job.id, bytes: await sendMail(job, fault === "wrongAnswer"), release };
  };
  const worker = new Worker(new JobQueue(queueUrl), work, log);
  // SIGTERM is how ECS stops a task; SIGINT is a person's Ctrl-C.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => worker.stop());
  log("started", { release });
  await worker.run();
  process.exit(0);
}

function crash(fault: string): void {
  console.error(`mailer: FAULT=${fault}: this release crashes now, on purpose`);
  process.exit(1);
}

function readOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    console.error(`mailer: ${(error as Error).message}`);
    process.exit(2);
  }
}

main(readOrExit()).catch((error: Error) => {
  console.error(`mailer: ${error.message}`);
  process.exit(1);
});
