import type { Command } from "commander";
import { withPageOptions } from "../page/kit/page-options";
import { askAhead } from "./prefetch";
import { STORE_OPTION } from "./store-option";

/** Of what takes a run back. */
export const STOP_RUNNING_OPTION = [
  "--stop-running",
  "tell the run that goes on elsewhere to stop first, as Ctrl-C does",
  false,
] as const;

/** Adds the options that all commands have that change what runs. */
export function withRunOptions(command: Command): Command {
  return withPageOptions(command)
    .requiredOption("--stack <name>", "Pulumi stack to work on")
    .option("--wait <time>", "wait so long for another run to end, such as 15m (default: not at all)")
    .option(...STORE_OPTION)
    .option("--link <url>", "shown in notifications (default: of the run on GitHub Actions)")
    .option("--config-file <path>", "settings of the stack (default: Pulumi.<stack>.yaml)")
    .option("--json", "print events, one JSON object a line", false)
    .hook("preAction", (run) => askAhead(run.opts<{ stack: string }>().stack));
}
