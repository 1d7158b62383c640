import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { other } from "../../components/colour-name";
import { progressReporter, type StepAction } from "../context";
import { StepFailed } from "../deploy-failed";

/** A test that hangs must not hold the deploy for ever; a quarter of an hour is far beyond a smoke test. */
const LIMIT_MS = 15 * 60_000;
/** Enough of a failing test's output to see the cause. */
const TAIL_LINES = 20;

/** For a test that is stopped to clean up after itself. */
const STOP_MS = 5_000;

/** Each service's own test command, against the test name. It gets TEST_URL, RELEASE, SERVICE and COLOUR; exit code 0 lets the deploy go on. */
export const test: StepAction = async (context, situation, services) => {
  const details: string[] = [];
  for (const service of services) {
    const command = context.settings.services[service]!.test;
    if (command === undefined) {
      details.push(`${service} has no test command`);
      continue;
    }
    const startedMs = context.clock.now();
    const tail: string[] = [];
    const onProgress = progressReporter(context, "test");
    const child = execa(command, {
      shell: true,
      cwd: context.projectDirectory,
      env: {
        TEST_URL: situation.outputs.services[service]!.exposures.public?.testUrl,
        RELEASE: situation.wish[service]!.name,
        SERVICE: service,
        COLOUR: other(situation.live.services[service]!.active),
      },
      stdin: "ignore",
      all: true,
      reject: false,
      // A group of its own: what the shell started must end with it.
      detached: true,
    });
    const limit = AbortSignal.timeout(LIMIT_MS);
    const stopped = AbortSignal.any([context.signal, limit]);
    const stop = () => void endGroup(child.pid);
    stopped.addEventListener("abort", stop, { once: true });
    if (stopped.aborted) stop();
    for await (const line of child.iterable({ from: "all" })) {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      if (line.trim() !== "") onProgress(line.trim());
    }
    const result = await child;
    stopped.removeEventListener("abort", stop);
    context.signal.throwIfAborted();
    const seconds = (context.clock.now() - startedMs) / 1000;
    context.emit({ type: "waited", atMs: context.clock.now(), step: "test", seconds });
    if (result.failed) {
      const how = limit.aborted
        ? `was stopped after ${LIMIT_MS / 60_000} minutes`
        : `ended with exit code ${result.exitCode}`;
      throw new StepFailed(`the test of ${service} ${how}: ${command}`, tail.join("\n"));
    }
    details.push(`${service}: \`${command}\` passed in ${seconds.toFixed(1)} s`);
  }
  const tested = new Set([...situation.progress.tested, ...services.map((name) => situation.wish[name]!.image)]);
  return { situation: { ...situation, progress: { ...situation.progress, tested } }, detail: details.join(", ") };
};

async function endGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
    await delay(STOP_MS, undefined, { ref: false });
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}
