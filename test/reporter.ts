import { type MochaOptions, type Runner, reporters } from "mocha";
import { totalsLine } from "./totals";

/** Mocha's own reporter. Its totals go to the process that adds them up, if there is one, and else are the last line. */
class Reporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats!;
      if (process.send) process.send({ passes, failures, pending });
      else console.log(totalsLine({ passes, failures, pending }));
    });
  }
}

export = Reporter;
