import { doJob } from "./do-job";
import { JobQueue } from "./job-queue";
import { Worker } from "./worker";

function log(event: string, details: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
}

async function main({ RELEASE: release = "", QUEUE_URL = "" }: NodeJS.ProcessEnv): Promise<void> {
  if (release === "" || !URL.canParse(QUEUE_URL)) {
    console.error("__NAME__: RELEASE must be set and QUEUE_URL must be the URL of a queue");
    process.exit(2);
  }
  const work = async (body: string) => ({ ...(await doJob(body)), release });
  const worker = new Worker(new JobQueue(QUEUE_URL), work, log);
  // SIGTERM is how ECS stops a task; SIGINT is a person's Ctrl-C.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => worker.stop());
  log("started", { release });
  await worker.run();
  process.exit(0);
}

main(process.env).catch((error: Error) => {
  console.error(`__NAME__: ${error.message}`);
  process.exit(1);
});
