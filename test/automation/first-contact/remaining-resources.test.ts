import "../../../automation/core/silent-aws-sdk";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { expect } from "chai";
import {
  isLeft,
  LISTED_SECONDS,
  leftText,
  lookUntilGone,
  NOTHING,
  type Remaining,
  remainingResources,
} from "../../../automation/first-contact/remaining-resources";
import { AwsError } from "../../../rehearsal/cloud/kernel/aws-error";
import { queryProtocol } from "../../../rehearsal/cloud/protocols/query";
import { elbOperations } from "../../../rehearsal/cloud/services/elb/api/elb";
import { createTagging } from "../../../rehearsal/cloud/services/tagging";
import { Scene as ApiScene } from "../../rehearsal/cloud/api/scene";
import { Scene } from "../../rehearsal/cloud/compute-scene";
import { VirtualClock } from "../observe/virtual-clock";

const here = (service: string, resource: string) => `arn:aws:${service}:ap-northeast-1:123456789012:${resource}`;
const VPC = here("ec2", "vpc/vpc-0123456789abcdef0");
const OWNER = { project: "aoshingo", stack: "trial" };

describe("what a first contact leaves", () => {
  const table: [arn: string, left: boolean][] = [
    [VPC, true],
    [here("ec2", "elastic-ip/eipalloc-0123456789abcdef0"), true],
    [here("elasticloadbalancing", "loadbalancer/app/blue/0123456789abcdef"), true],
    ["arn:aws:s3:::access-logs-0123456", true],
    [here("ec2", "instance/i-0123456789abcdef0"), false],
    [here("ec2", "natgateway/nat-0123456789abcdef0"), false],
    [here("ecs", "task-definition/aoshingo-trial-users-blue:1"), false], // ECS says which of them are ACTIVE
    ["arn:aws-cn:ecs:cn-north-1:123456789012:cluster/aoshingo-trial-users-blue", false],
  ];
  for (const [arn, left] of table) {
    it(`${left ? "counts" : "does not count, because AWS lists it longer,"} ${arn}`, () => {
      expect(isLeft(arn)).to.equal(left);
    });
  }

  describe("of Elastic Load Balancing", () => {
    let scene: Scene;
    let api: ApiScene;

    beforeEach(() => {
      scene = new Scene({ bootSeconds: 0 });
      api = new ApiScene();
    });
    afterEach(async () => {
      await api.close();
      scene.close();
    });

    it("is what it says itself, whatever AWS lists by tags (V13)", async () => {
      const arn = (kind: string, name: string) => here("elasticloadbalancing", `${kind}/app/${name}/0123456789abcdef`);
      const kinds = ["listener", "listener-rule", "loadbalancer", "targetgroup"];
      const existing = kinds.map((kind) => arn(kind, "there")).sort();
      const loadBalancer = arn("loadbalancer", "there");
      const tagging = createTagging(scene.context);
      for (const one of [...existing, ...kinds.map((kind) => arn(kind, "gone")), VPC]) tagging.model.set(one, OWNER);
      const found = (kind: string, state: object) => ({
        get: (wanted: string) => {
          if (existing.includes(wanted)) return { arn: wanted, ...state };
          throw new AwsError(`${kind}NotFound`, "One or more of them not found");
        },
      });
      const rule = {
        ...{ priority: 1, hostHeaders: [], hostRegexes: [], pathPatterns: [], httpHeaders: [] },
        action: { type: "fixed-response", fixedResponse: { statusCode: "404", contentType: "text/plain" } },
      };
      const balancing = {
        listeners: found("Listener", { loadBalancerArn: loadBalancer, port: 443, protocol: "HTTPS" }),
        rules: found("Rule", rule),
        targetGroups: found("TargetGroup", { name: "users", vpcId: "vpc-1" }),
        describeLoadBalancers: () => [{ LoadBalancerArn: loadBalancer }],
      };
      await api.start({
        ...scene.apis,
        ...tagging.apis,
        elasticloadbalancing: {
          protocol: queryProtocol,
          operations: elbOperations(balancing as never, () => undefined),
        },
      });
      const options = api.options();
      const clients = {
        ecs: new ECSClient(options),
        elb: new ElasticLoadBalancingV2Client(options),
        tagging: new ResourceGroupsTaggingAPIClient(options),
      };
      expect(await remainingResources(clients, OWNER)).to.deep.equal({ existing, listed: [VPC] });
    });
  });

  describe("is looked at", () => {
    const listed: Remaining = { existing: [], listed: [VPC] };
    let said: string[];
    let clock: VirtualClock;

    beforeEach(() => {
      said = [];
      clock = new VirtualClock(0);
    });

    const looking = (timeScale = 1) => ({
      ...{ clock, timeScale, signal: new AbortController().signal },
      say: (line: string) => void said.push(line),
    });

    it("until AWS lists nothing any more, and said once", async () => {
      const looks = [listed, listed, { existing: [], listed: [] }];
      expect(await lookUntilGone(async () => looks.shift()!, looking())).to.deep.equal(NOTHING);
      expect(looks).to.deep.equal([]);
      expect(said).to.deep.equal([
        "AWS lists 1 resource with the stack's tags, as it does for a while with deleted ones: look again, for up to 10 minutes",
      ]);
    });

    it("for no longer than its time, which is a stand-in's where that runs faster", async () => {
      expect(await lookUntilGone(async () => listed, looking(20))).to.deep.equal(listed);
      expect(clock.now()).to.equal((LISTED_SECONDS * 1000) / 20);
    });

    it("once if nothing is there", async () => {
      expect(await lookUntilGone(async () => NOTHING, looking())).to.deep.equal(NOTHING);
      expect([clock.now(), said]).to.deep.equal([0, []]);
    });
  });

  it("is told with what to do, which depends on whether it is sure to be there", () => {
    expect(leftText(NOTHING)).to.equal(null);
    expect(leftText({ existing: ["arn:one"], listed: ["arn:two"] })).to.equal(
      "AWS still has what has the stack's tags: delete it by hand, then --clean again:\narn:one\narn:two",
    );
    expect(leftText({ existing: [], listed: ["arn:two"] })).to.equal(
      "AWS still lists what has the stack's tags, as it does for a while with what is deleted: delete by hand what is there, then --clean again, or in an hour if nothing is:\narn:two",
    );
  });
});
