import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import pMap from "p-map";
import { againAlone } from "./again-alone";
import { failedLines, indented, merged, type Results, slowestLines, totalsLine } from "./totals";
import { isEngineTest, LONG, NIGHTLY, testFiles, type Unit, unitsOf } from "./units";

const CACHE = join(__dirname, "../node_modules/.cache/aoshingo");
/** Each process mostly waits for others, such as for the engine: more of them than processors keep these busy. */
const AT_ONCE = availableParallelism() + 2;
/** Many of the long tests measure what clients see, and those need a processor when they begin a request. */
const LONG_AT_ONCE = AT_ONCE - 1;

/**
 * Node 22 and newer keep V8's bytecode there, for all processes that the tests start. Functions that come from there are missing
 * in a coverage.
 */
const COMPILE_CACHE = process.env.NODE_V8_COVERAGE ? {} : { NODE_COMPILE_CACHE: join(CACHE, "v8") };

/** So many of the slowest files are listed at the end. */
const SLOWEST = 20;

/**
 * Runs tests; every argument that this command does not know is mocha's, such as `--grep gate`.
 * - Without files: all tests but the long and the nightly ones, in several processes at a time (test/units.ts). What fails there runs once
 *   more alone.
 * - With `--long`: the long ones, too. With `--all` or a pattern: those and the nightly ones.
 * - With files or folders (`npm test -- test/automation/deploy/plan.test.ts`): those alone, in one process.
 * - With `--unit`: those that start no cloud, engine, browser or other server, in several processes, too.
 */
async function main(args: readonly string[]): Promise<number> {
  const given = args.filter((arg) => !["--unit", "--long", "--all"].includes(arg));
  const isPattern = (index: number) => PATTERN_OPTIONS.has(given[index - 1] ?? "");
  const options = given.map((arg, index) => (isPattern(index) ? arg : filesIn(arg)));
  if (options.some((arg, index) => !isPattern(index) && /\.test\.ts$|[*{]/.test(arg)))
    return total([await run(options, "inherit")]);
  const isUnit = args.includes("--unit");
  const isAll = !isUnit && args.some((arg) => arg === "--all" || PATTERN_OPTIONS.has(arg.split("=", 1)[0]!));
  const isLong = isAll || args.includes("--long");
  const isLeftOut = (file: string) =>
    isUnit ? isEngineTest(file) : (!isLong && LONG.includes(file)) || (!isAll && NIGHTLY.includes(file));
  const files = testFiles().filter((file) => !isLeftOut(file));
  const runUnit = (unit: Unit, index: number) => run([...unit, ...options], "pipe", index);
  const runAlone = (file: string) => run([file, ...options], "inherit");
  const runs = await pMap(unitsOf(files), runUnit, { concurrency: isLong ? LONG_AT_ONCE : AT_ONCE });
  return total([...runs, ...(await againAlone(runs, runAlone))]);
}

/** Options of mocha with a value that is no file, also if a folder has that name. */
const PATTERN_OPTIONS = new Set(["-g", "--grep", "-f", "--fgrep"]);

/** Returns the pattern of a folder's tests for a folder, and every other argument as it is. */
function filesIn(arg: string): string {
  return statSync(arg, { throwIfNoEntry: false })?.isDirectory() ? `${arg.replace(/\/$/, "")}/**/*.test.ts` : arg;
}

/** Prints the closing lines of all that ran. @param runs null for a process that ended before its tests */
function total(runs: readonly (Results | null)[]): number {
  const results = merged(runs);
  if (Object.keys(results).length > SLOWEST)
    console.log(["Slowest files:", ...slowestLines(results, SLOWEST)].join("\n"));
  // Once more at the end: where only the end of a log is kept, it tells what to look for.
  const failed = failedLines(results);
  if (failed.length > 0) console.log(["Failed:", ...indented(failed)].join("\n"));
  if (runs.includes(null)) {
    console.error("A test process ended before its tests did.");
    return 1;
  }
  console.log(totalsLine(results));
  return failed.length > 0 ? 1 : 0;
}

/**
 * Runs tests in a process of their own. With "pipe" its output is printed when it has ended, in one piece.
 * @param unit differs among processes that run beside each other
 */
async function run(args: readonly string[], stdout: "inherit" | "pipe", unit = 0): Promise<Results | null> {
  const child: ChildProcess = fork(require.resolve("mocha/bin/mocha.js"), ["--reporter", "test/reporter.ts", ...args], {
    stdio: ["ignore", stdout, "inherit", "ipc"],
    // No test has to do with the account of whoever runs it.
    env: { ...process.env, ...COMPILE_CACHE, TEST_UNIT: String(unit), AWS_PROFILE: undefined },
    execArgv: [],
  });
  let results: Results | null = null;
  child.on("message", (message: Results) => {
    results = message;
  });
  const [output, [code, signal]] = await Promise.all([child.stdout ? text(child.stdout) : "", once(child, "exit")]);
  process.stdout.write(output);
  if (!results) console.error(`The test process of ${args.join(" ")} ended with ${signal ?? `exit code ${code}`}.`);
  return results;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
