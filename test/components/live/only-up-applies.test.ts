import { expect } from "chai";
import type { z } from "zod";
import { missingGrants, unionOf } from "../../../components/live/grants";
import { changedInfrastructure } from "../../../components/live/infrastructure";
import type { SettingsSchema } from "../../../components/settings/schema";
import type { Service } from "../../../components/settings/schema/service";
import { additions, differences, ECS_SERVICE, GROUP, RECORD, RULE, TARGET_GROUP, TASK } from "../declared";
import { declare, STATES, V1, type World } from "../world";

/** What a deploy changes, as its role in CI may (components/security/ci-deploy-statements.ts). */
const CHANGED_BY_DEPLOYS = [
  ...[TASK, ECS_SERVICE, GROUP, RULE, RECORD, "aws:ec2/launchTemplate:LaunchTemplate"],
  ...["aws:autoscaling/policy:Policy", "aws:autoscaling/schedule:Schedule", "aws:scheduler/schedule:Schedule"],
];
/** What it also makes and deletes. */
const MADE_BY_DEPLOYS = [TASK, ECS_SERVICE, "aws:autoscaling/policy:Policy", "aws:autoscaling/schedule:Schedule"];

const READ = [{ actions: ["s3:GetObject"], resources: ["*"] }];
const CI = { repository: "example/shop" };
const SERVICES = {
  users: { kind: "api", hosts: ["www.example.jp"], deregistrationDelaySeconds: 90 },
  billing: { kind: "api", exposure: ["internal"] },
  mailer: { kind: "worker", queue: true },
  report: { kind: "job", schedule: "cron(0 1 * * ? *)" },
};
type Name = keyof typeof SERVICES;
const STACK = { ci: CI, databases: { main: {} } };
const LIVE = {
  users: STATES.flipped,
  billing: STATES.flipped,
  mailer: STATES.flipped,
  report: { active: "green", colours: { blue: STATES.start.colours.blue, green: { release: V1, size: 1 } } },
} as const;

/** Another value of every setting of the stack. */
const OTHERS: Record<Exclude<keyof z.output<typeof SettingsSchema>, "services">, unknown> = {
  domain: "example.com",
  furtherDomains: ["example.com"],
  databases: { main: { multiZone: true } },
  testHeader: { name: "x-preview", value: "ssm:/preview-key" },
  notify: [{ sns: "arn:aws:sns:ap-northeast-1:123456789012:deploys" }],
  cutover: "dns",
  network: { flowLogs: "all" },
  deploy: { drainSeconds: 1, bakeSeconds: 1, alarms: ["errors"], approve: "before-cutover", approveWithin: "2h" },
  freeze: [{ from: "Fri 17:00", to: "Mon 08:00", zone: "Asia/Tokyo" }],
  ci: { ...CI, iam: READ },
  containerInsights: "enabled",
  webAcl: "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/shop/0123abcd",
  deletionProtection: false,
};

/** Another value of every setting of a service, for one of the services. */
const SERVICE_OTHERS: Record<keyof z.output<typeof Service>, readonly [Name, unknown]> = {
  kind: ["users", "worker"],
  schedule: ["report", "cron(0 2 * * ? *)"],
  timeZone: ["report", "Asia/Tokyo"],
  exposure: ["users", ["public", "internal"]],
  hosts: ["users", ["www.example.jp", "example.jp"]],
  paths: ["users", ["/api"]],
  calls: ["users", ["billing"]],
  sends: ["users", ["mailer"]],
  uses: ["users", ["main"]],
  queue: ["mailer", { maxReceiveCount: 7 }],
  protocol: ["users", "http2"],
  port: ["users", 9000],
  internalPort: ["billing", 3000],
  size: ["users", { min: 2, max: 6 }],
  healthCheck: ["users", { path: "/up" }],
  instanceType: ["users", "t3.medium"],
  cpu: ["users", 256],
  memory: ["users", 300],
  egress: ["users", [{ port: 5432, cidr: "10.20.0.0/24" }]],
  reaches: ["users", [{ port: 5432, cidr: "10.20.0.0/24" }]],
  env: ["users", { A: "b" }],
  secrets: ["users", { TOKEN: "secretsmanager:users/token" }],
  iam: ["users", READ],
  sidecars: ["users", { agent: { image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/agent:v1" } }],
  exec: ["users", true],
  stopTimeoutSeconds: ["users", 60],
  deregistrationDelaySeconds: ["users", 60],
  streams: ["users", { within: "5m" }],
  logRetentionDays: ["users", 7],
  migrate: ["users", "up"],
  test: ["users", "true"],
  probes: ["users", ["/users"]],
};

describe("a deploy in CI after another change of the settings", () => {
  let applied: World;
  before(async () => {
    applied = await declare({ services: LIVE, settings: SERVICES, config: STACK });
  });

  /** The `up` of a deploy with these settings; null where the program refuses them. */
  async function deployed(settings: Record<string, object>, stack: object): Promise<World | null> {
    const { live, ...last } = applied.outputs;
    const config = { ...STACK, ...stack, services: settings, live: { ...live, serial: live.serial + 1 } };
    return declare({ services: LIVE, config, last }).catch((error: Error) => {
      if (error.message.startsWith("aoshingo:")) return null;
      throw error;
    });
  }

  /** Resources that the role may not change so, as `type name`. */
  function refused(after: World): string[] {
    const isOf = (types: readonly string[], resource: string) => types.includes(resource.split(" ")[0]!);
    const comesOrGoes = [...additions(applied, after), ...additions(after, applied)].map(
      ({ type, name }) => `${type} ${name}`,
    );
    return differences(withoutHealthChecks(applied), withoutHealthChecks(asApplied(after))).filter(
      (resource) => !isOf(comesOrGoes.includes(resource) ? MADE_BY_DEPLOYS : CHANGED_BY_DEPLOYS, resource),
    );
  }

  /** The world that comes of these inputs: what a resource ignores stays as it is applied. */
  function asApplied(after: World): World {
    const resources = after.resources.map((resource) => {
      const { type, name, inputs } = resource;
      const had = applied.resources.find((each) => each.type === type && each.name === name);
      const ignored = after.ignored.get(`${type} ${name}`) ?? [];
      const kept = Object.keys(inputs).filter((key) => ignored.includes(key));
      return had
        ? { ...resource, inputs: { ...inputs, ...Object.fromEntries(kept.map((key) => [key, had.inputs[key]])) } }
        : resource;
    });
    return { ...after, resources };
  }

  /** The role may change of a target group what it is asked for, which a release takes along, and nothing else. */
  function withoutHealthChecks(world: World): World {
    const resources = world.resources.map((resource) => {
      const { healthCheck: _, ...inputs } = resource.inputs;
      return resource.type === TARGET_GROUP ? { ...resource, inputs } : resource;
    });
    return { ...world, resources };
  }

  /** What preflight refuses a deploy for: settings that only `up` applies, and rights that it has not granted. */
  function named(after: World): string[] {
    const { applied: before, grants = {} } = applied.outputs;
    const missing = Object.entries(after.outputs.grants ?? {}).flatMap(([name, needed]) => {
      const granted = grants[name];
      return granted ? missingGrants(unionOf(needed), unionOf(granted)) : [];
    });
    return [...changedInfrastructure(before.infrastructure, after.outputs.applied.infrastructure), ...missing];
  }

  async function isNamed(settings: Record<string, object>, stack: object): Promise<void> {
    const after = await deployed(settings, stack);
    if (after === null) return;
    const would = refused(after);
    if (would.length > 0) expect(named(after), `it would change ${would.join(", ")}`).not.to.deep.equal([]);
  }

  for (const [key, value] of Object.entries(OTHERS))
    it(`names ${key}, if the role may not apply it`, () => isNamed(SERVICES, { [key]: value }));

  for (const [key, [name, value]] of Object.entries(SERVICE_OTHERS))
    it(`names ${key} of a service, if the role may not apply it`, () =>
      isNamed({ ...SERVICES, [name]: { ...SERVICES[name], [key]: value } }, {}));

  it("names what a new service needs, and what goes with an old one", async () => {
    await isNamed({ ...SERVICES, more: { kind: "api" } }, {});
    const { billing: _, ...fewer } = SERVICES;
    await isNamed(fewer, {});
  });
});
