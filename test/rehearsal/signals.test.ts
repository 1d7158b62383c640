import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import type { DeployEvent } from "../../automation/ports/events";
import { signalGroup } from "../../rehearsal/cloud/processes/process-ledger";
import { ProductionWatch } from "./production-watch";
import type { Production, RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

/** Slow enough for a signal while the new release warms. */
const SPEED = 100;
/**
 * Where npm's shell becomes the script, npm hands the terminal's signal on: the script gets it twice, this long apart.
 */
const ECHO_MS = 20;
/** What CI gives a run between its first signal and the next one, with a margin. */
const STOP_LIMIT_MS = 7_000;

type Ended = Extract<DeployEvent, { type: "deployEnded" }>;
type Progress = Extract<DeployEvent, { type: "progress" }>;
type Seen = DeployEvent & { seenAtMs: number };

interface Interrupted {
  exitCode: number | undefined;
  events: Seen[];
  errors: string;
  /** Of the first signal, by this process's clock. */
  signalledAtMs: number;
}

/** The command as a terminal or CI has it: a process group of its own, which gets real signals. */
describe("a deploy that gets a signal", () => {
  let stack: RunningStack;
  let production: Production;
  let watch: ProductionWatch;

  before(async () => {
    stack = await sharedStack({ from: "release", speed: SPEED });
    production = (await stack.production())!;
    // It never becomes healthy: while it warms there is time for a signal.
    await stack.push("ill", "unhealthy");
    watch = new ProductionWatch(stack, `${(await stack.outputs()).services.users!.exposures.public!.url}/healthz`);
  });
  after(() => watch?.stop());

  /**
   * @param signals each is sent to the whole group, with its echo, as soon as an event is seen that it waits for
   */
  async function interrupt(
    command: string[],
    signals: { signal: NodeJS.Signals; when: (event: DeployEvent) => boolean }[],
    onEvent: (event: DeployEvent) => void = () => {},
  ): Promise<Interrupted> {
    const [name, ...parameters] = command;
    const common = ["--stack", "rehearsal", "--config-file", stack.settingsFile, "--json"];
    const child = execa("npm", ["run", "--silent", name!, "--", ...common, ...parameters], {
      cwd: PROJECT_DIRECTORY,
      env: stack.environment,
      stdin: "ignore",
      detached: true,
      reject: false,
    });
    const events: Seen[] = [];
    const waiting = [...signals];
    let signalledAtMs = Number.NaN;
    for await (const line of child.iterable({ from: "stdout" })) {
      const event = JSON.parse(line) as DeployEvent;
      events.push({ ...event, seenAtMs: performance.now() });
      onEvent(event);
      if (!waiting[0]?.when(event)) continue;
      if (Number.isNaN(signalledAtMs)) signalledAtMs = performance.now();
      const { signal } = waiting.shift()!;
      signalGroup(child.pid!, signal);
      await delay(ECHO_MS);
      signalGroup(child.pid!, signal);
    }
    const { exitCode, stderr } = await child;
    expect(waiting, "signals that were not sent").to.have.lengthOf(0);
    return { exitCode, events, errors: stderr, signalledAtMs };
  }

  const isWarming = (event: DeployEvent): event is Progress => event.type === "progress" && event.step === "warm";
  const isChangingGroup = (event: DeployEvent) =>
    isWarming(event) && /autoscaling\/group users-(blue|green)/.test(event.message);
  const endOf = ({ events }: Interrupted) =>
    events.find((event): event is Seen & Ended => event.type === "deployEnded");
  const stepsOf = ({ events }: Interrupted) =>
    events.flatMap((event) => (event.type === "stepStarted" ? [event.step] : []));
  /** From the first signal until the step that it stopped was over. */
  const stoppedAfterMs = ({ events, signalledAtMs }: Interrupted) =>
    events.find((event) => event.type === "stepEnded" && !event.ok)!.seenAtMs - signalledAtMs;

  async function expectUntouched(): Promise<void> {
    expect(await stack.production()).to.deep.equal(production);
    const { active, idle, release } = production;
    const { colours } = (await stack.outputs()).live.services.users!;
    expect(colours[idle].size).to.equal(0);
    expect(await stack.tasksOf(idle)).to.deep.equal([]);
    expect(await stack.tasksOf(active)).to.have.lengthOf(2);
    expect(Object.keys(watch.answers)).to.deep.equal([`200 ${release}`]);
  }

  it("Ctrl-C while it warms: the engine is left in time, the idle colour goes back to 0", async () => {
    const run = await interrupt(["deploy", "users=ill"], [{ signal: "SIGINT", when: isChangingGroup }]);
    expect(stepsOf(run), run.errors).to.deep.equal(["preflight", "warm", "coolDown"]);
    expect(stoppedAfterMs(run)).to.be.below(STOP_LIMIT_MS);
    expect(endOf(run)).to.include({ ok: false, failedStep: "warm", outcome: "takenBack" });
    expect(endOf(run)!.reason).to.equal(
      "warm failed: stopped by SIGINT; production is untouched, the idle colour is back at 0",
    );
    expect(run.errors).to.equal("");
    await expectUntouched();
  });

  it("SIGTERM with --keep: the idle colour stays; it says how to go on", async () => {
    const run = await interrupt(["deploy", "--keep", "users=ill"], [{ signal: "SIGTERM", when: isChangingGroup }]);
    expect(stepsOf(run), run.errors).to.deep.equal(["preflight", "warm"]);
    expect(stoppedAfterMs(run)).to.be.below(STOP_LIMIT_MS);
    expect(endOf(run)).to.include({ ok: false, failedStep: "warm", outcome: "left" });
    expect(endOf(run)!.reason).to.equal(
      "warm failed: stopped by SIGTERM; production is untouched, the idle colour stays as it is: `resume` goes on, `abort` takes back",
    );
    expect(await stack.tasksOf(production.idle)).to.have.lengthOf(2);
  });

  it("and gone on with, a lost terminal and SIGTERM: the second one ends it at once, `abort` takes back", async () => {
    const run = await interrupt(
      ["resume"],
      [
        // The `up` before may have done all that there is to do: then the group is not in this one.
        { signal: "SIGHUP", when: isWarming },
        { signal: "SIGTERM", when: (event) => event.type === "rollbackStarted" },
      ],
    );
    expect(endOf(run), run.errors).to.include({ ok: false, failedStep: "warm", outcome: "left" });
    expect(endOf(run)!.reason).to.equal(
      "warm failed: stopped by SIGHUP; production is untouched, but the idle colour could not be taken back to 0: coolDown failed: stopped by SIGTERM; `abort` goes on with it",
    );
    const abort = await interrupt(["abort"], []);
    expect(abort.exitCode, abort.errors).to.equal(0);
    await expectUntouched();
  });

  it("an order from elsewhere does the same: `abort --stop-running` waits until all is taken back", async () => {
    let abort: Promise<Interrupted> | undefined;
    const run = await interrupt(["deploy", "users=ill"], [], (event) => {
      if (isChangingGroup(event)) abort ??= interrupt(["abort", "--stop-running"], []);
    });
    expect(endOf(run), run.errors).to.include({ ok: false, failedStep: "warm", outcome: "takenBack" });
    expect(endOf(run)!.reason).to.match(
      /^warm failed: stopped by \S+; production is untouched, the idle colour is back at 0$/,
    );
    const { exitCode, events, errors } = await abort!;
    expect(exitCode, errors).to.equal(0);
    const notices = events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
    expect(notices[0]).to.match(/^told deploy users=ill by \S+ \(pid \d+ on \S+\) to stop at its next safe point$/);
    expect(notices.at(-1)).to.match(/^\S+ \(deploy users=ill\) stopped and was taken back: production is on users v1$/);
    await expectUntouched();
  });
});
