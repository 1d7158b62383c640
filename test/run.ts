import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { type Totals, totalsLine } from "./totals";

const ALL = ["test/**/*.test.ts", "services/*/test/**/*.test.ts"];
/** Real engines and whole clouds. Each takes what a machine has, and they go by real time: one after the other. */
const ENGINES = [
  "test/rehearsal/*.test.ts",
  "test/rehearsal/language-host/*.test.ts",
  "test/automation/leftovers/*.test.ts",
  "test/components/{engine,comings-and-goings}.test.ts",
];

interface Lane {
  totals: Totals | null;
  ended: Promise<unknown>;
  /** What it printed, if that is not seen already. */
  output: Promise<string>;
}

/** All tests, in two processes beside each other, as engines and clouds mostly wait. Arguments are mocha's: `npm test -- --grep gate`. */
async function main(args: readonly string[]): Promise<number> {
  const engines = start([...ENGINES, ...args], "inherit");
  const others = start([...ALL, ...ENGINES.flatMap((files) => ["--ignore", files]), ...args], "pipe");
  await engines.ended;
  process.stdout.write(await others.output);
  await others.ended;
  const [one, other] = [engines.totals, others.totals];
  if (!one || !other) {
    console.error("the tests ended before their end");
    return 1;
  }
  const sum = { passes: one.passes + other.passes, failures: one.failures + other.failures };
  console.log(totalsLine({ ...sum, pending: one.pending + other.pending }));
  return sum.failures > 0 ? 1 : 0;
}

function start(args: readonly string[], stdout: "inherit" | "pipe"): Lane {
  const child: ChildProcess = fork(require.resolve("mocha/bin/mocha.js"), ["--reporter", "test/reporter.ts", ...args], {
    stdio: ["ignore", stdout, "inherit", "ipc"],
    execArgv: [],
  });
  const lane: Lane = {
    totals: null,
    ended: once(child, "exit"),
    output: child.stdout ? text(child.stdout) : Promise.resolve(""),
  };
  child.on("message", (totals: Totals) => {
    lane.totals = totals;
  });
  return lane;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
