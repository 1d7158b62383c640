import "../../automation/quiet-aws-sdk";
import { CommanderError } from "commander";
import { UserError } from "../../components/user-error";
import { number, option, optionsOf, rehearseCommand } from "../options";
import type { ChaosOptions } from "./chaos";

const RUNS = 100;
const MAX_RUNS = 10_000;
const RATE = 300;
const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;

/** `make chaos` */
async function main(): Promise<number> {
  const command = rehearseCommand({ rate: RATE, directory: "out/chaos" })
    .name("chaos")
    .description("Runs under traffic, each killed at a random instant and gone on with: nothing may be lost")
    .addOption(option("--runs <n>", "RUNS", "how many", RUNS, number(1, MAX_RUNS)))
    .exitOverride();
  try {
    command.parse();
  } catch (error) {
    return error instanceof CommanderError && error.exitCode === 0 ? 0 : EXIT_WRONG_USE;
  }
  const options: ChaosOptions = { ...optionsOf(command), runs: command.opts<{ runs: number }>().runs };
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

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = EXIT_FAILED;
  },
);
