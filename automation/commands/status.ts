import { Command } from "commander";
import { COLOURS } from "../../components/colour-name";
import type { ServiceOutputs, StackOutputs } from "../../components/outputs";
import { lastRun } from "../last-run";
import { table } from "../output/table";
import { isUnfinished } from "../standing";
import type { Freeze, LeaseRecord } from "../store/deploy-store";
import { isLocal, openStore } from "../store/open-store";
import { stackOutputs } from "./stack-outputs";
import { STORE_OPTION } from "./store-option";

/** What the store knows of runs. */
export interface StoreState {
  lease: LeaseRecord | null;
  frozen: Freeze | null;
  /** Id of the newest run if something of it is left to do. */
  unfinished: string | null;
}

interface StatusOptions {
  stack: string;
  json: boolean;
  store?: string;
  configFile?: string;
}

export function statusCommand(): Command {
  return new Command("status")
    .description("Show each service's colours, releases and sizes, and the deploy that runs")
    .requiredOption("--stack <name>", "Pulumi stack to look at")
    .option(...STORE_OPTION)
    .option("--config-file <path>", "settings of the stack (default: Pulumi.<stack>.yaml)")
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  npm run status -- --stack prod")
    .action(run);
}

async function run(options: StatusOptions): Promise<void> {
  // The CLI takes most of the time: it runs while the rest is loaded.
  const asked = look(options);
  asked.catch(() => {}); // Faults in the settings are told first.
  const { readStackSettings } = require("../project") as typeof import("../project");
  readStackSettings(options.stack, options.configFile);
  const { outputs, lease, frozen, unfinished } = await asked;
  const { live } = outputs;
  console.log(
    options.json
      ? JSON.stringify({ stack: options.stack, live, services: summaries(outputs), lease, frozen, unfinished }, null, 2)
      : statusText(outputs, { lease, frozen, unfinished }),
  );
}

async function look({ stack, store: directory }: StatusOptions) {
  const asking = stackOutputs(stack);
  asking.catch(() => {}); // Awaited below.
  const store = openStore(stack, { directory, outputs: isLocal(directory) ? null : await asking });
  const [outputs, lease, frozen, last] = await Promise.all([asking, store.lease(), store.frozen(), lastRun(store)]);
  const unfinished = last && isUnfinished(last.run) ? last.deploy : null;
  return { outputs, lease, frozen, unfinished };
}

/** A table: in each colour's row where it is reached, by each of the service's exposures in a line of its own. */
export function statusText(
  { live, services }: Pick<StackOutputs, "live" | "services">,
  { lease, frozen, unfinished }: StoreState,
): string {
  const rows = [["SERVICE", "KIND", "COLOUR", "", "RELEASE", "SIZE", "REACHED AT"]];
  for (const [name, service] of Object.entries(live.services)) {
    for (const colour of COLOURS) {
      const { release, size } = service.colours[colour];
      const isActive = service.active === colour;
      const [first = "-", ...others] = placesOf(services[name]!, isActive);
      const state = isActive ? "active" : "idle";
      rows.push([name, services[name]!.kind, colour, state, release?.name ?? "-", String(size), first]);
      rows.push(...others.map((place) => ["", "", "", "", "", "", place]));
    }
  }
  return [...table(rows), "", ...notes({ lease, frozen, unfinished })].join("\n");
}

function notes({ lease, frozen, unfinished }: StoreState): string[] {
  const lines = lease
    ? [
        `Running: ${lease.holder.what} by ${lease.holder.who} (pid ${lease.holder.pid} on ${lease.holder.host}) since ${new Date(lease.sinceMs).toISOString()}`,
      ]
    : ["No deploy is running."];
  if (unfinished && !lease)
    lines.push(`${unfinished} is not finished: \`resume\` goes on with it, \`abort\` takes it back.`);
  if (frozen) lines.push(`Frozen by ${frozen.who} since ${new Date(frozen.sinceMs).toISOString()}: ${frozen.reason}`);
  return lines;
}

/** Of the outputs what a script needs to know of each service, beside what is live. */
function summaries({ services }: StackOutputs): Record<string, Pick<ServiceOutputs, "kind" | "exposures">> {
  return Object.fromEntries(Object.entries(services).map(([name, { kind, exposures }]) => [name, { kind, exposures }]));
}

/** The public name first. A worker is reached by its queue, whatever its colour. */
function placesOf({ exposures, queue }: ServiceOutputs, isActive: boolean): string[] {
  if (queue) return [`queue ${queue.url.slice(queue.url.lastIndexOf("/") + 1)}`];
  return (["public", "internal"] as const).flatMap((edge) => {
    const names = exposures[edge];
    return names ? [isActive ? names.url : names.testUrl] : [];
  });
}
