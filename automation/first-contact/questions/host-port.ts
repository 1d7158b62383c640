import { type HostHeaderConditionConfig, ModifyRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { hostRegex } from "../../../components/edge/host-condition";
import { lastOldAnswer } from "../last-old-answer";
import type { Question } from "../question";

const OK = 200;
/** None that a protocol has by itself. */
const PORT = 8443;

/**
 * Sends requests whose Host header has a port to the load balancer that DNS does not lead to, while production's rule there has another host, and then the
 * host as a regular expression, as the rules of the internal edge do. Each address is asked until it follows: one that answers by the rule before says
 * nothing about this one (aws-rules E24).
 */
export const hostPort: Question = {
  title: "whether host rules match a Host header with a port",
  belief: { id: "d", text: "a regular expression in a rule's host-header condition matches a Host header with a port" },
  moments: ["retired"],

  async ask(trial) {
    const { idle, loadBalancers, productionRules, url, host } = await trial.service();
    const addresses = await trial.parts.resolve(loadBalancers[idle].dnsName);
    const asked = { url, addresses, hostHeader: `${host}:${PORT}` };
    const set = async (HostHeaderConfig: HostHeaderConditionConfig) => {
      await trial.clients.elb.send(
        new ModifyRuleCommand({
          RuleArn: productionRules[idle],
          Conditions: [{ Field: "host-header", HostHeaderConfig }],
        }),
      );
      return trial.now();
    };
    const { status: byValue } = await trial.parts.http.get({ ...asked, via: loadBalancers[idle].dnsName });
    const withValue = `with the host as a value it was answered with ${byValue}`;
    try {
      const otherMs = await set({ Values: [`first-contact.${host}`] });
      if ((await lastOldAnswer(trial, asked, otherMs, ({ status }) => status !== OK)) === null)
        return { evidence: `${withValue}, and so it was with another host, by some address of the load balancer` };
      const statuses = new Set<number>();
      const regexMs = await set({ RegexValues: [hostRegex(host, PORT)] });
      const seconds = await lastOldAnswer(trial, asked, regexMs, ({ status }) => {
        statuses.add(status);
        return status === OK;
      });
      const evidence = `${withValue}, with a regular expression with ${[...statuses].join(" and ") || "nothing"}`;
      if (seconds !== null) return { says: "confirmed", evidence };
      // With both, some addresses match, or fell back: that says neither.
      return statuses.size > 0 && !statuses.has(OK) ? { says: "refuted", evidence } : { evidence };
    } finally {
      await set({ Values: [host] });
    }
  },
};
