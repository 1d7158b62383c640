import { startServer } from "./server";

async function main({ PORT = "", HOST = "0.0.0.0", RELEASE = "" }: NodeJS.ProcessEnv): Promise<void> {
  if (!/^\d{1,5}$/.test(PORT) || RELEASE === "") {
    console.error("__NAME__: PORT must be a number and RELEASE must be set");
    process.exit(2);
  }
  const server = await startServer(Number(PORT), HOST, RELEASE);
  console.log(JSON.stringify({ event: "listening", port: server.port, release: RELEASE }));
  const stop = async () => {
    await server.stop();
    process.exit(0);
  };
  // SIGTERM is how ECS stops a task; SIGINT is a person's Ctrl-C.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
}

main(process.env).catch((error: Error) => {
  console.error(`__NAME__: ${error.message}`);
  process.exit(1);
});
