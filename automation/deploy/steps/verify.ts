import { concurrently } from "../../core/concurrently";
import { StepFailed } from "../../core/errors";
import { explainFailure } from "../../observe/explain-failure";
import { withDone } from "../context";
import type { Step } from "../step";
import { verifyAnswers } from "../verify/answers";
import { verifyJob } from "../verify/job";
import { verifySteady } from "../verify/steady";

/**
 * Verifies that the new release runs on every instance. An api's targets are healthy on all its edges. A public one answers on the test name through every
 * load balancer while production still answers from the old release, unless that was unhealthy from the start. A worker's tasks have run steadily. Services
 * are checked concurrently.
 *
 * On the way back nothing waits for a worker that has worked all the time: a bad release of an api costs requests meanwhile. `confirm` looks at it later.
 */
export const verify: Step = {
  name: "verify",
  title: "Verify that the new release is what runs",
  rollbackTitle: "Verify that the release to go back to is what runs",
  plan: ({ ahead, isNotDone, keepsWorking }) => ({
    services: ahead.filter((name) => isNotDone("verify")(name) && !keepsWorking(name)),
  }),
  floorSeconds: ({ services }, settings) =>
    services.some((name) => settings.services[name]!.kind === "worker") ? settings.deploy.steadySeconds : 2,

  async perform(context, state, { services }) {
    const startedMs = context.clock.now();
    const seen = await concurrently(services, async (service) => {
      try {
        const { kind } = context.settings.services[service]!;
        if (kind === "job") return await verifyJob(context, state, service);
        if (kind === "worker") return await verifySteady(context, state, service);
        return await verifyAnswers(context, state, service);
      } catch (error) {
        if (!(error instanceof StepFailed) || context.signal.aborted) throw error;
        throw await explainFailure(error, context, state, [service], startedMs);
      }
    });
    return {
      state: withDone(state, "verify", services),
      detail: seen.join(", "),
    };
  },
};
