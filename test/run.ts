import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { type Totals, totalsLine } from "./totals";

const ALL = ["test/**/*.test.ts", "services/*/test/**/*.test.ts"];
/** Whole clouds with all that runs in them, some under traffic: one after the other. */
const CLOUDS = ["test/rehearsal/*.test.ts"];

interface Lane {
  totals: Totals | null;
  ended: Promise<unknown>;
  /** What it printed, if that is not seen already. */
  output: Promise<string>;
}

/** All tests, in two processes beside each other: either of them mostly waits. Arguments are mocha's: `npm test -- --grep gate`. */
async function main(args: readonly string[]): Promise<number> {
  const clouds = start([...CLOUDS, ...args], "inherit");
  const others = start([...ALL, ...CLOUDS.flatMap((files) => ["--ignore", files]), ...args], "pipe");
  await clouds.ended;
  process.stdout.write(await others.output);
  await others.ended;
  const [one, other] = [clouds.totals, others.totals];
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
