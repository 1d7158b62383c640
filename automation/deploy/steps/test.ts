import { other } from "../../../components/core/colour-name";
import { concurrently } from "../../core/concurrently";
import { StepFailed } from "../../core/errors";
import { untilAnswered } from "../../observe/until-answered";
import { progressReporter, type RunState, type StepContext, withDone } from "../context";
import type { Step } from "../step";
import { runTestCommand } from "../test-command";
import { verifiedAgainAfter } from "../verify-again";

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
      state: verifiedAgainAfter(context.clock.now() - startedMs, withDone(state, "test", services)),
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
  const { testHeader } = context.settings;
  const onProgress = progressReporter(context, "test");
  const secret =
    testHeader &&
    (await untilAnswered(
      `the value of ${testHeader.name} cannot be read`,
      () => context.secretReader.value(testHeader.value, context.signal),
      context,
      onProgress,
    ));
  const { failure, tail } = await runTestCommand(command, {
    directory: context.projectDirectory,
    environment: { ...environmentOf(state, service), TEST_HEADER: testHeader && `${testHeader.name}: ${secret}` },
    secret,
    signal: context.signal,
    onLine: (line) => onProgress(areSeveral ? `${service}: ${line}` : line),
  });
  context.signal.throwIfAborted();
  if (failure !== null) throw new StepFailed(`the test of ${service} ${failure}: ${command}`, tail.join("\n"));
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
