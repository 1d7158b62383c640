import { type MochaOptions, type Runner, reporters } from "mocha";

/** Mocha's own reporter, closed by one plain line that a script can read. */
class Reporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats!;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    });
  }
}

export = Reporter;
