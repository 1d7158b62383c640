import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { exitCodeOf } from "../../automation/core/process/command-end";
import { configOf, isProject } from "../../automation/core/project";
import { regionWanted } from "../../automation/core/region";
import type { Observed } from "../../automation/first-contact/observed";
import { AwsxProcess } from "./awsx-process";
import { leaveAccount } from "./environment";
import { takeOver } from "./handed-server";
import { loopbackPrefix } from "./loopback-prefix";
import { number, unsetEmptyVariables, whole } from "./option-values";
import type { ServeOptions } from "./serve";
import { settingsSource } from "./settings-source";
import { SPREAD } from "./spread";
import { placeOf } from "./stack-settings";

/** So that AWS ports up to 5535 stay below 65536 on this machine. */
const MAX_PORT_OFFSET = 60_000;

const program = new Command("aoshingo cloud")
  .description("Plays AWS on this machine, for rehearsals. It runs until it is stopped, and keeps nothing.")
  .option("--region <region>", "AWS region that it plays (default: the settings')", region)
  .option("--zone <domain...>", "public hosted zones that exist from the start (default: the settings' domain)")
  .option(
    "--settings <file>",
    "settings of a stack; the VPC that its aoshingo:network names exists from the start, as do the zones of aoshingo:furtherDomains (default: those of the stack rehearsal, or the only one, or prod)",
  )
  .option("--speed <n>", "AWS seconds in one real second", positive, 20)
  .option("--seed <n>", "seed of everything that is left to chance", whole(0), 1)
  .option("--loopback <prefix>", "first two numbers of its loopback addresses", loopbackPrefix, "127.20")
  .option("--port-offset <n>", "added to every AWS port, so that no root is needed", whole(0, MAX_PORT_OFFSET), 20_000)
  .addOption(
    new Option("--vcpu-limit <n>", "the account's quota of vCPUs for running instances (default: 256)")
      .env("VCPU_LIMIT")
      .argParser(whole(0)),
  )
  .option("--boot-seconds <n>", "AWS seconds that every instance takes to boot (default: 25 to 40)", whole(0))
  .option("--database-seconds <n>", "AWS seconds that every database takes to come up (default: 240 to 360)", whole(0))
  .option(
    "--spread <n>",
    `${SPREAD.description} (default: ${SPREAD.seconds}, or as observed)`,
    number(0, SPREAD.maxSeconds),
  )
  .option("--observed <file>", "what first-contact saw in an account, instead of what this cloud assumes", observed)
  .option(
    "--new-account",
    "an account that was just opened: no service-linked roles, default quotas, no load balancers",
  )
  .option("--free-plan", "an account on AWS's Free plan: only small instances, and databases with backups of one day")
  .option("--directory <path>", "folder for its state, logs and events; emptied at the start", "out/cloud")
  .addHelpText(
    "after",
    `
Example:
  npx aoshingo cloud --speed 1 --directory /tmp/cloud

Exit codes: 0 it was stopped, 1 it failed, 2 wrong use`,
  )
  .action(run);

type Options = Omit<ServeOptions, "region" | "zone" | "place"> & { region?: string; zone?: string[] };

function run(options: Options): Promise<void> {
  leaveAccount();
  // What is wrong with the project's own settings the program says.
  if (options.settings !== undefined) configOf(options.settings);
  const settings = options.settings ?? (isProject() ? settingsSource().file : undefined);
  const place = placeOf(settings);
  // Its password is not for the processes that start now.
  const databaseServer = takeOver();
  // This process takes longest to start: everything else loads beside it.
  const awsxStarts = AwsxProcess.start();
  awsxStarts.catch(() => {});
  const { serve } = require("./serve") as typeof import("./serve");
  const { region = place.region, zone = [place.domain] } = options;
  return serve({ ...options, settings, region, zone, place, databaseServer }, awsxStarts);
}

function region(text: string): string {
  const wanted = regionWanted(text);
  if (wanted !== undefined) throw new InvalidArgumentError(`wanted ${wanted}, given ${text}`);
  return text;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError(`wanted a number above 0, given ${text}`);
  return value;
}

function observed(file: string): Observed {
  const { readObserved } =
    require("../../automation/first-contact/observed") as typeof import("../../automation/first-contact/observed");
  try {
    return readObserved(file);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

unsetEmptyVariables(program);
program
  .exitOverride()
  .parseAsync()
  .catch((error: Error) => {
    // Commander has already said what is wrong with the options.
    if (!(error instanceof CommanderError)) console.error(error.message);
    process.exit(exitCodeOf(error));
  });
