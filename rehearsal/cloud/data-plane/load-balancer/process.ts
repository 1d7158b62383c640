/**
 * One Application Load Balancer as a process of its own, started by the class in load-balancer.ts:
 * `node -r ts-node/register rehearsal/cloud/data-plane/load-balancer/process.ts`, forked with an IPC channel and LOAD_BALANCER set.
 */

import { Pace } from "./cloud-clock";
import { DataPlane } from "./data-plane";
import type { FromLoadBalancer, LoadBalancerStart, TargetHealth, ToLoadBalancer } from "./types";

/** Real milliseconds between two metrics messages, at most. */
const METRICS_INTERVAL_MS = 1000;
/** So many in each AWS minute, however short it is. */
const METRICS_IN_MINUTE = 4;

function send(message: FromLoadBalancer): void {
  if (process.connected) process.send?.(message);
}

function readStart(): LoadBalancerStart {
  const text = process.env.LOAD_BALANCER;
  if (!text || !process.send) throw new Error("process.ts is started by load-balancer.ts, not by hand");
  return JSON.parse(text);
}

/** Changes of the same moment go out as one message. */
class HealthReport {
  #changes: TargetHealth[] = [];

  add(change: TargetHealth): void {
    if (this.#changes.push(change) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    send({ type: "targetHealth", changes: this.#changes });
    this.#changes = [];
  }
}

function main(): void {
  const health = new HealthReport();
  const start = readStart();
  const plane = new DataPlane(start, {
    health: (change) => health.add(change),
    drained: (targetGroupArn, targetId) => send({ type: "drained", targetGroupArn, targetId }),
  });

  const interval = Math.min(METRICS_INTERVAL_MS, new Pace(start.speed).milliseconds(60) / METRICS_IN_MINUTE);
  setInterval(() => {
    const metrics = plane.counts.take();
    if (metrics) send(metrics);
  }, interval);

  process.on("message", (message: ToLoadBalancer) => {
    if (message.type === "stop") {
      void plane.stop().then(() => process.exit(0));
      return;
    }
    plane.configure(message.config).then(
      () => send({ type: "configured", generation: message.generation }),
      (error: Error) => send({ type: "failed", message: error.message }),
    );
  });
  // Without its control plane a load balancer would serve stale rules for ever.
  process.on("disconnect", () => process.exit(0));
  // Ctrl-C reaches the whole process group; the control plane decides when this process stops.
  process.on("SIGINT", () => undefined);
  send({ type: "started", pid: process.pid });
}

main();
