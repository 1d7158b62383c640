import "../../automation/quiet-aws-sdk";
import { CommanderError, InvalidArgumentError } from "commander";
import { UserError } from "../../components/user-error";
import { optionsOf, rehearseCommand } from "../options";
import type { ChaosOptions } from "./chaos";

const RUNS = 100;
const RATE = 300;
const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;

/** `make chaos` */
async function main(): Promise<number> {
  const command = rehearseCommand()
    .name("chaos")
    .description("Runs under traffic, each killed at a random instant and gone on with: nothing may be lost")
    .option("--runs <n>", `how many (RUNS; default: ${RUNS})`, whole)
    .exitOverride();
  try {
    command.parse();
  } catch (error) {
    return error instanceof CommanderError && error.exitCode === 0 ? 0 : EXIT_WRONG_USE;
  }
  const given = command.opts<{ runs?: number }>();
  const options: ChaosOptions = {
    ...optionsOf(command),
    rate: process.env.RATE === undefined ? RATE : optionsOf(command).rate,
    directory: process.env.DIRECTORY ?? "out/chaos",
    runs: given.runs ?? (process.env.RUNS === undefined ? RUNS : whole(process.env.RUNS)),
  };
  const { chaos } = require("./chaos") as typeof import("./chaos");
  console.log(`Seed ${options.seed}, ${options.runs} runs, ${options.rate} requests/s, ${options.speed} : 1`);
  const { traffic, ok, runs } = await chaos(options, (line) => console.log(line));
  for (const [name, { sent, failed, lost, doubled }] of Object.entries(traffic))
    console.log(`${name.padEnd(10)} ${sent} sent, ${failed} failed, ${lost} lost, ${doubled} doubled`);
  console.log(
    `${runs.filter(({ faults }) => faults.length === 0).length} of ${runs.length} runs ended as an undisturbed one`,
  );
  return ok ? 0 : EXIT_FAILED;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`wanted a whole number from 1, given ${text}`);
  return value;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = EXIT_FAILED;
  },
);
