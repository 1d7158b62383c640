import { doWork } from "./do-work";

function log(event: string, details: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
}

async function main({ RELEASE: release = "", SCHEDULED_TIME }: NodeJS.ProcessEnv): Promise<void> {
  if (release === "") {
    console.error("__NAME__: RELEASE must be set");
    process.exit(2);
  }
  // Without the variable somebody started it by hand.
  const time = SCHEDULED_TIME === undefined ? new Date() : new Date(SCHEDULED_TIME);
  log("started", { release, time: time.toISOString(), byHand: SCHEDULED_TIME === undefined });
  log("done", { release, ...(await doWork(time)) });
}

// Another exit code than 0 says that the run failed: it shows in the command status, and raises the job's alarm.
main(process.env).catch((error: Error) => {
  console.error(`__NAME__: ${error.message}`);
  process.exit(1);
});
