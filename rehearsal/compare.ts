import { join } from "node:path";
import { Command, Option } from "commander";
import { execa } from "execa";
import pc from "picocolors";
import { runModule } from "../automation/core/package-directory";
import { EXIT_FAILED, endWith } from "../automation/core/process/command-end";
import { stoppable } from "../automation/core/process/stoppable";
import { PROJECT_DIRECTORY } from "../automation/core/project-directory";
import { showsColours } from "../automation/output/colours";
import { progressLine } from "../automation/output/progress-line";
import { UserError } from "../components/core/user-error";
import { number } from "./cloud/option-values";
import { SPREAD } from "./cloud/spread";
import { type Comparison, claimOf, routedName, unseenParts } from "./report/claim";
import { compare, formatComparison } from "./report/compare";
import { headlineOf } from "./report/headline";
import type { RehearsalReport } from "./report/types";
import { flag, words } from "./traffic-options";

const DIRECTORY = join("out", "compare");

const EXIT_NOT_SEEN = 1;
/** Exit codes of rehearse.ts that come with a report, whether the deploy was done or not. */
const EXITS_WITH_REPORT = [0, 1, 3];
/** A rehearsal that is stopped ends its cloud first. */
const STOP_LIMIT_MS = 15_000;

/**
 * The services unless SERVICES says otherwise, of which the first is deployed: clients show what its cutover costs by
 * the public load balancers; and the calls of `doodle`, which needs `mailer`, what it costs by the internal ones, which
 * the deploy cannot ask.
 */
const SERVICES = "users,mailer,doodle";
const DEPLOYS = "1";
/** A rehearsal of the comparison. */
interface Case {
  /** Its folder. */
  key: string;
  name: string;
  /** What makes it this case; the other variables (SPEED, RATE, SERVICES, SEED, ...) are passed on. */
  environment: Record<string, string>;
}
/** The comparison is of requests. */
const WITHOUT_STREAMS = { STREAMS: "0", SSE: "0" };
/** These variables are not passed on: they would make the cases something else than their names say. */
const NOT_PASSED = [
  "DATABASE_URL",
  "STREAMS",
  "SSE",
  "WITHIN",
  "CUTOVER",
  "DRAIN",
  "DRAIN_CAP",
  "SPREAD",
  "BAKE",
  "RAMP",
  "DEPLOYS",
  "FAULT",
  "DIRECTORY",
  "JSON",
];

/** `make compare`: runs the rehearsals one after the other, and tells whether they show what the design claims. */
async function main({ json, spread }: { json: boolean; spread: number[] }, signal: AbortSignal): Promise<number> {
  const cases = casesOf(spread);
  const paint = pc.createColors(showsColours(process.stderr));
  const reports = new Map<string, RehearsalReport>();
  /** Without RATE the first rehearsal finds one for this machine: all others get the same. */
  const found: { RATE?: string } = {};
  for (const [index, one] of cases.entries()) {
    console.error(`${index + 1} of ${cases.length}: ${paint.bold(one.name)}`);
    const startedMs = Date.now();
    const report = await rehearseApart(one, found, signal);
    found.RATE ??= String(report.ratePerSecond);
    reports.set(one.key, report);
    console.error(`   ${headlineOf(report)} ${paint.dim(`(${((Date.now() - startedMs) / 1000).toFixed(0)} s)`)}`);
  }
  const comparison: Comparison = {
    pairs: spread.map((spreadSeconds) => ({
      spreadSeconds,
      routed: reports.get(keyOf(spreadSeconds, false))!,
      noDrain: reports.get(keyOf(spreadSeconds, true))!,
    })),
    dns: reports.get("dns")!,
    dnsNoDrain: reports.get("dnsNoDrain")!,
  };
  const rows = compare(cases.map(({ key, name }) => ({ name, report: reports.get(key)! })));
  const unseen = unseenParts(comparison);
  if (json) console.log(JSON.stringify({ ok: unseen.length === 0, unseen, rows }));
  else {
    console.log(`\n${formatComparison(rows)}`);
    console.log(unseen.length === 0 ? claimOf(comparison) : unseen.map((line) => `Not seen: ${line}`).join("\n"));
    console.log(`\nReports: ${cases.map(({ key }) => join(DIRECTORY, key, "report.html")).join(", ")}`);
  }
  return unseen.length === 0 ? 0 : EXIT_NOT_SEEN;
}

function casesOf(spread: readonly number[]): Case[] {
  const routed = spread.flatMap((seconds) =>
    [false, true].map((isShort): Case => {
      const environment = { CUTOVER: "routed", SPREAD: String(seconds), ...(isShort && { DRAIN_CAP: "0" }) };
      return { key: keyOf(seconds, isShort), name: routedName({ pairs: spread }, seconds, isShort), environment };
    }),
  );
  return [
    ...routed,
    { key: "dns", name: "dns", environment: { CUTOVER: "dns" } },
    { key: "dnsNoDrain", name: "dns, no drain", environment: { CUTOVER: "dns", DRAIN_CAP: "0" } },
  ];
}

function keyOf(spreadSeconds: number, isShort: boolean): string {
  return `${isShort ? "noDrain" : "routed"}-${spreadSeconds}`;
}

/**
 * Runs `rehearse` as a process of its own. On a terminal its last line is shown while it runs.
 * @param found variables that hold unless they are given to this process
 * @throws UserError with the process's messages and exit code when it wrote no report
 */
async function rehearseApart(
  { key, environment }: Case,
  found: { RATE?: string },
  signal: AbortSignal,
): Promise<RehearsalReport> {
  signal.throwIfAborted();
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_PASSED.includes(name)));
  const child = execa(
    process.execPath,
    runModule("rehearsal/rehearse", "--json", "--directory", join(DIRECTORY, key)),
    {
      cwd: PROJECT_DIRECTORY,
      env: { SERVICES, DEPLOYS, ...WITHOUT_STREAMS, ...found, ...inherited, ...environment },
      extendEnv: false,
      stdin: "ignore",
      reject: false,
      cancelSignal: signal,
      forceKillAfterDelay: STOP_LIMIT_MS,
    },
  );
  const progress = progressLine(process.stderr);
  for await (const line of child.iterable({ from: "stderr" })) {
    if (line.trim() !== "") progress.show(line);
  }
  progress.clear();
  const { exitCode = EXIT_FAILED, stdout, stderr } = await child;
  signal.throwIfAborted();
  if (!EXITS_WITH_REPORT.includes(exitCode) || stdout === "") throw new UserError(stderr, { exitCode });
  return JSON.parse(stdout) as RehearsalReport;
}

const program = new Command("aoshingo compare")
  .description(
    `Run rehearsals of ${SERVICES} one after the other: routed, dns, and both without drain. SERVICES (other ones), SPEED, RATE, SEED, LOOPBACK and PORT_OFFSET are passed on`,
  )
  .addOption(
    new Option("--spread <seconds>", "for each of these a pair of routed rehearsals, such as 2,30,120 (AWS seconds)")
      .env("SPREAD")
      .default([SPREAD.seconds], String(SPREAD.seconds))
      .argParser((text) => (words(text).length > 0 ? words(text) : [text]).map(number(0, SPREAD.maxSeconds))),
  )
  .addOption(flag("--json", "JSON", "print the rows and the verdict as JSON, and nothing else, on the standard output"))
  .addHelpText(
    "after",
    `
Example:
  SPREAD=2,30,120 npx aoshingo compare --json

Exit codes: 0 the claim was seen, 1 it was not (a line says which part),
            2 wrong use or settings`,
  )
  .exitOverride();

void endWith(() => {
  program.parse();
  return stoppable((signal) => main(program.opts<{ json: boolean; spread: number[] }>(), signal));
});
