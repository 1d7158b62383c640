import { startServer } from "./server";
import { readSettings, type Settings } from "./settings";

function log(event: string, details: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ event, ...details, at: Date.now() })}\n`);
}

async function main(settings: Settings): Promise<void> {
  if (settings.fault === "crashOnStart")
    throw new Error("FAULT=crashOnStart: this release crashes on start, on purpose");
  const server = await startServer(settings, (user) => log("userCreated", { id: user.id }));
  log("listening", { host: settings.host, port: server.port, release: settings.release });
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
    console.error(`users: ${(error as Error).message}`);
    process.exit(2);
  }
}

main(readOrExit()).catch((error: Error) => {
  console.error(`users: ${error.message}`);
  process.exit(1);
});
