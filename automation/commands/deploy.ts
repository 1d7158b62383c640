import { Command, Option } from "commander";
import { withPageOptions } from "../page/kit/page-options";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { CONFIG_FILE_OPTION, examples, parseReason, STACK_OPTION, STORE_OPTION } from "./options";
import type { AbortOptions, DeployOptions, RetireOptions, RollbackOptions } from "./run-deploy";
import type { RunOptions } from "./run-options";
import { prefetch } from "./stack-outputs";

/*
 * The commands that change what runs. Their work is loaded only once they run: with the program, the Automation API and
 * the AWS SDK it takes a second to load.
 */

const STOP_RUNNING_OPTION = [
  "--stop-running",
  "first stop the run that is in progress elsewhere, as Ctrl-C there does; but not a rollback, abort or retire",
  false,
] as const;
const DESPITE_FREEZE_OPTION = ["--despite-freeze <reason>", "go on although deploys are frozen", parseReason] as const;
/** Commands that change production's rules before anything else (docs/decisions/rules-first-on-rollback.md). */
const RULES_FIRST = new Set(["rollback", "abort"]);
const REASON_OPTION = ["--reason <text>", "the reason, kept in the history"] as const;

export function deployCommand(): Command {
  return withDeployOptions(
    new Command("deploy")
      .helpGroup(HELP_GROUPS.deploying)
      .description("Deploy new releases: warm, migrate, verify, test, cut over, confirm, bake, drain, retire")
      .argument(
        "<service=image...>",
        "image in the service's own repository, by tag or digest; SERVICE alone for the image that production runs, with the settings and secrets of now",
      ),
  )
    .addHelpText(
      "after",
      examples(
        "npx aoshingo deploy --stack prod users=v2",
        "npx aoshingo deploy --stack prod users=v2 doodle=v7 --wait 15m",
        "npx aoshingo deploy --stack prod users       # a changed setting or secret",
        "npx aoshingo deploy --stack prod users=v2 --keep-warm 30m",
      ),
    )
    .action((args: string[], options: DeployOptions) => lateActions.runDeploy().runDeploy(args, options));
}

export function restartCommand(): Command {
  return withDeployOptions(
    new Command("restart")
      .helpGroup(HELP_GROUPS.deploying)
      .description("Deploy again the image that the services run now, with the current settings and secrets")
      .argument("<service...>", "services to restart"),
  )
    .addHelpText("after", examples("npx aoshingo restart --stack prod users"))
    .action((services: string[], options: DeployOptions) => lateActions.runDeploy().runRestart(services, options));
}

export function resumeCommand(): Command {
  return withRunOptions(
    new Command("resume")
      .helpGroup(HELP_GROUPS.deploying)
      .description("Continue a run that was stopped or whose process died, on any machine"),
  )
    .option("--keep", "if the run is stopped again, leave the idle colour as it is", false)
    .option(...DESPITE_FREEZE_OPTION)
    .addHelpText("after", examples("npx aoshingo resume --stack prod"))
    .action((options: RunOptions) => lateActions.runDeploy().runResume(options));
}

export function abortCommand(): Command {
  return withRunOptions(
    new Command("abort")
      .helpGroup(HELP_GROUPS.goingBack)
      .description(
        "Take an unfinished deploy back: make active what was active before it; an unfinished rollback is for `resume` or `rollback`",
      ),
  )
    .option(
      "--despite-rollback <reason>",
      "take back even a rollback: make active again what it leads away from",
      parseReason,
    )
    .option(...STOP_RUNNING_OPTION)
    .addHelpText(
      "after",
      examples(
        "npx aoshingo abort --stack prod",
        "npx aoshingo abort --stack prod --stop-running    # it is in progress in CI",
      ),
    )
    .action((options: AbortOptions) => lateActions.runDeploy().runAbort(options));
}

export function rollbackCommand(): Command {
  return withRunOptions(
    new Command("rollback")
      .helpGroup(HELP_GROUPS.goingBack)
      .description(
        "Make the previous release active again; an unfinished deploy is taken back as by `abort`, an unfinished rollback goes on",
      )
      .argument(
        "[service...]",
        "services to roll back (default: those of the last deploy; no default after a finished rollback, which would lead to the release that it left)",
      ),
  )
    .option("--to <release>", "an older release, by name or digest (default: the previous one)")
    .option(...STOP_RUNNING_OPTION)
    .option(...REASON_OPTION)
    .option(...DESPITE_FREEZE_OPTION)
    .addHelpText(
      "after",
      examples("npx aoshingo rollback --stack prod", "npx aoshingo rollback --stack prod users --to v7"),
    )
    .action((services: string[], options: RollbackOptions) => lateActions.runDeploy().runRollback(services, options));
}

export function retireCommand(): Command {
  return withRunOptions(
    new Command("retire")
      .helpGroup(HELP_GROUPS.goingBack)
      .description("Stop at once the old colours that `--keep-warm` keeps running; production stays as it is")
      .argument("[service...]", "services whose old colour to stop (default: all that are kept warm)"),
  )
    .option(...REASON_OPTION)
    .addHelpText("after", examples("npx aoshingo retire --stack prod", "npx aoshingo retire --stack prod users"))
    .action((services: string[], options: RetireOptions) => lateActions.runDeploy().runRetire(services, options));
}

function withDeployOptions(command: Command): Command {
  return withRunOptions(command)
    .option(...REASON_OPTION)
    .option("--keep", "if the run is stopped, leave the idle colour as it is, for `resume`", false)
    .option("--despite-alarms <reason>", "deploy although an alarm is already firing", parseReason)
    .option("--despite-unhealthy <reason>", "deploy although production is unhealthy, to repair it", parseReason)
    .option(...DESPITE_FREEZE_OPTION)
    .option("--migrate-again", "run migrations that are recorded as done once more, such as after data were restored")
    .option(
      "--keep-warm <time>",
      "keep the old colour warm so long after the deploy, such as 30m; 0: retire it (default: as the settings say)",
    )
    .addOption(
      new Option("--approve <when>", "wait for `approve` (default: as the settings say)").choices(["before-cutover"]),
    );
}

function withRunOptions(command: Command): Command {
  return withPageOptions(command)
    .requiredOption(...STACK_OPTION)
    .option("--wait <time>", "wait this long for another run to end, such as 15m (default: do not wait)")
    .option(...STORE_OPTION)
    .option("--link <url>", "link shown in notifications (default: the job on GitHub Actions)")
    .option(...CONFIG_FILE_OPTION)
    .option("--json", "print events as JSON, one object a line", false)
    .hook("preAction", (run) => prefetch(run.opts<{ stack: string }>().stack, !RULES_FIRST.has(run.name())));
}
