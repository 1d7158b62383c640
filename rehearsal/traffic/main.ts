import { Generator } from "./generator";
import type { FromTraffic, ToTraffic, TrafficSettings } from "./types";

// A process of its own: neither the deploy nor the report may hold up the clock that the requests go by.

function send(message: FromTraffic): void {
  if (process.connected) process.send?.(message);
}

async function stop(generator: Generator): Promise<void> {
  await generator.stop();
  process.disconnect();
}

function main(): void {
  const generator = new Generator(JSON.parse(process.env.TRAFFIC ?? "") as TrafficSettings, send);
  process.on("message", (message: ToTraffic) => {
    if (message.type === "start") generator.start();
    else void stop(generator).catch(fail);
  });
  send({ type: "ready" });
}

function fail(error: unknown): void {
  send({ type: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}

// Ctrl-C reaches the whole process group; the parent decides when traffic stops, and its end is ours.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
process.on("uncaughtException", fail);

try {
  main();
} catch (error) {
  fail(error);
}
