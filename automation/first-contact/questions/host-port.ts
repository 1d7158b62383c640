import { type HostHeaderConditionConfig, ModifyRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { hostRegex } from "../../../components/edge/host-condition";
import { RULE_SPREAD_SECONDS } from "../../../components/settings/schema/deploy";
import type { Question } from "../question";

const OK = 200;
/** None that a protocol has by itself. */
const PORT = 8443;

/**
 * Sends a request whose Host header has a port to the load balancer that DNS does not lead to, while production's rule there has the
 * host as a value, and then as a regular expression, as the rules of the internal edge do.
 */
export const hostPort: Question = {
  title: "whether host rules match a Host header with a port",
  belief: { id: "d", text: "a regular expression in a rule's host-header condition matches a Host header with a port" },
  moments: ["retired"],

  async ask(trial) {
    const { idle, loadBalancers, productionRules, url, host } = await trial.service();
    const ask = async () => {
      const request = { url, via: loadBalancers[idle].dnsName, hostHeader: `${host}:${PORT}` };
      return (await trial.parts.http.get(request)).status;
    };
    const set = (HostHeaderConfig: HostHeaderConditionConfig) =>
      trial.clients.elb.send(
        new ModifyRuleCommand({
          RuleArn: productionRules[idle],
          Conditions: [{ Field: "host-header", HostHeaderConfig }],
        }),
      );
    const byValue = await ask();
    try {
      await set({ RegexValues: [hostRegex(host, PORT)] });
      const isMatched = await trial.until(RULE_SPREAD_SECONDS, async () => ((await ask()) === OK ? true : null));
      return {
        says: isMatched ? "confirmed" : "refuted",
        evidence: `with the host as a value it was answered with ${byValue}, with a regular expression ${isMatched ? `with ${OK}` : "never by the service"}`,
      };
    } finally {
      await set({ Values: [host] });
    }
  },
};
