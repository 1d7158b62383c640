import { Generator } from "./generator";
import type { FromTraffic, ToTraffic, TrafficSettings } from "./types";

/** The traffic process. It is apart from deploy and report, so that neither delays the requests. */

/** Sends a message to the parent. Without the callback, a parent that ends at this moment would be an uncaught error. */
function send(message: FromTraffic): void {
  if (process.connected) process.send?.(message, () => {});
}

async function stop(generator: Generator): Promise<void> {
  await generator.stop();
  process.disconnect();
}

function main(): void {
  const generator = new Generator(JSON.parse(process.env.TRAFFIC ?? "") as TrafficSettings, send);
  process.on("message", (message: ToTraffic) => {
    if (message.type === "start") generator.start();
    else if (message.type === "changeRate") generator.changeRate(message.factor);
    else if (message.type === "replaceClients") generator.replaceClients();
    else void stop(generator).catch(fail);
  });
  send({ type: "ready" });
}

function fail(error: unknown): void {
  send({ type: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}

// A Ctrl-C reaches the whole process group. The parent decides when the traffic stops; this process ends with it.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
process.on("uncaughtException", fail);

try {
  main();
} catch (error) {
  fail(error);
}
