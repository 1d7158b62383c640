import { join } from "node:path";
import { Command, Option } from "commander";
import { execa } from "execa";
import pc from "picocolors";
import { onStopSignal } from "../automation/core/process/stop-signals";
import { PROJECT_DIRECTORY } from "../automation/core/project-directory";
import { type Comparison, claimOf, unseenParts } from "./report/claim";
import { compare, formatComparison } from "./report/compare";
import { headlineOf } from "./report/headline";
import type { RehearsalReport } from "./report/types";

const DIRECTORY = join("out", "compare");

const EXIT_NOT_SEEN = 1;
/** Of rehearse.ts: the deploy is done, or was not, and there is a report of it. */
const EXITS_WITH_REPORT = [0, 1, 3];
/** A rehearsal that is stopped first ends its cloud. */
const STOP_MS = 15_000;

/** One service shows what a cutover costs its clients, in a third of the time. Unless SERVICES says otherwise. */
const SERVICES = "users";
/** What makes a rehearsal a case of the comparison; the rest of the environment (SPEED, RATE, SERVICES, SEED, ...) goes through. */
const CASES: { key: keyof Comparison; name: string; environment: { CUTOVER: string; DRAIN?: string } }[] = [
  { key: "routed", name: "routed", environment: { CUTOVER: "routed" } },
  { key: "dns", name: "dns", environment: { CUTOVER: "dns" } },
  { key: "dnsNoDrain", name: "dns, no drain", environment: { CUTOVER: "dns", DRAIN: "0" } },
];
/** Would make the cases something else than what they are called. */
const NOT_PASSED = ["CUTOVER", "DRAIN", "BAKE", "RAMP", "DEPLOYS", "FAULT", "DIRECTORY", "JSON"];

/** `make compare`: three rehearsals one after the other, and whether they show what the design claims. */
async function main({ json }: { json: boolean }): Promise<number> {
  const abort = new AbortController();
  onStopSignal((signal) => abort.abort(new Error(`stopped by ${signal}`)));
  const reports: Partial<Comparison> = {};
  try {
    for (const [index, { key, name, environment }] of CASES.entries()) {
      console.error(`${index + 1} of ${CASES.length}: ${pc.bold(name)}`);
      const startedMs = Date.now();
      const report = await rehearseApart(key, environment, abort.signal);
      reports[key] = report;
      console.error(`   ${headlineOf(report)} ${pc.dim(`(${((Date.now() - startedMs) / 1000).toFixed(0)} s)`)}`);
    }
  } catch (error) {
    console.error((error as Error).message);
    return error instanceof RehearsalFailed ? error.exitCode : EXIT_NOT_SEEN;
  }
  const comparison = reports as Comparison;
  const rows = compare(CASES.map(({ key, name }) => ({ name, report: comparison[key] })));
  const unseen = unseenParts(comparison);
  if (json) console.log(JSON.stringify({ ok: unseen.length === 0, unseen, rows }));
  else {
    console.log(`\n${formatComparison(rows)}`);
    console.log(unseen.length === 0 ? claimOf(comparison) : unseen.map((line) => `Not seen: ${line}`).join("\n"));
    console.log(`\nReports: ${CASES.map(({ key }) => join(DIRECTORY, key, "report.html")).join(", ")}`);
  }
  return unseen.length === 0 ? 0 : EXIT_NOT_SEEN;
}

class RehearsalFailed extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** One `rehearse` as a process of its own. Where a person watches, its last line is shown while it runs. */
async function rehearseApart(
  key: string,
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<RehearsalReport> {
  signal.throwIfAborted();
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_PASSED.includes(name)));
  const child = execa(
    process.execPath,
    ["-r", "ts-node/register", "rehearsal/rehearse.ts", "--json", "--directory", join(DIRECTORY, key)],
    {
      cwd: PROJECT_DIRECTORY,
      env: { SERVICES, ...inherited, ...environment },
      extendEnv: false,
      stdin: "ignore",
      reject: false,
      cancelSignal: signal,
      forceKillAfterDelay: STOP_MS,
    },
  );
  const live = process.stderr.isTTY === true;
  for await (const line of child.iterable({ from: "stderr" })) {
    if (live && line.trim() !== "")
      process.stderr.write(`\r\x1b[K   ${line.trim().slice(0, (process.stderr.columns || 80) - 4)}`);
  }
  if (live) process.stderr.write("\r\x1b[K");
  const { exitCode = 1, stdout, stderr } = await child;
  signal.throwIfAborted();
  if (!EXITS_WITH_REPORT.includes(exitCode) || stdout === "") throw new RehearsalFailed(stderr, exitCode);
  return JSON.parse(stdout) as RehearsalReport;
}

new Command("compare")
  .description(
    `Three rehearsals of ${SERVICES} side by side: routed, dns, dns without drain. SERVICES (other ones), SPEED, RATE, SEED, LOOPBACK and PORT_OFFSET go through`,
  )
  .addOption(
    new Option("--json", "print the rows and the verdict as JSON, and nothing else, on the standard output")
      .env("JSON")
      .default(false)
      .argParser(() => true),
  )
  .addHelpText(
    "after",
    `
Example:
  SPEED=10 npm run compare -- --json

Exit codes: 0 the claim was seen, 1 it was not (a line says which part),
            2 wrong use or settings`,
  )
  .action(async (options: { json: boolean }) => {
    process.exitCode = await main(options);
  })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parseAsync();
