/**
 * The process of one Application Load Balancer. The class in load-balancer.ts forks it with an IPC channel and with
 * LOAD_BALANCER set: `node -r ./automation/register.cjs rehearsal/cloud/data-plane/load-balancer/process.ts`.
 */

import { CloudClock } from "../../kernel/clock";
import { DataPlane } from "./data-plane";
import type { FromLoadBalancer, LoadBalancerStart, TargetHealth, ToLoadBalancer } from "./types";

/** Longest time between two metrics messages, in real milliseconds. */
const METRICS_INTERVAL_MS = 1000;
/** ELB writes a file of access logs every five minutes, by its documentation; these are AWS seconds. */
const ACCESS_LOG_SECONDS = 300;
/** Least number of metrics messages in an AWS minute, however short the minute is. */
const METRICS_PER_MINUTE = 4;

/** Resolves when the message is on its way. */
function send(message: FromLoadBalancer): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}

function readStart(): LoadBalancerStart {
  const text = process.env.LOAD_BALANCER;
  if (!text || !process.send) throw new Error("process.ts is started by load-balancer.ts, not by hand");
  return JSON.parse(text);
}

/** Sends health changes of the same moment as one message. */
class HealthReport {
  #changes: TargetHealth[] = [];

  add(change: TargetHealth): void {
    if (this.#changes.push(change) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    void send({ type: "targetHealth", changes: this.#changes });
    this.#changes = [];
  }
}

function main(): void {
  const health = new HealthReport();
  const start = readStart();
  const plane = new DataPlane(start, {
    health: (change) => health.add(change),
    drained: (targetGroupArn, targetId) => send({ type: "drained", targetGroupArn, targetId }),
    ruleFollowed: (address) => send({ type: "ruleFollowed", address }),
    shortKeepAlive: (found) => send({ type: "shortKeepAlive", ...found }),
    idleConnection: (found) => send({ type: "idleConnection", ...found }),
    gatewayTimeout: (found) => send({ type: "gatewayTimeout", ...found }),
  });

  const clock = new CloudClock(start.speed);
  const sendAccessLogs = async () => {
    for (const { address, body } of await plane.accessLog.take())
      await send({ type: "accessLog", address, endMs: Date.now(), body: body.toString("base64") });
  };
  setInterval(sendAccessLogs, clock.realMs(ACCESS_LOG_SECONDS));
  const interval = Math.min(METRICS_INTERVAL_MS, clock.realMs(60) / METRICS_PER_MINUTE);
  const sendMetrics = async () => {
    const metrics = plane.counts.take();
    if (metrics) await send(metrics);
  };
  setInterval(sendMetrics, interval);

  process.on("message", (message: ToLoadBalancer) => {
    if (message.type === "stop") {
      void plane
        .stop()
        .then(sendMetrics)
        .then(sendAccessLogs)
        .then(() => process.exit(0));
      return;
    }
    plane.configure(message.config).then(
      () => send({ type: "configured", generation: message.generation }),
      (error: Error) => send({ type: "failed", message: error.message }),
    );
  });
  // Without the control plane, the load balancer would serve stale rules for ever.
  process.on("disconnect", () => process.exit(0));
  // Ctrl-C reaches the whole process group, but the control plane decides when this process stops.
  process.on("SIGINT", () => undefined);
  void send({ type: "started", pid: process.pid });
}

main();
