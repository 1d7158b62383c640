import "../automation/core/quiet-aws-sdk";
import { join, relative, resolve } from "node:path";
import pc from "picocolors";
import { EXIT_FAILED, endWith } from "../automation/core/process/command-end";
import { onStopSignal } from "../automation/core/process/stop-signals";
import { terminalOutput } from "../automation/output/terminal-output";
import { type PageOptions, pageOption } from "../automation/page/kit/page-options";
import { UserError } from "../components/core/user-error";
import { RunningCloud } from "./cloud/running-cloud";
import { cloudArgs } from "./environment/cloud-args";
import type { LiveRehearsal } from "./live-page/live-rehearsal";
import { optionsOf, type RehearseOptions, rehearseCommand } from "./options";
import { formatReport } from "./report/terminal";

const EXIT_REQUESTS_FAILED = 3;

/** `make rehearse` */
async function main(): Promise<number> {
  const command = rehearseCommand().addOption(pageOption().env("PAGE")).exitOverride();
  command.parse();
  const options = optionsOf(command);
  // With --json the standard output is the report's alone.
  const stream = options.json ? process.stderr : process.stdout;
  const paint = pc.createColors(stream.isTTY);
  const abort = new AbortController();
  onStopSignal((signal) => abort.abort(new Error(`stopped by ${signal}`)));
  const startedMs = Date.now();
  let page: LiveRehearsal | null = null;
  const say = (line: string) => {
    stream.write(`${paint.dim(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(5)} s`)}  ${line}\n`);
    page?.say(line);
  };
  try {
    const { page: port } = command.opts<PageOptions>();
    if (port !== undefined) {
      page = await openPage(options, port, say);
      say(`Page: ${page.url}`);
    }
    say("Starting the rehearsal cloud");
    const starting = RunningCloud.start({ args: cloudArgs(options), onLog: say });
    starting.catch(() => {});
    // Pulumi's SDK and the program take a second to load: the cloud starts meanwhile, in its own process.
    const { rehearse } = require("./rehearsal") as typeof import("./rehearsal");
    const { report, deployFailed } = await rehearse(
      options,
      starting,
      { say, show: terminalOutput(stream), page },
      abort.signal,
    );
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    stream.write(
      `\n${formatReport(report, { colour: stream.isTTY })}\nReport: ${relative(process.cwd(), join(resolve(options.directory), "report.html"))}\n`,
    );
    if (deployFailed) return EXIT_FAILED;
    return report.ok ? 0 : EXIT_REQUESTS_FAILED;
  } catch (error) {
    if (!abort.signal.aborted || error instanceof UserError) throw error;
    console.error((error as Error).message);
    return EXIT_FAILED;
  }
}

/** Loaded only for who asks for it. */
function openPage(
  { cutover, speed, rate, drain, services = [], directory }: RehearseOptions,
  port: number,
  say: (line: string) => void,
): Promise<LiveRehearsal> {
  const { LiveRehearsal } = require("./live-page/live-rehearsal") as typeof import("./live-page/live-rehearsal");
  return LiveRehearsal.open({
    port,
    directory: resolve(directory),
    settings: { cutover, speed, ratePerSecond: rate, drainSeconds: drain, services },
    onFailure: (error) => say(`the page could not be drawn: ${error.message}`),
  });
}

void endWith(main);
