import { expect } from "chai";
import { failureOf } from "../../failure-of";
import { declare, PREVIEW_KEY, type World } from "../world";

const RULE = "aws:lb/listenerRule:ListenerRule";
const RECORD = "aws:route53/record:Record";
const CERTIFICATE = "aws:lb/listenerCertificate:ListenerCertificate";
const IMAGE = `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/prod/users@sha256:${"1".repeat(64)}`;
const RELEASED = {
  active: "green" as const,
  colours: {
    blue: { release: null, size: 0 },
    green: { release: { name: "v1", image: IMAGE }, size: 2 },
  },
};
/** The engine's mark of a secret (pulumi/pulumi: sdk/nodejs/runtime/rpc.ts). */
const SECRET = /"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"/;
const NEVER = {
  active: "blue" as const,
  colours: { blue: { release: null, size: 0 }, green: { release: null, size: 0 } },
};

describe("hosts of services' own", () => {
  let world: World;
  const found = (type: string, name: string) =>
    world.resources.find((resource) => resource.type === type && resource.name === name)?.inputs;

  before(async () => {
    world = await declare({
      services: { web: NEVER, users: RELEASED },
      config: { furtherDomains: ["example.com"] },
      settings: {
        web: { kind: "api", hosts: ["example.jp"] },
        users: { kind: "api", hosts: ["example.jp", "www.example.com"], paths: ["/users", "/users/*"] },
      },
    });
  });

  it("have a rule for each path on both load balancers, more specific paths first", () => {
    const exact = found(RULE, "users-example.jp/users-at-blue")!;
    const below = found(RULE, "users-example.jp/users/*-at-blue")!;
    const rest = found(RULE, "web-example.jp-at-blue")!;
    expect(exact.conditions).to.deep.equal([
      { hostHeader: { values: ["example.jp"] } },
      { pathPattern: { values: ["/users"] } },
    ]);
    expect(rest.conditions).to.deep.equal([{ hostHeader: { values: ["example.jp"] } }]);
    expect(exact.priority).to.be.below(below.priority as number);
    expect(below.priority).to.be.below(rest.priority as number);
    expect(found(RULE, "users-www.example.com/users-at-green")!.listenerArn).to.equal("public-green-https.arn");
  });

  it("lead where the production name leads, and answer 503 before the first release", () => {
    const production = found(RULE, "users-production-at-green")!;
    expect(found(RULE, "users-example.jp/users/*-at-green")!.actions).to.deep.equal(production.actions);
    expect(found(RULE, "web-example.jp-at-green")!.actions).to.deep.equal([
      {
        type: "fixed-response",
        fixedResponse: {
          statusCode: "503",
          contentType: "text/plain",
          messageBody: "web has no release yet: deploy one.\n",
        },
      },
    ]);
  });

  it("have one record, which follows the service with the least specific path", () => {
    const aliases = (colour: string) => [
      { name: `public-${colour}.elb`, zoneId: "ZONE-OF-ELB", evaluateTargetHealth: false },
    ];
    expect(found(RECORD, "example.jp-record")).to.deep.include({ name: "example.jp", aliases: aliases("blue") });
    expect(found(RECORD, "www.example.com-record")).to.deep.include({
      name: "www.example.com",
      aliases: aliases("green"),
    });
    expect(world.outputs.hostRecords).to.deep.equal([
      { host: "www.example.com", zoneId: "ZONE", service: "users" },
      { host: "example.jp", zoneId: "ZONE", service: "web" },
    ]);
  });

  it("are not taken from a release that runs by a service that has none", async () => {
    const web = { kind: "api", hosts: ["example.jp"] };
    const { outputs: last } = await declare({ services: { web: RELEASED }, settings: { web } });
    const users = { ...web, paths: ["/users/*"] };
    const services = { web: RELEASED, users: NEVER };
    const error = await declare({ services, settings: { web, users }, last }).then(() => "none", String);
    expect(error).to.include("services.users.paths: example.jp/users/* is answered by a release of web");
  });

  it("of a further domain have its certificate on both listeners", () => {
    expect(found("aws:acm/certificate:Certificate", "example.com-certificate")).to.deep.include({
      domainName: "example.com",
      subjectAlternativeNames: ["*.example.com"],
    });
    for (const colour of ["blue", "green"])
      expect(found(CERTIFICATE, `public-${colour}-example.com`)).to.deep.equal({
        listenerArn: `public-${colour}-https.arn`,
        certificateArn: "example.com-certificate.arn",
      });
  });

  it("with a test header have a rule right before each, to the idle colour; its value is a secret", async () => {
    const tested = await declare({
      services: { users: RELEASED },
      config: { testHeader: { name: "x-preview", value: "ssm:/prod/preview-key" } },
      settings: { users: { kind: "api", exposure: ["public", "internal"], hosts: ["example.jp"], paths: ["/users"] } },
    });
    const rule = (name: string) =>
      tested.resources.find((resource) => resource.type === RULE && resource.name === name)!.inputs;
    for (const name of ["users-production", "users-example.jp/users", "users.internal-production"]) {
      const [testers, everybody] = [rule(`${name}-for-testers-at-blue`), rule(`${name}-at-blue`)];
      expect(testers.priority).to.equal((everybody.priority as number) - 1);
      // The engine marks a secret by wrapping it.
      expect(JSON.stringify(testers.conditions)).to.match(SECRET).and.include(PREVIEW_KEY);
      expect(JSON.stringify(everybody.conditions)).not.to.match(SECRET);
      const [weights, others] = [testers, everybody].map(({ actions }) =>
        (actions as { forward: { targetGroups: { weight: number }[] } }[])[0]!.forward.targetGroups.map(
          ({ weight }) => weight,
        ),
      );
      expect(weights).to.deep.equal([100, 0]);
      expect(others).to.deep.equal([0, 100]);
    }
    expect(JSON.stringify(tested.outputs)).not.to.include(PREVIEW_KEY);
  });

  it("are told to the deploy, with the health check's path where the service gets it", () => {
    const { users, web } = world.outputs.services;
    expect(web!.exposures.public!.hosts).to.deep.equal([
      {
        host: "example.jp",
        path: null,
        rules: { blue: "web-example.jp-at-blue.arn", green: "web-example.jp-at-green.arn" },
        healthCheckUrl: "https://example.jp/healthz",
      },
    ]);
    expect(
      users!.exposures.public!.hosts!.map(({ host, path, healthCheckUrl }) => [host, path, healthCheckUrl]),
    ).to.deep.equal([
      ["example.jp", "/users", null],
      ["example.jp", "/users/*", null],
      ["www.example.com", "/users", null],
      ["www.example.com", "/users/*", null],
    ]);
    expect(world.written.services.users!.hosts).to.include("https://www.example.com/users/*");
  });

  describe("of a service that is removed, and runs until the `up`", () => {
    /** web, which ran, is removed, and its host is given to users, which was public before or becomes so. */
    const passed = async (exposure: string[]) => {
      const given = { web: { kind: "api", hosts: ["example.jp"] }, users: { kind: "api", exposure } };
      const { outputs } = await declare({ services: { web: RELEASED, users: RELEASED }, settings: given });
      const settings = { users: { kind: "api", hosts: ["example.jp"] } };
      return declare({ services: { users: RELEASED }, removed: { web: RELEASED }, last: outputs, settings });
    };

    it("pass to one that was public before", async () => {
      expect((await passed(["public"])).outputs.services).to.have.keys("users");
    });

    it("are refused to one that becomes public, and has no targets there yet (E33)", async () => {
      expect((await failureOf(passed(["internal"]))).message).to.match(
        /^aoshingo:services\.users\.hosts: .*example\.jp is answered by a release of web, and users is not public yet, /,
      );
    });
  });
});
