import { relative } from "node:path";
import { type Hook, type MochaOptions, type Runner, reporters, type Suite, type Test } from "mocha";
import { type FileResult, failedFiles, type Results, totalsLine } from "./totals";

/** Mocha's own reporter. Its results go to the process that adds them up, if there is one, and else are the last line. */
class Reporter extends reporters.Spec {
  readonly #startedMs = new Map<Suite, number>();
  readonly #results: Results = {};

  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.on("suite", (suite) => void this.#startedMs.set(suite, performance.now()));
    runner.on("suite end", (suite) => this.#addTime(suite));
    runner.on("pass", (test) => void this.#resultOf(test).passes++);
    runner.on("pending", (test) => void this.#resultOf(test).pending++);
    runner.on("fail", (test, error: Error) => {
      const result = this.#resultOf(test);
      result.failures++;
      result.failed.push(`${fileOf(test)}: ${test.fullTitle()}: ${String(error?.message ?? error).split("\n")[0]}`);
    });
    runner.once("end", () => {
      // What a failed test left open, such as a process that it started, must not keep this one from ending.
      const onTold = () => failedFiles(this.#results).length > 0 && process.exit(1);
      if (process.send) process.send(this.#results, onTold);
      else console.log(totalsLine(this.#results));
    });
  }

  #resultOf(ran: Test | Hook | Suite): FileResult {
    const file = fileOf(ran);
    this.#results[file] ??= { passes: 0, failures: 0, pending: 0, ms: 0, failed: [] };
    return this.#results[file];
  }

  /** Hooks of a file count as its time. */
  #addTime(suite: Suite): void {
    if (!suite.parent?.root || suite.file === undefined) return;
    this.#resultOf(suite).ms += performance.now() - this.#startedMs.get(suite)!;
  }
}

/** @returns "" for what no file declares, such as a hook of all files */
function fileOf({ file }: Test | Hook | Suite): string {
  return file === undefined ? "" : relative(process.cwd(), file);
}

export = Reporter;
