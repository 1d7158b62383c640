import { Command } from "commander";
import { COLOURS } from "../../components/colour-name";
import type { ServiceOutputs, StackOutputs } from "../../components/outputs";
import { UserError } from "../../components/user-error";
import { PROJECT_DIRECTORY } from "../project-directory";
import { presentCli } from "../pulumi-cli/present-cli";
import { pulumiJson } from "../pulumi-command";
import type { LeaseRecord } from "../store/deploy-store";
import { openStore } from "../store/open-store";

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
    .option("--store <directory>", "where leases and journals are kept (default: your state folder)")
    .option("--config-file <path>", "settings of the stack (default: Pulumi.<stack>.yaml)")
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  npm run status -- --stack prod")
    .action(run);
}

async function run(options: StatusOptions): Promise<void> {
  // The CLI takes most of the time: it runs while the rest is loaded.
  const asked = Promise.all([stackOutputs(options.stack), openStore(options.stack, options.store).lease()]);
  asked.catch(() => {}); // Faults in the settings are told first.
  const { readStackSettings } = require("../project") as typeof import("../project");
  readStackSettings(options.stack, options.configFile);
  const [outputs, lease] = await asked;
  console.log(
    options.json
      ? JSON.stringify({ stack: options.stack, live: outputs.live, services: summaries(outputs), lease }, null, 2)
      : statusText(outputs, lease),
  );
}

async function stackOutputs(stack: string): Promise<StackOutputs> {
  const pulumi = presentCli() ?? (await fetchedCli());
  const outputs = await pulumiJson<Partial<StackOutputs>>(pulumi, stack, PROJECT_DIRECTORY, [
    "stack",
    "output",
    "--json",
  ]);
  if (!outputs.live)
    throw new UserError(`stack "${stack}" has no infrastructure yet: run \`pulumi up --stack ${stack}\` first`);
  return outputs as StackOutputs;
}

/** The Automation API, which fetches the CLI, takes half a second to load. */
function fetchedCli(): Promise<{ command: string }> {
  const { ensurePulumiCli } =
    require("../pulumi-cli/ensure-pulumi-cli") as typeof import("../pulumi-cli/ensure-pulumi-cli");
  return ensurePulumiCli({ onProgress: (line) => process.stderr.write(`${line}\n`) });
}

/** A table: in each colour's row where it is reached, by each of the service's exposures in a line of its own. */
export function statusText(
  { live, services }: Pick<StackOutputs, "live" | "services">,
  lease: LeaseRecord | null,
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
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  const running = lease
    ? `\nRunning: ${lease.holder.what} by ${lease.holder.who} (pid ${lease.holder.pid} on ${lease.holder.host}) since ${new Date(lease.sinceMs).toISOString()}`
    : "\nNo deploy is running.";
  return [...table, running].join("\n");
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
