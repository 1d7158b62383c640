import { MailJobs } from "./mail-jobs";
import { PollStore } from "./poll-store";
import { startServer } from "./server";
import { readSettings, type Settings } from "./settings";
import { UsersClient } from "./users-client";

function log(event: string, details: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ event, ...details, at: Date.now() })}\n`);
}

async function main(settings: Settings): Promise<void> {
  const { host, release, fault } = settings;
  if (fault === "crashOnStart") throw new Error("FAULT=crashOnStart: this release crashes on start, on purpose");
  const users = new UsersClient(settings.usersUrl);
  const jobs = new MailJobs(settings.mailerQueueUrl);
  const server = await startServer(settings, { polls: new PollStore(), users, jobs, fault, log });
  log("listening", { host, port: server.port, release });
  const stop = async () => {
    await server.stop();
    process.exit(0);
  };
  // SIGTERM is how ECS stops a task; SIGINT is a person's Ctrl-C.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
}

function readOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    console.error(`doodle: ${(error as Error).message}`);
    process.exit(2);
  }
}

main(readOrExit()).catch((error: Error) => {
  console.error(`doodle: ${error.message}`);
  process.exit(1);
});
