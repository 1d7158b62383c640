import { relative } from "node:path";
import { type MochaOptions, type Runner, reporters, type Suite, type Test } from "mocha";
import { type Results, totalsLine } from "./totals";

/** Mocha's own reporter. Its results go to the process that adds them up, if there is one, and else are the last line. */
class Reporter extends reporters.Spec {
  readonly #startedMs = new Map<Suite, number>();
  readonly #fileMs: Record<string, number> = {};
  readonly #failed: string[] = [];

  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.on("suite", (suite) => void this.#startedMs.set(suite, performance.now()));
    runner.on("suite end", (suite) => this.#addTime(suite));
    runner.on("fail", (test, error: Error) => void this.#failed.push(failedLine(test, error)));
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats!;
      const results: Results = { passes, failures, pending, fileMs: this.#fileMs, failed: this.#failed };
      // What a failed test left open, such as a process that it started, must not keep this one from ending.
      const onTold = () => failures > 0 && process.exit(1);
      if (process.send) process.send(results, onTold);
      else console.log(totalsLine(results));
    });
  }

  /** Hooks of a file count as its time. */
  #addTime(suite: Suite): void {
    if (!suite.parent?.root || suite.file === undefined) return;
    const file = relative(process.cwd(), suite.file);
    this.#fileMs[file] = (this.#fileMs[file] ?? 0) + performance.now() - this.#startedMs.get(suite)!;
  }
}

function failedLine(test: Test, error: Error): string {
  const file = test.file === undefined ? "" : `${relative(process.cwd(), test.file)}: `;
  const [message] = String(error?.message ?? error).split("\n");
  return `${file}${test.fullTitle()}: ${message}`;
}

export = Reporter;
