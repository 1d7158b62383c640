import { setTimeout as delay } from "node:timers/promises";
import { other } from "../../../components/core/colour-name";
import { concurrently } from "../../core/concurrently";
import { StepFailed } from "../../core/errors";
import { killGroup } from "../../core/process/kill-group";
import { keepPriority } from "../../core/process/session-priority";
import { progressReporter, type RunState, type StepContext, withDone } from "../context";
import type { Step } from "../step";

/** A test that hangs must not hold the deploy for ever. A quarter of an hour is far beyond a smoke test. */
const LIMIT_MS = 15 * 60_000;
/** Enough of a failing test's output to see the cause. */
const TAIL_LINES = 20;

/** Time that a stopped test gets to clean up after itself. */
const STOP_MS = 5_000;

/**
 * Runs each service's own test command. Its environment has SERVICE, RELEASE, COLOUR, AWS_REGION and LOG_GROUP, with a public name TEST_URL and PRODUCTION_URL, with a
 * queue QUEUE_URL, and with the setting TEST_HEADER (`x-preview: <value>`). Exit code 0 lets the deploy go on. The tests of several services run concurrently, each to its end, so that one deploy shows every failure.
 */
export const test: Step = {
  name: "test",
  title: "Run the service's own test",
  plan: ({ isRollback, ahead, isNotDone }) => ({
    services: isRollback ? [] : ahead.filter(isNotDone("test")),
  }),
  floorSeconds: () => 10,

  async perform(context, state, { services }) {
    const startedMs = context.clock.now();
    const commands = services.filter((name) => context.settings.services[name]!.test !== undefined);
    try {
      await concurrently(commands, (service) => passes(context, state, service, commands.length > 1));
    } finally {
      const seconds = (context.clock.now() - startedMs) / 1000;
      if (commands.length > 0) context.emit({ type: "waited", atMs: context.clock.now(), step: "test", seconds });
    }
    return {
      state: withDone(state, "test", services),
      detail: services
        .map((name) =>
          commands.includes(name)
            ? `${name}: \`${context.settings.services[name]!.test}\` passed`
            : `${name} has no test command`,
        )
        .join(", "),
    };
  },
};

async function passes(context: StepContext, state: RunState, service: string, areSeveral: boolean): Promise<void> {
  const command = context.settings.services[service]!.test!;
  const tail: string[] = [];
  const { testHeader } = context.settings;
  const secret = testHeader && (await context.secretReader.value(testHeader.value, context.signal));
  const withoutSecret = (line: string) => (secret ? line.replaceAll(secret, "[secret]") : line);
  const onProgress = progressReporter(context, "test");
  // A rollback runs no test, and has no time to load what runs one.
  const { execa } = require("execa") as typeof import("execa");
  const child = execa(command, {
    shell: true,
    cwd: context.projectDirectory,
    env: { ...environmentOf(state, service), TEST_HEADER: testHeader && `${testHeader.name}: ${secret}` },
    stdin: "ignore",
    all: true,
    reject: false,
    // A process group of its own, so that what the shell started ends with it.
    detached: true,
  });
  keepPriority(child.pid);
  const limit = AbortSignal.timeout(LIMIT_MS);
  const stopped = AbortSignal.any([context.signal, limit]);
  const stop = () => void endGroup(child.pid);
  stopped.addEventListener("abort", stop, { once: true });
  if (stopped.aborted) stop();
  for await (const output of child.iterable({ from: "all" })) {
    const line = withoutSecret(output);
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    if (line.trim() !== "") onProgress(areSeveral ? `${service}: ${line.trim()}` : line.trim());
  }
  const result = await child;
  stopped.removeEventListener("abort", stop);
  context.signal.throwIfAborted();
  if (!result.failed) return;
  const how = limit.aborted
    ? `was stopped after ${LIMIT_MS / 60_000} minutes`
    : `ended with exit code ${result.exitCode}`;
  throw new StepFailed(`the test of ${service} ${how}: ${command}`, tail.join("\n"));
}

/** The test's environment. A variable that does not apply to the service is removed from what the test inherits. */
function environmentOf({ outputs, live, desired }: RunState, service: string): Record<string, string | undefined> {
  const { exposures, logGroup, queue } = outputs.services[service]!;
  return {
    SERVICE: service,
    RELEASE: desired[service]!.name,
    COLOUR: other(live.services[service]!.active),
    AWS_REGION: outputs.region,
    LOG_GROUP: logGroup,
    TEST_URL: exposures.public?.testUrl,
    PRODUCTION_URL: exposures.public?.url,
    QUEUE_URL: queue?.url,
  };
}

async function endGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  try {
    killGroup(pid, "SIGTERM");
    await delay(STOP_MS, undefined, { ref: false });
    killGroup(pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}
