/**
 * Measures what one load balancer process costs: requests per second and latency through it (HTTPS, kept alive),
 * against direct access to the same target (HTTP, kept alive). Rounds of both take turns, so that a busy machine
 * affects both alike.
 *
 * Load generator, load balancer and target are three processes. On a machine with fewer free cores they slow each
 * other down, and the numbers are a lower bound.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { build } from "hdr-histogram-js";
import { Pool } from "undici";
import { modulePath, NODE_ARGUMENTS } from "../automation/core/package-directory";
import { LoadBalancer } from "../rehearsal/cloud/data-plane/load-balancer/load-balancer";
import { Authority } from "../rehearsal/cloud/services/acm/model/authority";
import { freePortOffset, group, target } from "../test/rehearsal/cloud/data-plane/load-balancer/scene";
import { type Row, row } from "./spread";

const ROUNDS = 5;
const ROUND_MS = 3000;
const WARM_UP_MS = 3000;
/** Connections, each of which carries one request at a time. */
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

export async function loadBalancer(): Promise<Row[]> {
  const targetProcess = fork(modulePath("bench/load-balancer-target"), { execArgv: [...NODE_ARGUMENTS] });
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
    { speed: 20, portOffset, seed: 1, spreadSeconds: 0, insideAddress: ADDRESS },
    {
      targetHealth: (changes) => changes.some(({ state }) => state === "healthy") && healthy(),
      ruleFollowed: () => {},
      shortKeepAlive: () => {},
      idleConnection: () => {},
      gatewayTimeout: () => {},
      drained: () => {},
      metrics: () => {},
      died: (error) => {
        throw error;
      },
    },
  );
  await loadBalancer.configure({
    name: "bench",
    nodes: [{ zone: "a", address: ADDRESS, internet: true }],
    listeners: [
      {
        arn: "listener",
        port: 443,
        protocol: "HTTPS",
        internet: true,
        certificates: [certificate],
        rules: [
          {
            arn: "rule",
            priority: 1,
            hostHeaders: [HOST],
            hostRegexes: [],
            pathPatterns: [],
            httpHeaders: [],
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

  return [
    row(
      `requests/s, direct, ${BUSY_CONNECTIONS} connections`,
      rounds.map(({ directBusy }) => directBusy.requestsPerSecond),
    ),
    row(
      `requests/s, balanced, ${BUSY_CONNECTIONS} connections`,
      rounds.map(({ balancedBusy }) => balancedBusy.requestsPerSecond),
    ),
    row(
      "  ratio",
      rounds.map((r) => r.balancedBusy.requestsPerSecond / r.directBusy.requestsPerSecond),
    ),
    row(
      "p50 ms, direct, 1 connection",
      rounds.map(({ directCalm }) => directCalm.p50Ms),
    ),
    row(
      "p50 ms, balanced, 1 connection",
      rounds.map(({ balancedCalm }) => balancedCalm.p50Ms),
    ),
    row(
      "  added ms",
      rounds.map((r) => r.balancedCalm.p50Ms - r.directCalm.p50Ms),
    ),
    row(
      "p99 ms, balanced, 1 connection",
      rounds.map(({ balancedCalm }) => balancedCalm.p99Ms),
    ),
    row(
      `p99 ms, balanced, ${BUSY_CONNECTIONS} connections`,
      rounds.map(({ balancedBusy }) => balancedBusy.p99Ms),
    ),
  ];
}
