import { Command, InvalidArgumentError, Option } from "commander";
import { COLOURS } from "../../components/core/colour-name";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { examples, JSON_OPTION, STACK_OPTION } from "./options";
import type { LogsOptions } from "./run-logs";

export function logsCommand(): Command {
  return new Command("logs")
    .helpGroup(HELP_GROUPS.looking)
    .description("Print what a service's tasks write, of both colours side by side")
    .argument("<service>", "one service")
    .requiredOption(...STACK_OPTION)
    .option("--follow", "go on until Ctrl-C", false)
    .addOption(new Option("--colour <colour>", "one colour only").choices(COLOURS))
    .option("--release <name>", "one release only, such as v2; `migrate` for migrations")
    .option("--container <name>", "one container only: the service's name for its own, or a sidecar's")
    .option("--since <time>", "how far back, such as 90s, 15m or 2h", "10m")
    .option("--grep <pattern>", "only lines that match this regular expression", pattern)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        "npx aoshingo logs --stack prod users --follow",
        "npx aoshingo logs --stack prod users --container agent",
        "npx aoshingo logs --stack prod users --release v2 --since 1h --grep ' 5\\d\\d '",
      ),
    )
    .action((service: string, options: LogsOptions) => lateActions.runLogs().runLogs(service, options));
}

export function tasksCommand(): Command {
  return new Command("tasks")
    .helpGroup(HELP_GROUPS.looking)
    .description("List the tasks of a service, of both colours: instance, status, image, health")
    .argument("<service>", "one service")
    .requiredOption(...STACK_OPTION)
    .option(...JSON_OPTION)
    .addHelpText("after", examples("npx aoshingo tasks --stack prod users"))
    .action((service: string, options: { stack: string; json: boolean }) =>
      lateActions.runLogs().runTasks(service, options),
    );
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
