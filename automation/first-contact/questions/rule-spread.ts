import { lastOldAnswer } from "../last-old-answer";
import type { Question } from "../question";

const OK = 200;

/**
 * Changes production's rule on the load balancer that DNS does not lead to: from the active colour to the idle one,
 * which has no targets, and back.
 */
export const ruleSpread: Question = {
  title: "how long a change of a rule takes to spread",
  numbers: ["ruleSpread"],
  moments: ["retired"],

  async ask(trial) {
    const { active, idle, idleTargetGroup, loadBalancers, productionRules, url } = await trial.service();
    const addresses = await trial.parts.resolve(loadBalancers[idle].dnsName);
    const route = async (colour: typeof active) => {
      await trial.parts.trafficSwitch.route({
        arn: productionRules[idle],
        targetGroups: [active, idle].map((one) => ({ arn: idleTargetGroup(one), weight: one === colour ? 100 : 0 })),
      });
      return trial.now();
    };
    const seconds: (number | null)[] = [];
    const toIdleMs = await route(idle);
    seconds.push(await lastOldAnswer(trial, { url, addresses }, toIdleMs, ({ status }) => status !== OK));
    const backMs = await route(active);
    seconds.push(await lastOldAnswer(trial, { url, addresses }, backMs, ({ status }) => status === OK));
    return { seconds: { ruleSpread: seconds.filter((one) => one !== null) } };
  },
};
