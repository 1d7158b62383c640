import "../automation/core/silent-aws-sdk";
import { Command, Option } from "commander";
import { endWith } from "../automation/core/process/command-end";
import { stoppable } from "../automation/core/process/stoppable";
import { flag } from "../rehearsal/traffic-options";
import { controller } from "./controller";
import { loadBalancer } from "./load-balancer";
import { rehearsalStart } from "./rehearsal-start";
import { rollback } from "./rollback";
import { rollbackStart } from "./rollback-start";
import { formatRows, type Row } from "./spread";
import { status } from "./status";

const BENCHMARKS: Record<string, (signal: AbortSignal) => Promise<Row[]>> = {
  controller,
  status,
  "rollback-start": rollbackStart,
  "rehearsal-start": rehearsalStart,
  "load-balancer": loadBalancer,
  rollback,
};

/** `make bench`: runs the benchmarks one after the other, because each needs the machine for itself. */
async function run({ only, json }: { only?: string; json: boolean }, signal: AbortSignal): Promise<void> {
  const results: Record<string, Row[]> = {};
  for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
    if (only !== undefined && only !== name) continue;
    console.error(`Measuring: ${name}`);
    const rows = await benchmark(signal);
    results[name] = rows;
    if (!json) console.log(formatRows(name, rows));
  }
  if (json) console.log(JSON.stringify(results));
}

const program = new Command("bench")
  .description("Measure what the project promises: smallest, middle and largest of several rounds")
  .addOption(new Option("--only <name>", "one benchmark").choices(Object.keys(BENCHMARKS)).env("ONLY"))
  .addOption(flag("--json", "JSON", "print JSON"))
  .exitOverride();

void endWith(() => {
  program.parse();
  return stoppable((signal) => run(program.opts<{ only?: string; json: boolean }>(), signal));
});
