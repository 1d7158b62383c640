import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { text } from "node:stream/consumers";
import { type Results, slowestLines, totalsLine } from "./totals";

const ALL = ["test/**/*.test.ts", "services/*/test/**/*.test.ts"];

/**
 * Tests that start a rehearsal cloud, the Pulumi engine, a browser or another server: all that `--unit` leaves out.
 * Each group runs in a process of its own, and is about as long as the others. Within one, a cloud ends before the next
 * one starts, or is shared (test/rehearsal/shared-stack.ts).
 */
const GROUPS = [
  ["test/rehearsal/rehearse.test.ts", "test/rehearsal/startup.test.ts", "test/rehearsal/store-and-roles.test.ts"],
  [
    "test/automation/{pulumi-cli,stack}/**/*.test.ts",
    "test/automation/page/deploy/browser.test.ts",
    "test/automation/store/s3/**/*.test.ts",
    "test/components/comings-and-goings.test.ts",
    "test/components/engine.test.ts",
    "test/policy/program.test.ts",
    "test/rehearsal/{fault-matrix,images,language-host,report}/**/*.test.ts",
    "test/rehearsal/preview.test.ts",
    "test/workflows/**/*.test.ts",
  ],
  ["test/rehearsal/*.test.ts"],
];

/** So many of the slowest files are listed at the end. */
const SLOWEST = 20;

interface Lane {
  results: Results | null;
  ended: Promise<unknown>;
  /** What it printed, unless it was printed directly. */
  output: Promise<string>;
}

/**
 * Runs tests; every argument that this command does not know is mocha's, such as `--grep gate`.
 * - Without files: all tests, in a process for each group and one for all others, because each of them mostly waits.
 * - With files or folders (`npm test -- test/automation/deploy/plan.test.ts`): those alone.
 * - With `--unit`: those that need no cloud, engine, browser or server, in one process.
 */
async function main(args: readonly string[]): Promise<number> {
  const given = args.filter((arg) => arg !== "--unit");
  const isPattern = (index: number) => PATTERN_OPTIONS.has(given[index - 1] ?? "");
  const options = given.map((arg, index) => (isPattern(index) ? arg : filesIn(arg)));
  if (options.some((arg, index) => !isPattern(index) && /\.test\.ts$|[*{]/.test(arg)))
    return total([start(options, "inherit")]);
  const others = [...ALL, ...without(GROUPS.flat())];
  if (args.includes("--unit")) return total([start([...others, ...options], "inherit")]);
  const groups = GROUPS.map((group, index) => [...group, ...without(GROUPS.slice(0, index).flat())]);
  return total(
    [...groups, others].map((lane, index) => start([...lane, ...options], index === 0 ? "inherit" : "pipe")),
  );
}

/** Options of mocha with a value that is no file, also if a folder has that name. */
const PATTERN_OPTIONS = new Set(["-g", "--grep", "-f", "--fgrep"]);

/** Returns the pattern of a folder's tests for a folder, and every other argument as it is. */
function filesIn(arg: string): string {
  return statSync(arg, { throwIfNoEntry: false })?.isDirectory() ? `${arg.replace(/\/$/, "")}/**/*.test.ts` : arg;
}

/** Mocha's options that leave out files which match. */
function without(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => ["--ignore", pattern]);
}

/** Waits for all lanes and prints the closing line. */
async function total(lanes: readonly Lane[]): Promise<number> {
  const sum: Results = { passes: 0, failures: 0, pending: 0, fileMs: {}, failed: [] };
  let areComplete = true;
  for (const lane of lanes) {
    await lane.ended;
    process.stdout.write(await lane.output);
    areComplete &&= lane.results !== null;
    for (const key of ["passes", "failures", "pending"] as const) sum[key] += lane.results?.[key] ?? 0;
    Object.assign(sum.fileMs, lane.results?.fileMs);
    sum.failed.push(...(lane.results?.failed ?? []));
  }
  if (Object.keys(sum.fileMs).length > SLOWEST)
    console.log(["Slowest files:", ...slowestLines(sum.fileMs, SLOWEST)].join("\n"));
  // Once more at the end: where only the end of a log is kept, it tells what to look for.
  if (sum.failed.length > 0) console.log(["Failed:", ...sum.failed.map((line) => `  ${line}`)].join("\n"));
  if (!areComplete) {
    console.error("A test process ended before its tests did.");
    return 1;
  }
  console.log(totalsLine(sum));
  return sum.failures > 0 ? 1 : 0;
}

function start(args: readonly string[], stdout: "inherit" | "pipe"): Lane {
  const child: ChildProcess = fork(require.resolve("mocha/bin/mocha.js"), ["--reporter", "test/reporter.ts", ...args], {
    stdio: ["ignore", stdout, "inherit", "ipc"],
    execArgv: [],
  });
  const lane: Lane = {
    results: null,
    ended: once(child, "exit"),
    output: child.stdout ? text(child.stdout) : Promise.resolve(""),
  };
  child.on("message", (results: Results) => {
    lane.results = results;
  });
  return lane;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
