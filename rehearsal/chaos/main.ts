import "../../automation/core/silent-aws-sdk";
import { EXIT_FAILED, endWith } from "../../automation/core/process/command-end";
import { stoppable } from "../../automation/core/process/stoppable";
import { whole } from "../cloud/option-values";
import { dataText } from "../report/data-text";
import { type CommandWords, option, trafficCommand, trafficOptionsOf } from "../traffic-options";
import type { ChaosOptions } from "./chaos";

const RUNS = 100;
const MAX_RUNS = 10_000;
/** With two beside the core one there are three services. */
const OTHERS = 2;
/** An edge takes 50 services (docs/services.md). */
const MAX_OTHERS = 49;

const CHAOS: CommandWords = {
  name: "aoshingo chaos",
  description: "Kill deploys and rollbacks under traffic at random instants, and go on with each: nothing may be lost",
  rate: 300,
  directory: "out/chaos",
  example: "npx aoshingo chaos --runs 10 --seed 7",
  exitCodes: "0 no request failed and every run ended as an undisturbed one,\n            1 otherwise, 2 wrong use",
};

/** `make chaos` */
async function main(signal: AbortSignal): Promise<number> {
  const command = trafficCommand(CHAOS, {
    rehearsed: [
      option("--runs <n>", "RUNS", "number of runs that are killed", RUNS, whole(1, MAX_RUNS)),
      option("--others <n>", "OTHERS", "services beside the one that is killed", OTHERS, whole(0, MAX_OTHERS)),
    ],
  }).exitOverride();
  command.parse();
  const options = trafficOptionsOf<Pick<ChaosOptions, "runs" | "others">>(command);
  const { chaos } = require("./chaos") as typeof import("./chaos");
  console.log(
    `Seed ${options.seed}, ${options.runs} runs, ${options.others + 1} services, ${options.rate} requests/s, ${options.speed} : 1`,
  );
  const { traffic, data, ok, runs } = await chaos(options, (line) => console.log(line), signal);
  for (const [name, { sent, failed, lost, doubled }] of Object.entries(traffic))
    console.log(`${name.padEnd(10)} ${sent} sent, ${failed} failed, ${lost} lost, ${doubled} doubled`);
  if (data) console.log(dataText(data));
  console.log(
    `${runs.filter(({ problems }) => problems.length === 0).length} of ${runs.length} runs ended as an undisturbed one`,
  );
  return ok ? 0 : EXIT_FAILED;
}

void endWith(() => stoppable(main));
