import { join } from "node:path";
import { Command } from "commander";
import { EXIT_FAILED, endWith } from "../automation/core/process/command-end";
import { wrapped } from "../automation/output/wrapped";
import { countOf } from "../components/core/count-of";
import { UserError } from "../components/core/user-error";
import { apiOfCloudIn } from "./cloud/directory-owner";
import { FaultsClient } from "./cloud/faults/faults-client";
import { FAULT_KINDS, FAULTS, type FaultKind, type FaultRequest } from "./cloud/kernel/fault-kinds";
import type { FaultStatus } from "./cloud/kernel/faults";

/** The clouds of `make cloud` and of `make rehearse`. */
const DIRECTORIES = [join("out", "cloud"), join("out", "rehearsal", "cloud")];

interface Options {
  directory?: string;
  json: boolean;
}

/** The least number of columns of a terminal. */
const WIDTH = 80;
/** Columns before the description of a parameter. */
const PARAMETER_INDENT = 20;

const program = new Command("aoshingo fault")
  .description("Switch faults of a running rehearsal cloud on and off")
  .argument("<kind>", "one of the kinds below, or list, or clear")
  .argument("[words...]", "key=value for a kind, an id for clear")
  .option("--directory <path>", `of the cloud (default: AWS_ENDPOINT_URL, else ${DIRECTORIES.join(" or ")})`)
  .option("--json", "answer in JSON", false)
  .addHelpText("after", () => `\nKinds:\n${FAULT_KINDS.map(describeKind).join("\n")}`)
  .addHelpText(
    "after",
    `
Examples:
  npx aoshingo fault throttle operation=elasticloadbalancing:ModifyRule count=3
  npx aoshingo fault launchFailure service=users colour=green
  npx aoshingo fault errorsAfter service=users release=v2 share=0.05 since=now
  npx aoshingo fault failRule nth=2 when=after
  npx aoshingo fault list
  npx aoshingo fault clear f1
  npx aoshingo fault clear

Exit codes: 0 done, 1 no cloud answers, 2 wrong use`,
  )
  .action(run)
  .exitOverride();

async function run(kind: string, words: string[], { directory, json }: Options): Promise<void> {
  const faults = new FaultsClient(endpointOf(directory));
  const found = await perform(faults, kind, words);
  console.log(json ? JSON.stringify(found) : lines(found).join("\n") || "no fault is switched on");
}

async function perform(faults: FaultsClient, kind: string, words: string[]): Promise<FaultStatus[]> {
  if (kind !== "list" && kind !== "clear") return [await faults.add({ kind, ...parametersOf(words) } as FaultRequest)];
  if (words.length > (kind === "clear" ? 1 : 0))
    throw new UserError(`given ${kind} ${words.join(" ")}; wanted list, clear, or clear ID`);
  return kind === "list" ? faults.list() : faults.clear(words[0]);
}

function parametersOf(words: string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [, key, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
      if (key === undefined || value === undefined)
        throw new UserError(`given "${word}"; wanted key=value, such as count=3`);
      return [key, value];
    }),
  );
}

function endpointOf(directory: string | undefined): string {
  const given = directory === undefined ? process.env.AWS_ENDPOINT_URL : undefined;
  if (given) return given;
  const places = directory === undefined ? DIRECTORIES : [directory];
  const found = places.map(apiOfCloudIn).find((endpoint) => endpoint !== undefined);
  if (found) return found;
  throw new UserError(
    `no rehearsal cloud runs in ${places.join(" or ")}: start one with \`make cloud\`, or give its --directory`,
    { exitCode: EXIT_FAILED },
  );
}

function lines(faults: FaultStatus[]): string[] {
  return faults.map(({ id, kind, parameters, strikes, remaining }) => {
    const given = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    const left = remaining === null ? "" : `, ${remaining} left`;
    return [id, kind, ...given, `(injected ${countOf(strikes, "time")}${left})`].join(" ");
  });
}

function describeKind(kind: FaultKind): string {
  const { shape, description = "" } = FAULTS[kind];
  const parameters = Object.entries(shape).map(([key, schema]) => {
    const byDefault = schema.safeParse(undefined).data;
    const text = `${schema.description}${byDefault === undefined ? "" : ` (default ${byDefault})`}`;
    const [first, ...more] = wrapped(text, WIDTH - PARAMETER_INDENT);
    return [`      ${key.padEnd(13)} ${first}`, ...more.map((line) => `${" ".repeat(PARAMETER_INDENT)}${line}`)];
  });
  return [...wrapped(`${kind}: ${description}`, WIDTH - 2, 2).map((line) => `  ${line}`), ...parameters.flat()].join(
    "\n",
  );
}

void endWith(() => program.parseAsync());
