import { Command, InvalidArgumentError } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { examples, parseStackName } from "./options";
import type { FirstContactOptions } from "./run-first-contact";

/** A period of metrics is a minute, and no request for metrics may name one below a second. */
const MAX_SCALE = 60;

export function firstContactCommand(): Command {
  return new Command("first-contact")
    .helpGroup(HELP_GROUPS.project)
    .description(
      "The first day on a real account: create a stack of its own, measure what only AWS can say, destroy it. Writes observed.json",
    )
    .requiredOption("--stack <name>", "name of the stack, which must not exist: trial", parseStackName)
    .option("--domain <domain>", "domain with a public hosted zone in Route 53")
    .option("--region <region>", "AWS region (default: AWS_REGION)")
    .option("--yes", "begin without asking", false)
    .option("--clean", "remove what an interrupted run has left, and nothing else", false)
    .option("--directory <path>", "folder for settings, state and observed.json", "out/first-contact")
    .option(
      "--push-with <command>",
      "shell command that builds and pushes an image, by SERVICE, TAG and REPOSITORY (default: docker)",
    )
    .option("--dns-server <address>", "name server, such as 127.20.0.2:20053 (default: the system's)")
    .option("--time-scale <n>", "AWS seconds in one real second, for a rehearsal cloud", scale, 1)
    .addHelpText(
      "after",
      examples(
        "npx aoshingo first-contact --stack trial --domain example.jp",
        "npx aoshingo first-contact --stack trial --clean",
      ),
    )
    .action((options: FirstContactOptions) => lateActions.runFirstContact().runFirstContact(options));
}

function scale(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 1 && value <= MAX_SCALE))
    throw new InvalidArgumentError(`wanted a number from 1 to ${MAX_SCALE}, given ${text}`);
  return value;
}
