/**
 * What one load balancer process costs: requests per second and latency through it (HTTPS, kept alive), against direct
 * access to the same target (HTTP, kept alive). Rounds of both take turns, so that a busy machine hits both alike.
 *
 *     node -r ts-node/register bench/load-balancer.ts [--json]
 *
 * Load generator, load balancer and target are three processes; on a machine with fewer free cores than that they slow
 * each other, and the numbers are a lower bound.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "hdr-histogram-js";
import { Pool } from "undici";
import { Authority } from "../rehearsal/cloud/aws/acm/authority";
import { LoadBalancer } from "../rehearsal/cloud/load-balancer/load-balancer";
import { freePortOffset, group, target } from "../test/rehearsal/cloud/load-balancer/scene";

const ROUNDS = 5;
const ROUND_MS = 3000;
const WARM_UP_MS = 3000;
/** Connections, each with one request at a time. */
const BUSY_CONNECTIONS = 16;
const HOST = "users.example.jp";
const ADDRESS = "127.66.40.1";

interface Round {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

async function run(pool: Pool, connections: number, milliseconds: number): Promise<Round> {
  const microseconds = build({ highestTrackableValue: 10_000_000, numberOfSignificantValueDigits: 3 });
  const startedAt = performance.now();
  const client = async () => {
    while (performance.now() - startedAt < milliseconds) {
      const sentAt = performance.now();
      const answer = await pool.request({ path: "/users?limit=1", method: "GET", headers: { host: HOST } });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`answer ${answer.statusCode}, expected 200`);
      microseconds.recordValue(Math.round((performance.now() - sentAt) * 1000));
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  return {
    requestsPerSecond: microseconds.totalCount / ((performance.now() - startedAt) / 1000),
    p50Ms: microseconds.getValueAtPercentile(50) / 1000,
    p99Ms: microseconds.getValueAtPercentile(99) / 1000,
  };
}

interface Spread {
  min: number;
  median: number;
  max: number;
}

function spread(values: number[]): Spread {
  const sorted = [...values].sort((one, two) => one - two);
  return { min: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]!, max: sorted.at(-1)! };
}

const round = (value: number) => Math.round(value * 100) / 100;

function line(label: string, { min, median, max }: Spread): string {
  const cells = [min, median, max].map((value) => String(round(value)).padStart(10));
  return `${label.padEnd(44)}${cells.join("")}`;
}

async function main(): Promise<void> {
  const targetProcess = fork(join(__dirname, "load-balancer-target.ts"), { execArgv: ["-r", "ts-node/register"] });
  const [targetPort] = (await once(targetProcess, "message")) as [number];
  const portOffset = (await freePortOffset(ADDRESS)) - 363;
  const authority = await Authority.create();
  const certificate = { ...(await authority.sign([HOST])), hostNames: [HOST] };
  let healthy = () => {};
  const isHealthy = new Promise<void>((resolve) => {
    healthy = resolve;
  });
  const loadBalancer = await LoadBalancer.start(
    "bench",
    { speed: 20, portOffset, seed: 1, ruleSpreadSeconds: 0 },
    {
      targetHealth: (changes) => changes.some(({ state }) => state === "healthy") && healthy(),
      drained: () => {},
      metrics: () => {},
      died: (error) => {
        throw error;
      },
    },
  );
  await loadBalancer.configure({
    name: "bench",
    nodes: [{ zone: "a", address: ADDRESS }],
    listeners: [
      {
        arn: "listener",
        port: 443,
        protocol: "HTTPS",
        certificates: [certificate],
        rules: [
          {
            arn: "rule",
            priority: 1,
            hostHeaders: [HOST],
            pathPatterns: [],
            action: {
              type: "forward",
              targetGroups: [
                { arn: "blue", weight: 100 },
                { arn: "green", weight: 0 },
              ],
            },
          },
        ],
        defaultAction: { type: "fixed-response", statusCode: 404, contentType: "text/plain", messageBody: "" },
      },
    ],
    targetGroups: [group("blue", [target("i-1", { address: "127.66.40.9", port: targetPort })]), group("green", [])],
    idleTimeoutSeconds: 60,
    clientKeepAliveSeconds: 3600,
  });
  await isHealthy;

  const pools = {
    direct: new Pool(`http://127.66.40.9:${targetPort}`, { connections: BUSY_CONNECTIONS }),
    balanced: new Pool(`https://${ADDRESS}:${443 + portOffset}`, {
      connections: BUSY_CONNECTIONS,
      connect: { ca: authority.pem, servername: HOST },
    }),
  };
  await run(pools.direct, BUSY_CONNECTIONS, WARM_UP_MS);
  await run(pools.balanced, BUSY_CONNECTIONS, WARM_UP_MS);

  const rounds: { directBusy: Round; balancedBusy: Round; directCalm: Round; balancedCalm: Round }[] = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    rounds.push({
      directBusy: await run(pools.direct, BUSY_CONNECTIONS, ROUND_MS),
      balancedBusy: await run(pools.balanced, BUSY_CONNECTIONS, ROUND_MS),
      directCalm: await run(pools.direct, 1, ROUND_MS),
      balancedCalm: await run(pools.balanced, 1, ROUND_MS),
    });
  }
  await Promise.all([pools.direct.destroy(), pools.balanced.destroy(), loadBalancer.stop()]);
  targetProcess.disconnect();

  const result = {
    connections: BUSY_CONNECTIONS,
    directRequestsPerSecond: spread(rounds.map(({ directBusy }) => directBusy.requestsPerSecond)),
    balancedRequestsPerSecond: spread(rounds.map(({ balancedBusy }) => balancedBusy.requestsPerSecond)),
    throughputRatio: spread(rounds.map((r) => r.balancedBusy.requestsPerSecond / r.directBusy.requestsPerSecond)),
    directP50Ms: spread(rounds.map(({ directCalm }) => directCalm.p50Ms)),
    balancedP50Ms: spread(rounds.map(({ balancedCalm }) => balancedCalm.p50Ms)),
    addedP50Ms: spread(rounds.map((r) => r.balancedCalm.p50Ms - r.directCalm.p50Ms)),
    balancedP99Ms: spread(rounds.map(({ balancedCalm }) => balancedCalm.p99Ms)),
    busyBalancedP99Ms: spread(rounds.map(({ balancedBusy }) => balancedBusy.p99Ms)),
  };
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify(result));
    return;
  }
  console.log(
    `${`${ROUNDS} rounds of ${ROUND_MS / 1000} s`.padEnd(44)}${["min", "median", "max"].map((word) => word.padStart(10)).join("")}`,
  );
  console.log(line(`requests/s, direct, ${BUSY_CONNECTIONS} connections`, result.directRequestsPerSecond));
  console.log(line(`requests/s, balanced, ${BUSY_CONNECTIONS} connections`, result.balancedRequestsPerSecond));
  console.log(line("  ratio", result.throughputRatio));
  console.log(line("p50 ms, direct, 1 connection", result.directP50Ms));
  console.log(line("p50 ms, balanced, 1 connection", result.balancedP50Ms));
  console.log(line("  added ms", result.addedP50Ms));
  console.log(line("p99 ms, balanced, 1 connection", result.balancedP99Ms));
  console.log(line(`p99 ms, balanced, ${BUSY_CONNECTIONS} connections`, result.busyBalancedP99Ms));
}

void main();
