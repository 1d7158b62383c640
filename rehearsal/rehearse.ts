import "../automation/core/silent-aws-sdk";
import { join, relative, resolve } from "node:path";
import pc from "picocolors";
import { printableOn } from "../automation/core/printable";
import { EXIT_FAILED, endWith } from "../automation/core/process/command-end";
import { stoppable } from "../automation/core/process/stoppable";
import { showsColours } from "../automation/output/colours";
import { terminalOutput } from "../automation/output/terminal-output";
import { type PageOptions, pagePort } from "../automation/page/kit/page-options";
import { RehearsalEnvironment } from "./environment/environment";
import { type SettingsChanges, steadySecondsAt } from "./environment/rehearsal-stack";
import type { LiveRehearsal } from "./live-page/live-rehearsal";
import { optionsOf, type RehearseOptions, rehearseCommand } from "./options";
import { formatReport } from "./report/terminal";
import { CORE } from "./traffic/streams";

/** The deploy is done, but requests failed, or the rehearsal found something else. */
const EXIT_FOUND = 3;
/** No option: a command line is seen by everybody on the machine. */
const ABOUT_DATABASE_URL = `The environment's DATABASE_URL, such as
postgres://user:password@127.0.0.1:5432/postgres, names a PostgreSQL that is
there already: databases and users are made in it, and removed at the end.
Without it each database has a server of its own.`;

/** `make rehearse` */
async function main(signal: AbortSignal): Promise<number> {
  const command = rehearseCommand().addHelpText("after", `\n${ABOUT_DATABASE_URL}`).exitOverride();
  command.parse();
  const options = optionsOf(command);
  const databaseUrl = takeDatabaseUrl();
  // With --json the standard output is the report's alone.
  const stream = options.json ? process.stderr : process.stdout;
  const paint = pc.createColors(showsColours(stream));
  const startedMs = Date.now();
  let page: LiveRehearsal | null = null;
  const say = (line: string) => {
    stream.write(
      `${paint.dim(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(5)} s`)}  ${printableOn(stream, line)}\n`,
    );
    page?.say(line);
  };
  const { page: asked } = command.opts<PageOptions>();
  if (asked !== undefined) {
    page = await openPage(options, pagePort(asked), say);
    say(`Page: ${page.url}`);
  }
  say("Starting the rehearsal cloud");
  const { directory } = options;
  const starting = RehearsalEnvironment.start({
    ...{ directory, cloud: options, settings: settingsOf(options), databaseUrl, byDocker: options.docker, signal },
    onLog: say,
  });
  starting.catch(() => {});
  // Loading the rest takes a second: the cloud starts meanwhile, in its own process.
  const { rehearse } = require("./rehearsal") as typeof import("./rehearsal");
  const output = { say, show: terminalOutput(stream), page };
  const { report, deployFailed } = await rehearse(options, starting, output);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  stream.write(
    `\n${printableOn(stream, formatReport(report, { colour: showsColours(stream) }))}\nReport: ${relative(process.cwd(), join(resolve(directory), "report.html"))}\n`,
  );
  if (deployFailed) return EXIT_FAILED;
  return report.ok ? 0 : EXIT_FOUND;
}

/** What this rehearsal changes in the stack's settings, in real seconds. */
function settingsOf({
  cutover,
  drain,
  drainCap,
  bake,
  ramp,
  speed,
  services,
  stack,
  ...pages
}: RehearseOptions): SettingsChanges {
  return {
    stack,
    cutover,
    drainSeconds: drain / speed,
    steadySeconds: steadySecondsAt(speed),
    deploy: {
      drainCapSeconds: drainCap / speed,
      bakeSeconds: bake / speed,
      ramp,
      rampPauseSeconds: bake / speed,
    },
    ...(services ? { services } : {}),
    ...(pages.streams + pages.sse > 0 ? { streams: { service: CORE, within: pages.within } } : {}),
  };
}

/** Takes the variable out of the environment: no process that this one starts has the password. */
function takeDatabaseUrl(): string | undefined {
  const { DATABASE_URL: url } = process.env;
  delete process.env.DATABASE_URL;
  return url || undefined;
}

/** Loads the page's code only when a page is asked for. */
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

void endWith(() => stoppable(main));
