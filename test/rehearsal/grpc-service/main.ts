import { startHealthServer } from "./health-server";

/** A gRPC server as users have it: it listens on PORT, and on SIGTERM ends when its last call has ended. */
async function main(): Promise<void> {
  const { server, ping } = await startHealthServer("0.0.0.0", Number(process.env.PORT));
  setInterval(ping, 300).unref();
  process.on("SIGTERM", () => server.tryShutdown(() => process.exit(0)));
}

void main();
