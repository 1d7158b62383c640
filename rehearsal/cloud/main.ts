import { Command, CommanderError, InvalidArgumentError } from "commander";
import { AwsxProcess } from "./awsx-process";
import type { ServeOptions } from "./serve";

const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;

const program = new Command("cloud")
  .description("AWS on this machine, for rehearsals: runs until it is stopped, and keeps nothing")
  .option("--region <region>", "AWS region that it plays", "ap-northeast-1")
  .option("--zone <domain...>", "public hosted zones that exist from the start", ["rehearsal.test"])
  .option("--speed <n>", "AWS seconds in one real second", positive, 20)
  .option("--seed <n>", "seed of everything that is left to chance", whole, 1)
  .option("--loopback <prefix>", "beginning of its loopback addresses", loopbackPrefix, "127.20")
  .option("--port-offset <n>", "added to every AWS port, so that no root is needed", whole, 20_000)
  .option("--boot-seconds <n>", "AWS seconds that every instance takes to boot (default: 25 to 40)", whole)
  .option("--directory <path>", "where its state, logs and events go; emptied at the start", "out/cloud")
  .addHelpText(
    "after",
    `
Example:
  npm run cloud -- --speed 1 --directory /tmp/cloud

Exit codes: 0 it was stopped, 1 it failed, 2 wrong use`,
  )
  .action(run);

function run(options: ServeOptions): Promise<void> {
  // It has the longest way to go: everything else loads beside it.
  const awsxStarts = AwsxProcess.start();
  awsxStarts.catch(() => {});
  const { serve } = require("./serve") as typeof import("./serve");
  return serve(options, awsxStarts);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError(`wanted a number above 0, given ${text}`);
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError(`wanted a whole number from 0, given ${text}`);
  return value;
}

function loopbackPrefix(text: string): string {
  if (!/^127\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(text))
    throw new InvalidArgumentError(`wanted 127.N, such as 127.20, given ${text}`);
  return text;
}

program
  .exitOverride()
  .parseAsync()
  .catch((error: Error) => {
    // Commander has said itself what is wrong with the options.
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_WRONG_USE);
    console.error(error.message);
    process.exit(EXIT_FAILED);
  });
