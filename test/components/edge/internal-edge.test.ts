import { expect } from "chai";
import type { LiveService } from "../../../components/live/live";
import {
  additions,
  counts,
  differences,
  EGRESS,
  INGRESS,
  inputs,
  LISTENER,
  names,
  RECORD,
  RULE,
  TARGET_GROUP,
} from "../declared";
import { declare, STATES, type World } from "../world";

const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LONG_NAME = "a-service-with-a-very-long-nam";

const world = (users: LiveService, settings: object) => declare({ services: { users }, settings: { users: settings } });

describe("the internal edge", () => {
  let publicOnly: World;
  let internalOnly: World;
  let both: World;
  let flipped: World;
  let ramped: World;
  let calling: World;

  before(async () => {
    const internal = { kind: "api", exposure: ["internal"], internalPort: 4711 };
    const onBoth = { kind: "api", exposure: ["public", "internal"], internalPort: 4711 };
    publicOnly = await world(STATES.second, { kind: "api" });
    internalOnly = await world(STATES.second, internal);
    both = await world(STATES.second, onBoth);
    flipped = await world(STATES.flipped, onBoth);
    ramped = await world({ ...STATES.second, idleShare: 10 }, onBoth);
    calling = await declare({
      services: { users: STATES.second, doodle: STATES.second, idle: STATES.start },
      settings: { users: onBoth, doodle: { kind: "api", calls: ["users"] } },
    });
  });

  it("exists while a service is on it, and only adds resources", () => {
    const declared: Record<string, number> = {};
    for (const { type } of additions(publicOnly, both)) declared[type] = (declared[type] ?? 0) + 1;
    expect(declared).to.deep.equal({
      "aws:acm/certificate:Certificate": 1,
      "aws:acm/certificateValidation:CertificateValidation": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      [LISTENER]: 2,
      [RULE]: 4,
      [LOAD_BALANCER]: 2,
      [TARGET_GROUP]: 4,
      // The two names, and the validation record of the certificate.
      [RECORD]: 3,
      "aws:route53/zone:Zone": 1,
      [EGRESS]: 1,
      [INGRESS]: 1,
    });
    expect(differences(publicOnly, both).filter((each) => !added(publicOnly, both).includes(each))).to.deep.equal([
      "aws:autoscaling/group:Group users-blue-instances",
      "aws:autoscaling/group:Group users-green-instances",
    ]);
  });

  it("has load balancers in the private subnets, with names that AWS accepts", () => {
    expect(inputs(both, "alb-internal-green", LOAD_BALANCER)).to.deep.include({
      internal: true,
      subnets: ["private-1", "private-2"],
      securityGroups: ["internal-load-balancers-id"],
    });
    const named = names(both, LOAD_BALANCER);
    expect(named).to.deep.equal(["alb-internal-blue", "alb-internal-green", "public-blue", "public-green"]);
  });

  it("has no listener except one for each service, each on its own port", () => {
    expect(names(both, LISTENER).filter((name) => !name.startsWith("public-"))).to.deep.equal([
      "users.internal-blue-https",
      "users.internal-green-https",
    ]);
    expect(inputs(both, "users.internal-green-https", LISTENER)).to.include({
      loadBalancerArn: "alb-internal-green.arn",
      port: 4711,
      protocol: "HTTPS",
      certificateArn: "internal-domain-certificate.arn",
    });
    expect(inputs(both, "users.internal-production-at-green", RULE)).to.deep.include({
      listenerArn: "users.internal-green-https.arn",
      // The URL has a port, so the Host header has it, too (aws-rules E60).
      conditions: [{ hostHeader: { regexValues: ["^users\\.internal\\.example\\.jp(:4711)?$"] } }],
    });
  });

  it("has its names in a private zone of the VPC, and its certificate validated in the public zone", () => {
    expect(inputs(both, "internal-zone", "aws:route53/zone:Zone")).to.deep.include({
      name: "internal.example.jp",
      vpcs: [{ vpcId: "vpc" }],
    });
    expect(inputs(both, "users.internal-test-record", RECORD)).to.deep.include({
      zoneId: "internal-zone.zone",
      name: "users-test.internal.example.jp",
      aliases: [{ name: "alb-internal-green.elb", zoneId: "ZONE-OF-ELB", evaluateTargetHealth: false }],
    });
    expect(inputs(both, "internal-domain-certificate", "aws:acm/certificate:Certificate")).to.deep.include({
      domainName: "internal.example.jp",
      subjectAlternativeNames: ["*.internal.example.jp"],
    });
    expect(inputs(both, "internal-domain-validation-record", RECORD).zoneId).to.equal("ZONE");
  });

  it("gives a service on both edges eight target groups, four for each colour", () => {
    expect(names(both, TARGET_GROUP)).to.deep.equal([
      "users-blue-at-blue",
      "users-blue-at-green",
      "users-green-at-blue",
      "users-green-at-green",
      "users.internal-blue-at-blue",
      "users.internal-blue-at-green",
      "users.internal-green-at-blue",
      "users.internal-green-at-green",
    ]);
    expect(inputs(both, "users-green-instances", "aws:autoscaling/group:Group").targetGroupArns).to.deep.equal([
      "users-green-at-blue.arn",
      "users-green-at-green.arn",
      "users.internal-green-at-blue.arn",
      "users.internal-green-at-green.arn",
    ]);
  });

  it("keeps target group names within 32 characters, and unique", async () => {
    const { resources } = await declare({
      services: { [LONG_NAME]: STATES.start, [`${LONG_NAME.slice(0, -1)}b`]: STATES.start },
      settings: Object.fromEntries(
        [LONG_NAME, `${LONG_NAME.slice(0, -1)}b`].map((name, place) => [
          name,
          { kind: "api", exposure: ["public", "internal"], internalPort: 4711 + place },
        ]),
      ),
    });
    const groups = resources.filter(({ type }) => type === TARGET_GROUP).map(({ inputs: { name } }) => String(name));
    expect(groups).to.have.length(16);
    expect(new Set(groups).size).to.equal(16);
    for (const name of groups) expect(name).to.match(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);
  });

  it("leaves the public names out for a service that is only internal", () => {
    expect(names(internalOnly, RECORD)).to.deep.equal([
      "domain-validation-record",
      "internal-domain-validation-record",
      "users.internal-production-record",
      "users.internal-test-record",
    ]);
    expect(Object.keys(internalOnly.outputs.services.users!.exposures)).to.deep.equal(["internal"]);
  });

  it("changes rules and records in a cutover like the public edge", () => {
    expect(differences(both, flipped).filter((each) => each.includes("users.internal"))).to.deep.equal([
      `${RULE} users.internal-production-at-blue`,
      `${RULE} users.internal-production-at-green`,
      `${RULE} users.internal-test-at-blue`,
      `${RULE} users.internal-test-at-green`,
      `${RECORD} users.internal-production-record`,
      `${RECORD} users.internal-test-record`,
    ]);
  });

  it("shares production on both edges in a ramp", () => {
    expect(differences(both, ramped)).to.deep.equal([
      `${RULE} users-production-at-blue`,
      `${RULE} users-production-at-green`,
      `${RULE} users.internal-production-at-blue`,
      `${RULE} users.internal-production-at-green`,
    ]);
    expect(inputs(ramped, "users.internal-production-at-blue", RULE)).to.have.deep.nested.property(
      "actions[0].forward.targetGroups",
      [
        { arn: "users.internal-blue-at-blue.arn", weight: 90 },
        { arn: "users.internal-green-at-blue.arn", weight: 10 },
      ],
    );
  });

  it("gives the deploy script its names with their port, and its target groups by edge", () => {
    const users = both.outputs.services.users!;
    expect(users.exposures.internal).to.deep.equal({
      url: "https://users.internal.example.jp:4711",
      testUrl: "https://users-test.internal.example.jp:4711",
      zoneId: "internal-zone.zone",
      productionRules: {
        blue: "users.internal-production-at-blue.arn",
        green: "users.internal-production-at-green.arn",
      },
    });
    expect(users.colours.blue.targetGroups.slice(2)).to.deep.equal([
      {
        edge: "internal",
        loadBalancer: "blue",
        loadBalancerArn: "alb-internal-blue.arn",
        arn: "users.internal-blue-at-blue.arn",
      },
      {
        edge: "internal",
        loadBalancer: "green",
        loadBalancerArn: "alb-internal-green.arn",
        arn: "users.internal-blue-at-green.arn",
      },
    ]);
    expect(both.outputs.edges.internal!.loadBalancers.blue).to.deep.equal({
      arn: "alb-internal-blue.arn",
      dnsName: "alb-internal-blue.elb",
    });
    expect(publicOnly.outputs.edges).not.to.have.property("internal");
  });

  it("admits only services that declare a call, at the callee's port", () => {
    const into = resourcesOf(calling, INGRESS).filter(
      ({ inputs: { securityGroupId } }) => securityGroupId === "internal-load-balancers-id",
    );
    expect(into.map(({ name }) => name)).to.deep.equal(["doodle-calls-users"]);
    expect(into[0]!.inputs).to.include({
      referencedSecurityGroupId: "doodle-instances-id",
      ipProtocol: "tcp",
      fromPort: 4711,
      toPort: 4711,
    });
    const outOf = resourcesOf(calling, EGRESS).filter(
      ({ inputs: { referencedSecurityGroupId } }) => referencedSecurityGroupId === "internal-load-balancers-id",
    );
    expect(outOf.map(({ name, inputs: { securityGroupId } }) => [name, securityGroupId])).to.deep.equal([
      ["doodle-calls-users", "doodle-instances-id"],
    ]);
  });

  it("lets its load balancers connect to the instances of its services", () => {
    expect(inputs(both, "users-from-internal", INGRESS)).to.include({
      securityGroupId: "users-instances-id",
      referencedSecurityGroupId: "internal-load-balancers-id",
      fromPort: 8080,
    });
    expect(inputs(both, "internal-to-users", EGRESS)).to.include({
      securityGroupId: "internal-load-balancers-id",
      referencedSecurityGroupId: "users-instances-id",
      fromPort: 8080,
    });
  });

  describe("without a service on it any more", () => {
    const remaining = (deletionProtection: boolean, wasProtected: boolean) =>
      declare({
        services: { users: STATES.second },
        deletionProtection,
        last: { edges: both.outputs.edges, deletionProtection: wasProtected },
      });
    const isThere = async (declared: Promise<World>) => (await declared).outputs.edges.internal !== undefined;

    it("stays while it is protected and in the run that takes the protection off", async () => {
      expect(await isThere(remaining(true, true))).to.equal(true);
      const unprotected = await remaining(false, true);
      expect(inputs(unprotected, "alb-internal-blue", LOAD_BALANCER).enableDeletionProtection).to.equal(false);
    });

    it("is deleted in the run after that", async () => {
      expect(await isThere(remaining(false, false))).to.equal(false);
    });

    it("is not created because of protection alone", async () => {
      expect(publicOnly.outputs).to.deep.include({ deletionProtection: true });
      expect(publicOnly.outputs.edges).not.to.have.property("internal");
    });
  });

  it("has half the target groups with cutover: dns as well", async () => {
    const dns = await declare({
      services: { users: STATES.second },
      settings: { users: { kind: "api", exposure: ["public", "internal"] } },
      cutover: "dns",
    });
    expect(counts(dns)[TARGET_GROUP]).to.equal(4);
    expect(dns.outputs.services.users!.colours.green.targetGroups).to.deep.equal([
      { edge: "public", loadBalancer: "green", loadBalancerArn: "public-green.arn", arn: "users-green-at-green.arn" },
      {
        edge: "internal",
        loadBalancer: "green",
        loadBalancerArn: "alb-internal-green.arn",
        arn: "users.internal-green-at-green.arn",
      },
    ]);
  });
});

function resourcesOf({ resources }: World, type: string) {
  return resources.filter((each) => each.type === type);
}

function added(before: World, after: World): string[] {
  return additions(before, after).map(({ type, name }) => `${type} ${name}`);
}
