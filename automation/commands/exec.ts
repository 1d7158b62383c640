import { Command, InvalidArgumentError, Option } from "commander";
import { COLOURS } from "../../components/core/colour-name";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { STACK_OPTION } from "./options";
import type { ExecOptions } from "./run-exec";

export function execCommand(): Command {
  return new Command("exec")
    .helpGroup(HELP_GROUPS.services)
    .description("Run a command or a shell in a running task, by ECS Exec (setting `exec`)")
    .argument("<service>", "one service")
    .argument("<words...>", "program and its arguments, after --; no shell reads them")
    .requiredOption(...STACK_OPTION)
    .addOption(new Option("--colour <colour>", "a task of this colour").choices(COLOURS))
    .option("--release <name>", "a task of this release, such as v2")
    .option("--task <id>", "this task, by its id or the beginning of it", taskId)
    .option("--container <name>", "this container: the service's name for its own, or a sidecar's")
    .addHelpText(
      "after",
      [
        "",
        "Without options: the service's own container, in the newest healthy task of",
        "the active colour, or in a job's newest run. The command runs as root, in a",
        "terminal of its own: what is piped in is typed there, and shows in the output.",
        "Who ran it is in CloudTrail, and what was typed and printed in the service's",
        "session log.",
        "",
        "SSM does not say how the command ended: exit code 0 means that the session",
        "ended in order. Have the command print its own, as in: sh -c 'CMD; echo $?'",
        "",
        "Examples:",
        "  npx aoshingo exec --stack prod users -- sh",
        "  npx aoshingo exec --stack prod users -- node -p 'process.memoryUsage()'",
        "  npx aoshingo exec --stack prod users --container agent -- sh",
        "  echo 'ls -l /tmp' | npx aoshingo exec --stack prod users -- sh",
      ].join("\n"),
    )
    .action((service: string, command: string[], options: ExecOptions) =>
      lateActions.runExec().runExec(service, command, options),
    );
}

/** The beginning of every id is empty: it would be any task. */
function taskId(text: string): string {
  if (/^[\w-]+$/.test(text)) return text;
  throw new InvalidArgumentError("wanted a task's id or the beginning of it, as `tasks` lists them.");
}
