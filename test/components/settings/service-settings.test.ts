import { expect } from "chai";
import { configurationOf, configurationText } from "../../../components/live/configuration";
import type { LiveService } from "../../../components/live/live";
import { knownImages } from "../../../components/live/sidecars";
import { parseSettings } from "../../../components/settings/settings";
import { additions, differences, EGRESS, GROUP, inputs, ROLE_POLICY, TASK } from "../declared";
import { declare, STATES, V1, type World } from "../world";

const POLICY = "aws:autoscaling/policy:Policy";
const SECRET_ARN = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:users/key-AbCdEf";
const PARAMETER_ARN = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/users/password";
const SECRETS = { PASSWORD: "ssm:/users/password", KEY: "secretsmanager:users/key" };
const json = (text: unknown) => JSON.parse(String(text));
const world = (users: LiveService, settings: object = {}) =>
  declare({ services: { users }, settings: { users: { kind: "api", ...settings } } });

describe("what a service's settings ask for", () => {
  let plain: World;

  before(async () => {
    plain = await world(STATES.flipped);
  });

  describe("sidecars", () => {
    const IMAGE = `public.ecr.aws/xray/aws-xray-daemon@sha256:${"e".repeat(64)}`;
    const PROXY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/proxy";
    const SIDECARS = {
      proxy: { image: `${PROXY}:v1`, essential: false, stopTimeoutSeconds: 5 },
      agent: { image: IMAGE, command: ["-l", "warn"], env: { LEVEL: "warn" }, secrets: SECRETS, cpu: 64, memory: 256 },
    };
    let containers: Record<string, unknown>[];
    let declared: World;

    before(async () => {
      const { services } = parseSettings({
        domain: "example.jp",
        services: { users: { kind: "api", sidecars: SIDECARS } },
      });
      const configuration = configurationOf(
        services.users!,
        () => ({ version: "3" }),
        (name) => (name === "agent" ? IMAGE : `${PROXY}@sha256:${"f".repeat(64)}`),
      );
      const release = { ...V1, configuration: configurationText(configuration) };
      const users: LiveService = {
        ...STATES.flipped,
        colours: { ...STATES.flipped.colours, green: { release, size: 2 } },
      };
      declared = await world(users);
      containers = json(inputs(declared, "users-green-task", TASK).containerDefinitions);
    });

    it("start before the service's own container and stop after it, which finds essential ones by name and has what they leave", () => {
      expect(containers.map(({ name }) => name)).to.deep.equal(["users", "agent", "proxy"]);
      expect(containers[0]).to.deep.include({
        essential: true,
        cpu: 1536 - 64 - 128,
        memory: 1536 - 256 - 128,
        dependsOn: [
          { containerName: "agent", condition: "START" },
          { containerName: "proxy", condition: "START" },
        ],
        links: ["agent"],
      });
    });

    it("have images by digest, variables, secrets and a command of their own", () => {
      const [, agent, proxy] = containers;
      expect(agent).to.deep.include({ image: IMAGE, essential: true, cpu: 64, memory: 256, command: ["-l", "warn"] });
      expect(agent!.environment).to.deep.equal([
        { name: "AWS_REGION", value: "ap-northeast-1" },
        { name: "LEVEL", value: "warn" },
        { name: "RELEASE", value: "v1" },
        { name: "SERVICE", value: "users" },
      ]);
      expect((agent!.secrets as { name: string }[]).map(({ name }) => name)).to.deep.equal(["KEY", "PASSWORD"]);
      expect(proxy).to.deep.include({
        image: `${PROXY}@sha256:${"f".repeat(64)}`,
        essential: false,
        stopTimeout: 5,
      });
      expect(proxy).not.to.have.any.keys("secrets", "command", "portMappings");
    });

    it("are as closed as the service's own container, and log beside it", () => {
      const [own, ...sidecars] = containers;
      for (const key of ["readonlyRootFilesystem", "linuxParameters", "logConfiguration"])
        for (const sidecar of sidecars) expect(sidecar[key], key).to.deep.equal(own![key]);
    });

    it("let the execution role pull their images and read their secrets", () => {
      const [, pull] = json(inputs(declared, "users-pull-and-log", ROLE_POLICY).policy).Statement;
      expect(pull.Resource.slice(1)).to.deep.equal(["arn:aws:ecr:eu-west-1:123456789012:repository/team/proxy"]);
      const [read] = json(inputs(declared, "users-secrets", ROLE_POLICY).policy).Statement;
      expect(read.Resource).to.include(PARAMETER_ARN);
    });

    it("are in no task of a migration", async () => {
      const migrating = await world(STATES.flipped, { migrate: "true", sidecars: SIDECARS });
      const all = json(inputs(migrating, "users-green-migrate-task", TASK).containerDefinitions);
      expect(all.map(({ name }: { name: string }) => name)).to.deep.equal(["users"]);
    });
  });

  describe("environment and secrets", () => {
    let declared: World;

    before(async () => {
      declared = await declare({
        services: { users: STATES.flipped, "user-mail": STATES.start, doodle: STATES.flipped },
        settings: {
          users: {
            kind: "api",
            exposure: ["internal"],
            internalPort: 4711,
            secrets: SECRETS,
          },
          "user-mail": { kind: "worker", queue: true },
          doodle: {
            kind: "api",
            port: 3000,
            calls: ["users"],
            sends: ["user-mail"],
            env: { LEVEL: "info" },
            iam: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::doodles/*"] }],
          },
        },
      });
    });

    it("give a container its surroundings, in the variables' own order", () => {
      const [container] = json(inputs(declared, "doodle-green-task", TASK).containerDefinitions);
      expect(container.environment).to.deep.equal([
        { name: "AWS_REGION", value: "ap-northeast-1" },
        { name: "LEVEL", value: "info" },
        { name: "PORT", value: "3000" },
        { name: "RELEASE", value: "v1" },
        { name: "SERVICE", value: "doodle" },
        { name: "USERS_URL", value: "https://users.internal.example.jp:4711" },
        { name: "USER_MAIL_QUEUE_URL", value: "user-mail-queue.url" },
      ]);
      expect(container).not.to.have.property("secrets");
    });

    it("are the release's own where it has a configuration, whatever the settings say now", async () => {
      const { services } = parseSettings({
        domain: "example.jp",
        services: { users: { kind: "api", memory: 700, env: { LEVEL: "old" }, secrets: SECRETS } },
      });
      const versions = { version: "0f9d4cb8", arn: SECRET_ARN };
      const configuration = configurationOf(
        services.users!,
        (from) => (from.startsWith("ssm:") ? { version: "3" } : versions),
        knownImages({}),
      );
      const release = { ...V1, configuration: configurationText(configuration) };
      const users: LiveService = {
        ...STATES.flipped,
        colours: { ...STATES.flipped.colours, green: { release, size: 2 } },
      };
      const task = inputs(await world(users, { env: { LEVEL: "new" }, memory: 900 }), "users-green-task", TASK);
      const [container] = json(task.containerDefinitions);
      expect(task.memory).to.equal("700");
      expect(container.environment).to.deep.include({ name: "LEVEL", value: "old" });
      expect(container.secrets).to.deep.equal([
        { name: "KEY", valueFrom: `${SECRET_ARN}:::0f9d4cb8` },
        { name: "PASSWORD", valueFrom: PARAMETER_ARN },
      ]);
    });

    it("name secrets by ARN and let the execution role read exactly those", () => {
      const [container] = json(inputs(declared, "users-green-task", TASK).containerDefinitions);
      expect(container.secrets).to.deep.equal([
        { name: "KEY", valueFrom: SECRET_ARN },
        { name: "PASSWORD", valueFrom: PARAMETER_ARN },
      ]);
      const policy = inputs(declared, "users-secrets", ROLE_POLICY);
      expect(policy.role).to.equal("users-execution");
      expect(json(policy.policy).Statement).to.deep.equal([
        {
          Sid: "ReadOwnSecrets",
          Effect: "Allow",
          Action: ["ssm:GetParameters", "secretsmanager:GetSecretValue"],
          Resource: [SECRET_ARN, PARAMETER_ARN],
        },
      ]);
    });

    it("let the service's code do what its statements say", () => {
      const policy = inputs(declared, "doodle-code", ROLE_POLICY);
      expect(policy.role).to.equal("doodle-task");
      expect(json(policy.policy).Statement.at(-1)).to.deep.equal({
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: ["arn:aws:s3:::doodles/*"],
      });
    });
  });

  it("let instances out to each place of egress by one rule", async () => {
    const egress = [
      { port: 5432, cidr: "10.20.0.0/24" },
      { port: 6379, securityGroup: "sg-0123456789abcdef0" },
    ];
    const declared = await world(STATES.flipped, { egress });
    const rules = additions(plain, declared);
    expect(rules.map(({ type, name }) => [type, name])).to.deep.equal([
      [EGRESS, "users-reaches-5432-at-10.20.0.0-24"],
      [EGRESS, "users-reaches-6379-at-sg-0123456789abcdef0"],
    ]);
    expect(differences(plain, declared)).to.have.length(2);
    const common = { securityGroupId: "users-instances-id", ipProtocol: "tcp" };
    expect(rules[0]!.inputs).to.deep.include({ ...common, fromPort: 5432, toPort: 5432, cidrIpv4: "10.20.0.0/24" });
    expect(rules[0]!.inputs).to.not.have.property("referencedSecurityGroupId");
    expect(rules[1]!.inputs).to.deep.include({
      ...common,
      ...{ fromPort: 6379, toPort: 6379, referencedSecurityGroupId: "sg-0123456789abcdef0" },
    });
    expect(rules[1]!.inputs).to.not.have.property("cidrIpv4");
    expect(declared.outputs.grants.users!.blue.egress).to.deep.equal(egress);
  });

  it("keep a place open for the release that runs, when the settings name it no longer", async () => {
    const database = { port: 5432, cidr: "10.20.0.0/24" };
    const granted = { calls: [], sends: [], egress: [database], secretArns: [], iam: [] };
    const last = { grants: { users: { blue: granted, green: granted } } };
    const declared = await declare({ services: { users: STATES.flipped }, last });
    expect(additions(plain, declared).map(({ name }) => name)).to.deep.equal(["users-reaches-5432-at-10.20.0.0-24"]);
    expect(declared.outputs.grants.users).to.deep.equal({ blue: { ...granted, egress: [] }, green: granted });
  });

  it("run a migration beside the service's own task: same image, same environment, no port", async () => {
    const declared = await world(STATES.flipped, { migrate: "npm run migrate" });
    expect(additions(plain, declared).map(({ type, name }) => [type, name])).to.deep.equal([
      [TASK, "users-blue-migrate-task"],
      [TASK, "users-green-migrate-task"],
    ]);
    expect(differences(plain, declared)).to.have.length(2);
    const task = inputs(declared, "users-green-migrate-task", TASK);
    expect(task).to.include({ family: "aoshingo-prod-users-green-migrate", executionRoleArn: "users-execution.arn" });
    expect(task).not.to.have.any.keys("cpu", "memory");
    const [container] = json(task.containerDefinitions);
    const [own] = json(inputs(declared, "users-green-task", TASK).containerDefinitions);
    const { portMappings: _, logConfiguration, ...common } = own;
    expect(container).to.deep.equal({
      ...common,
      entryPoint: ["sh", "-c"],
      command: ["npm run migrate"],
      memoryReservation: 32,
      logConfiguration: {
        ...logConfiguration,
        options: { ...logConfiguration.options, "awslogs-stream-prefix": "green-migrate" },
      },
    });
    const { colours } = declared.outputs.services.users!;
    expect(colours.green.migrationTaskDefinition).to.equal("users-green-migrate-task.arn");
    expect(colours.blue.migrationTaskDefinition).to.equal("users-blue-migrate-task.arn");
  });

  describe("a size range", () => {
    const size = { min: 2, max: 6, targetCpuPercent: 55 };

    it("lets the number follow the CPU on the active colour while it runs", async () => {
      const declared = await world(STATES.flipped, { size });
      expect(additions(plain, declared).map(({ type, name }) => [type, name])).to.deep.equal([
        [POLICY, "users-green-scaling"],
      ]);
      expect(inputs(declared, "users-green-scaling", POLICY)).to.deep.include({
        autoscalingGroupName: "users-green-instances",
        policyType: "TargetTrackingScaling",
        targetTrackingConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
          targetValue: 55,
        },
      });
      expect(inputs(declared, "users-green-instances", GROUP)).to.include({ minSize: 2, maxSize: 6 });
      expect(inputs(declared, "users-blue-instances", GROUP)).to.include({ minSize: 0, maxSize: 0 });
    });

    it("lets the number follow the requests too, on each edge, through the active colour's own load balancer", async () => {
      const edges = { exposure: ["public", "internal"] };
      const byCpu = await world(STATES.flipped, { ...edges, size });
      const declared = await world(STATES.flipped, { ...edges, size: { ...size, targetRequestsPerMinute: 600 } });
      expect(additions(byCpu, declared).map(({ type, name }) => [type, name])).to.deep.equal([
        [POLICY, "users-green-at-green-requests"],
        [POLICY, "users.internal-green-at-green-requests"],
      ]);
      expect(differences(byCpu, declared)).to.have.length(2);
      expect(inputs(declared, "users.internal-green-at-green-requests", POLICY)).to.deep.include({
        autoscalingGroupName: "users-green-instances",
        targetTrackingConfiguration: {
          predefinedMetricSpecification: {
            predefinedMetricType: "ALBRequestCountPerTarget",
            resourceLabel: "alb-internal-green.suffix/users.internal-green-at-green.suffix",
          },
          targetValue: 600,
        },
      });
    });

    it("counts requests on both load balancers where another service decides to which a shared host leads", async () => {
      const requests = { ...size, targetRequestsPerMinute: 600 };
      const { resources } = await declare({
        services: { users: STATES.flipped, web: STATES.second },
        settings: {
          users: { kind: "api", hosts: ["example.jp"], paths: ["/users/*"], size: requests },
          web: { kind: "api", hosts: ["example.jp"], size: requests },
        },
      });
      const names = resources.flatMap(({ type, name }) => (type === POLICY && name.endsWith("requests") ? [name] : []));
      expect(names).to.deep.equal([
        "users-green-at-blue-requests",
        "users-green-at-green-requests",
        "web-blue-at-blue-requests",
      ]);
    });

    it("counts requests on the one load balancer that a colour is on with cutover: dns", async () => {
      const settings = { users: { kind: "api", size: { ...size, targetRequestsPerMinute: 600 } } };
      const { resources } = await declare({ cutover: "dns", services: { users: STATES.flipped }, settings });
      const names = resources.flatMap(({ type, name }) => (type === POLICY ? [name] : []));
      expect(names).to.deep.equal(["users-green-at-green-requests", "users-green-scaling"]);
    });

    it("has one action that ends an idle colour which is kept warm, and no minimum by schedule there", async () => {
      const { active, colours } = STATES.second;
      const idle = active === "blue" ? "green" : "blue";
      const until = Date.UTC(2100, 0, 1);
      const kept = { active, colours: { ...colours, [idle]: { ...colours[idle], until } } };
      const schedule = [{ from: "08:30", to: "20:00", min: 4 }];
      const declared = await world(kept, { size: { ...size, schedule } });
      const name = `users-${idle}-end-keep-warm`;
      const actions = declared.resources.filter(({ type }) => type === "aws:autoscaling/schedule:Schedule");
      expect(
        actions.flatMap((action) => (action.name.startsWith(`users-${idle}-`) ? [action.name] : [])),
      ).to.deep.equal([name]);
      expect(inputs(declared, name, "aws:autoscaling/schedule:Schedule")).to.deep.equal({
        autoscalingGroupName: `users-${idle}-instances`,
        scheduledActionName: "end-keep-warm",
        startTime: "2100-01-01T00:00:20Z",
        minSize: 0,
        maxSize: 0,
        desiredCapacity: 0,
      });
    });

    describe("with a schedule", () => {
      const SCHEDULE = "aws:autoscaling/schedule:Schedule";
      const days = ["Mon", "Tue", "Wed", "Thu", "Fri"];
      const scheduled = {
        ...{ ...size, timeZone: "Asia/Tokyo" },
        schedule: [{ days, from: "08:30", to: "20:00", min: 4 }],
      };

      const running = async (state: LiveService) =>
        (await world(state, { size: scheduled })).resources.flatMap(({ type, name }) =>
          type === SCHEDULE ? [name] : [],
        );

      it("has scheduled actions that change the minimum alone, on both colours while they run", async () => {
        const declared = await world(STATES.second, { size: scheduled });
        const actions = ["min-at-0830", "min-at-2000"];
        expect(await running(STATES.second)).to.have.members(
          ["blue", "green"].flatMap((colour) => actions.map((action) => `users-${colour}-${action}`)),
        );
        expect(await running(STATES.flipped)).to.have.members(actions.map((action) => `users-green-${action}`));
        expect(inputs(declared, `users-blue-${actions[0]}`, SCHEDULE)).to.deep.equal({
          autoscalingGroupName: "users-blue-instances",
          scheduledActionName: actions[0],
          recurrence: "30 8 * * 1,2,3,4,5",
          timeZone: "Asia/Tokyo",
          minSize: 4,
          maxSize: -1,
          desiredCapacity: -1,
        });
      });

      it("names UTC where the settings name no zone: Auto Scaling would keep the former one", async () => {
        const { timeZone: _, ...inUtc } = scheduled;
        const declared = await world(STATES.flipped, { size: inUtc });
        const actions = declared.resources.filter(({ type }) => type === SCHEDULE);
        expect(actions.map(({ inputs: { timeZone } }) => timeZone)).to.deep.equal(["Etc/UTC", "Etc/UTC"]);
      });
    });

    it("leaves the idle colour at its live size, with room to follow", async () => {
      const declared = await world(STATES.warm, { size });
      expect(additions(await world(STATES.warm), declared)).to.deep.equal([]);
      expect(inputs(declared, "users-green-instances", GROUP)).to.include({
        minSize: 2,
        desiredCapacity: 2,
        maxSize: 6,
      });
    });

    it("never puts a maximum below the live size", async () => {
      const large: LiveService = {
        active: "green",
        colours: { blue: { release: null, size: 0 }, green: { release: V1, size: 9 } },
      };
      expect(inputs(await world(large, { size }), "users-green-instances", GROUP)).to.include({
        minSize: 9,
        maxSize: 9,
      });
    });

    it("waits for a deploy when it is a single number", async () => {
      const declared = await world(STATES.flipped, { size: 4 });
      expect(differences(plain, declared)).to.deep.equal([]);
    });
  });
});
