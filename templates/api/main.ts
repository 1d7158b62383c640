import { app } from "./app";
import { serve } from "./serve";

async function main({ PORT = "", HOST = "0.0.0.0", RELEASE = "" }: NodeJS.ProcessEnv): Promise<void> {
  if (!/^\d{1,5}$/.test(PORT) || RELEASE === "") {
    console.error("__NAME__: PORT must be a number and RELEASE must be set");
    process.exit(2);
  }
  const { port, stop } = await serve(app(), RELEASE, Number(PORT), HOST);
  console.log(JSON.stringify({ event: "listening", port, release: RELEASE }));
  // SIGTERM is how ECS stops a task; SIGINT is a person's Ctrl-C.
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => void stop().then(() => process.exit(0)));
}

main(process.env).catch((error: Error) => {
  console.error(`__NAME__: ${error.message}`);
  process.exit(1);
});
