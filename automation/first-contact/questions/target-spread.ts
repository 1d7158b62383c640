import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { lastOldAnswer } from "../last-old-answer";
import type { Question } from "../question";

const OK = 200;
/** AWS seconds until a target is healthy: two health checks, and what it takes to begin with them. */
const LIMIT_SECONDS = 300;

/**
 * Registers an instance of the active colour with the idle colour's target group, which has none, and takes it away
 * again. Production is not touched, and the instance's own Auto Scaling group does not look at that target group.
 */
export const targetSpread: Question = {
  title: "how long the deregistration of a target takes to spread",
  numbers: ["targetSpread"],
  moments: ["retired"],

  async ask(trial) {
    const { elb } = trial.clients;
    const { active, idle, idleTargetGroup, colours, loadBalancers, url, testUrl } = await trial.service();
    const TargetGroupArn = idleTargetGroup(idle);
    const { instances } = await trial.parts.observer.colour(colours[active]);
    const Targets = [{ Id: instances[0]!.id }];
    const addresses = await trial.parts.resolve(loadBalancers[idle].dnsName);
    const path = new URL(url).pathname;
    await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
    try {
      const isHealthy = await trial.until(LIMIT_SECONDS, async () => {
        const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
        return TargetHealthDescriptions.some(({ TargetHealth }) => TargetHealth?.State === "healthy") ? true : null;
      });
      const asked = { url: `${testUrl}${path}`, addresses };
      if (!isHealthy || (await lastOldAnswer(trial, asked, trial.now(), ({ status }) => status === OK)) === null)
        return {};
      await elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
      const changedMs = trial.now();
      const seconds = await lastOldAnswer(trial, asked, changedMs, ({ status }) => status !== OK);
      return { seconds: { targetSpread: seconds === null ? [] : [seconds] } };
    } finally {
      await elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
      // The next deploy finds the idle colour as it left it.
      await trial.until(LIMIT_SECONDS, async () => {
        const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
        return TargetHealthDescriptions.length === 0 ? true : null;
      });
    }
  },
};
