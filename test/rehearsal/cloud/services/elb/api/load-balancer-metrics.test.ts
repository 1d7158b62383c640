import "../../../../../../automation/core/silent-aws-sdk";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { AwsObserver } from "../../../../../../automation/aws/observer";
import { readableWindow } from "../../../../../../automation/observe/analysis/periods";
import type { TrafficPeriod } from "../../../../../../automation/ports/observer";
import { LoadBalancer } from "../../../../../../rehearsal/cloud/data-plane/load-balancer/load-balancer";
import { createCloudWatch } from "../../../../../../rehearsal/cloud/services/cloudwatch";
import { Scene } from "../../../api/scene";
import {
  ask,
  freePortOffset,
  group,
  oneNode,
  startTarget,
  type TestTarget,
  target,
} from "../../../data-plane/load-balancer/scene";

const ADDRESS = "127.43.5.1";
const ELB = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012";
const LOAD_BALANCER = `${ELB}:loadbalancer/app/public-blue/0123456789abcdef`;
const GROUP = `${ELB}:targetgroup/users-blue/0123456789abcdef`;
/** One AWS minute takes one second. */
const SPEED = 60;
const KEYS = { AWS_ACCESS_KEY_ID: "rehearsal", AWS_SECRET_ACCESS_KEY: "rehearsal" };

/** Requests to a real load balancer process, and the metrics that a deploy then reads from CloudWatch. */
describe("metrics of a load balancer in automation/aws/observer", () => {
  const own = { ...process.env };
  let scene: Scene;
  let service: TestTarget;
  let loadBalancer: LoadBalancer;
  let observer: AwsObserver;
  let port: number;
  /** Requests that the load balancer has counted. */
  let counted = 0;

  before(async () => {
    scene = new Scene(SPEED);
    const cloudWatch = createCloudWatch(scene.context);
    await scene.start(cloudWatch.apis);
    Object.assign(process.env, KEYS, { AWS_ENDPOINT_URL: scene.url });
    observer = new AwsObserver("ap-northeast-1");
    service = await startTarget((request, response) => {
      response.statusCode = Number(request.url!.slice(1));
      response.end();
    }, "127.43.5.2");
    const portOffset = await freePortOffset(ADDRESS);
    port = 80 + portOffset;
    let healthy = () => {};
    const isHealthy = new Promise<void>((resolve) => {
      healthy = resolve;
    });
    loadBalancer = await LoadBalancer.start(
      "public-blue",
      { speed: SPEED, portOffset, seed: 7, spreadSeconds: 0, insideAddress: "127.43.5.3" },
      {
        targetHealth: (changes) => changes.some(({ state }) => state === "healthy") && healthy(),
        ruleFollowed: () => {},
        shortKeepAlive: () => {},
        idleConnection: () => {},
        gatewayTimeout: () => {},
        metrics: ({ buckets }) => {
          cloudWatch.model.metrics.take(LOAD_BALANCER, buckets);
          for (const { groups } of buckets) for (const { requests } of groups) counted += requests;
        },
        died: () => {},
      },
    );
    const targetGroups = [group(GROUP, [target("i-1", service.endpoint)])];
    await loadBalancer.configure(oneNode(ADDRESS, { name: "public-blue", targetGroups }));
    await isHealthy;
  });
  after(async () => {
    for (const key of [...Object.keys(KEYS), "AWS_ENDPOINT_URL"]) {
      if (own[key] === undefined) delete process.env[key];
      else process.env[key] = own[key];
    }
    await loadBalancer.stop();
    await service.close();
    await scene.close();
  });

  it("include every request and error as soon as the periods are readable", async () => {
    const startMs = Date.now();
    const statuses = [200, 500, 204, 503, 404, 200, 302];
    for (const status of statuses)
      expect((await ask({ address: ADDRESS, port, path: `/${status}` })).status).to.equal(status);
    const endMs = Date.now();
    // A request is counted after its answer has gone, which may be in the next period.
    while (counted < statuses.length) await delay(5);
    const countedMs = Date.now();
    const groups = [{ edge: "public", loadBalancer: "blue", loadBalancerArn: LOAD_BALANCER, arn: GROUP }] as const;
    let periods: TrafficPeriod[] = [];
    while ((periods.at(-1)?.startMs ?? 0) < countedMs)
      periods = await observer.traffic(groups, readableWindow(startMs - 1000, Date.now(), 60 / SPEED));
    const sum = (key: "requests" | "errors") => periods.reduce((total, period) => total + period[key], 0);
    expect([sum("requests"), sum("errors")]).to.deep.equal([statuses.length, 2]);
    expect(periods.find(({ requests }) => requests > 0)!.responseSeconds).to.be.within(0, (endMs - startMs) / 1000);
    expect(periods.at(-1)).to.include({ requests: 0, errors: 0, responseSeconds: null });
  });
});
