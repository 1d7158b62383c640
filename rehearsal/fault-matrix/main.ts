import "../../automation/core/silent-aws-sdk";
import { relative, resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { EXIT_FAILED, endWith } from "../../automation/core/process/command-end";
import { stoppable } from "../../automation/core/process/stoppable";
import { FAULT_KINDS } from "../cloud/kernel/fault-kinds";
import { dataText } from "../report/data-text";
import { type CommandWords, trafficCommand, trafficOptionsOf, words } from "../traffic-options";
import { INJECTED_STEPS } from "./cases";
import type { MatrixOptions } from "./matrix";
import { endCounts } from "./table";

const FAULTS: CommandWords = {
  name: "aoshingo faults",
  description: "Inject each fault of the rehearsal cloud at each step of a deploy, under traffic",
  rate: 300,
  directory: "out/faults",
  example: "npx aoshingo faults --only restart --step warm,cutover",
  exitCodes:
    "0 each deploy ended as expected, and requests failed only by faults\n            that reach production themselves, 1 otherwise, 2 wrong use",
};

type Chosen = Pick<MatrixOptions, "only" | "step" | "pairs">;

/** `make faults` */
async function main(signal: AbortSignal): Promise<number> {
  const command = trafficCommand(FAULTS, { rehearsed: chosenOptions() }).exitOverride();
  command.parse();
  const options = trafficOptionsOf<Chosen>(command);
  const { matrix } = require("./matrix") as typeof import("./matrix");
  console.log(`Seed ${options.seed}, ${options.rate} requests/s, ${options.speed} : 1`);
  const { cases, data, ok } = await matrix(options, (line) => console.log(line), signal);
  for (const { kind, variant, step, wrong } of cases)
    for (const line of wrong) console.log(`WRONG ${[kind, variant].filter(Boolean).join(", ")} at ${step}: ${line}`);
  console.log(dataText(data));
  const directory = relative(process.cwd(), resolve(options.directory));
  console.log(
    `${cases.filter(({ wrong }) => wrong.length === 0).length} of ${cases.length} as expected (${endCounts(cases)}); ${directory}/faults.md, faults.json`,
  );
  return ok ? 0 : EXIT_FAILED;
}

function chosenOptions(): Option[] {
  return [
    new Option("--only <kinds>", "faults, such as restart,failRule (default: all; `npx aoshingo fault --help`)")
      .env("ONLY")
      .argParser(someOf(FAULT_KINDS)),
    new Option("--step <names>", "steps, such as cutover,bake (default: all)")
      .env("STEP")
      .argParser(someOf(INJECTED_STEPS)),
    new Option("--pairs <count>", "draw so many cases of two faults at once, by the seed, instead of all single ones")
      .env("PAIRS")
      .argParser(countOf),
  ];
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError(`${text} given; wanted a whole number from 1 to 9999.`);
  return Number(text);
}

function someOf<Word extends string>(known: readonly Word[]): (text: string) => Word[] {
  return (text) => {
    if (words(text).length === 0) throw new InvalidArgumentError(`wanted some of ${known.join(", ")}.`);
    return words(text).map((word) => {
      const found = known.find((one) => one === word);
      if (found === undefined)
        throw new InvalidArgumentError(`there is no ${word}; wanted some of ${known.join(", ")}.`);
      return found;
    });
  };
}

void endWith(() => stoppable(main));
