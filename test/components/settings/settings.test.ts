import { expect } from "chai";
import fc from "fast-check";
import { UserError } from "../../../components/core/user-error";
import { defaultInternalPort } from "../../../components/settings/internal-port";
import { parseSettings, settingsOf } from "../../../components/settings/settings";

const users = { kind: "api" };
const good = { domain: "example.jp", services: { users } };

function problemsOf(raw: Record<string, unknown>): string[] {
  try {
    parseSettings(raw);
    return [];
  } catch (error) {
    expect(error).to.be.instanceOf(UserError).with.property("exitCode", 2);
    return (error as UserError).message.split("\n");
  }
}

/** Problems of a service `users` with these values. */
const service = (values: Record<string, unknown>) =>
  problemsOf({ ...good, services: { users: { ...users, ...values } } });
const NAME = "a name of 2 to 30 lower-case letters, digits and single hyphens, first a letter, last no hyphen";

describe("settings", () => {
  it("fills in the defaults", () => {
    expect(parseSettings(good)).to.deep.equal({
      domain: "example.jp",
      furtherDomains: [],
      databases: {},
      freeze: [],
      notify: [],
      cutover: "routed",
      deletionProtection: true,
      network: { cidr: "10.0.0.0/16", zones: 2, nat: "single", flowLogs: "none" },
      deploy: {
        drainSeconds: 80,
        steadySeconds: 30,
        healthyWithinSeconds: 900,
        approveWithin: "30m",
        drainCapSeconds: 300,
        atDrainCap: "retire",
        ramp: [],
        rampPauseSeconds: 180,
        bakeSeconds: 180,
        alarms: [],
        maxErrorPercent: 1,
        maxLatencyRatio: 2,
        metricPeriodSeconds: 60,
      },
      services: {
        users: {
          kind: "api",
          exposure: ["public"],
          hosts: [],
          calls: [],
          sends: [],
          uses: [],
          queue: null,
          schedule: null,
          protocol: "http1",
          port: 8080,
          internalPort: defaultInternalPort("users"),
          size: { min: 2, max: 2, targetCpuPercent: 60, schedule: [] },
          healthCheck: { path: "/healthz", intervalSeconds: 10, timeoutSeconds: 5, healthyCount: 2, unhealthyCount: 2 },
          instanceType: "t3.small",
          cpu: 1536,
          memory: 1536,
          egress: [],
          env: {},
          secrets: {},
          iam: [],
          sidecars: {},
          exec: false,
          stopTimeoutSeconds: 30,
          deregistrationDelaySeconds: 30,
          streams: null,
          logRetentionDays: 30,
          probes: [],
        },
      },
    });
  });

  it("completes what has a short form", () => {
    const mailer = { kind: "worker", queue: true, size: { min: 1, max: 4 } };
    const core = { kind: "api", exposure: ["internal"], internalPort: 4711, size: 3 };
    const { services } = parseSettings({ ...good, services: { mailer, core } });
    expect(services.mailer).to.deep.include({
      exposure: [],
      queue: { visibilityTimeoutSeconds: 60, maxReceiveCount: 5 },
      size: { min: 1, max: 4, targetCpuPercent: 60, schedule: [] },
    });
    expect(services.core).to.deep.include({
      exposure: ["internal"],
      queue: null,
      internalPort: 4711,
      size: { min: 3, max: 3, targetCpuPercent: 60, schedule: [] },
    });
  });

  it("gives a service the internal port of its name, whoever else is there", () => {
    const ports = (names: string[]) =>
      parseSettings({ ...good, services: Object.fromEntries(names.map((name) => [name, users])) }).services;
    expect(ports(["users"]).users!.internalPort).to.equal(ports(["doodle", "users"]).users!.internalPort);
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(defaultInternalPort(name)).to.be.within(2000, 9999);
      }),
    );
  });

  it("freezes all of it", () => {
    const settings = parseSettings(good);
    for (const part of [settings, settings.services, settings.services.users, settings.services.users!.healthCheck]) {
      expect(part).to.be.frozen;
    }
  });

  const table: [string, string[], string[]][] = [
    [
      "nothing at all",
      problemsOf({}),
      [
        "aoshingo:domain: missing, wanted a domain name in lower case of up to 64 characters, such as example.jp",
        "aoshingo:services: missing, wanted a map from service name to its settings",
      ],
    ],
    [
      "a domain in capitals",
      problemsOf({ ...good, domain: "Example.jp" }),
      [
        'aoshingo:domain: given "Example.jp", wanted a domain name in lower case of up to 64 characters, such as example.jp',
      ],
    ],
    [
      "an unknown key",
      problemsOf({ ...good, cutOver: "dns" }),
      [
        "aoshingo:cutOver: unknown key, wanted cutover, or else one of domain, furtherDomains, services, databases, testHeader, notify, cutover, network, deploy, freeze, ci, containerInsights, webAcl or deletionProtection",
      ],
    ],
    [
      "an unknown cutover",
      problemsOf({ ...good, cutover: "slow" }),
      ['aoshingo:cutover: given "slow", wanted routed or dns'],
    ],
    [
      "one zone",
      problemsOf({ ...good, network: { zones: 1 } }),
      ["aoshingo:network.zones: given 1, wanted a whole number from 2 to 4"],
    ],
    [
      "a network with host bits",
      problemsOf({ ...good, network: { cidr: "10.0.0.1/16" } }),
      ['aoshingo:network.cidr: given "10.0.0.1/16", wanted 10.0.0.0/16'],
    ],
    [
      "a network of no hosts",
      problemsOf({ ...good, network: { cidr: "127.0.0.0/16" } }),
      ['aoshingo:network.cidr: given "127.0.0.0/16", wanted a network for hosts, such as 10.0.0.0/16'],
    ],
    [
      "a network that is too small",
      problemsOf({ ...good, network: { cidr: "10.0.0.0/24" } }),
      ['aoshingo:network.cidr: given "10.0.0.0/24", wanted an IPv4 network from /16 to /22, such as 10.0.0.0/16'],
    ],
    [
      "a negative drain",
      problemsOf({ ...good, deploy: { drainSeconds: -1 } }),
      ["aoshingo:deploy.drainSeconds: given -1, wanted a number of seconds from 0 to 3600"],
    ],
    [
      "protection that is neither true nor false",
      problemsOf({ ...good, deletionProtection: "yes" }),
      ['aoshingo:deletionProtection: given "yes", wanted true or false'],
    ],
    [
      "services as a list",
      problemsOf({ ...good, services: ["users"] }),
      ['aoshingo:services: given ["users"], wanted a map from service name to its settings'],
    ],
    [
      "a service without settings",
      problemsOf({ ...good, services: { users: null } }),
      ["aoshingo:services.users: given null, wanted a map of settings"],
    ],
    [
      "a service without kind",
      problemsOf({ ...good, services: { users: {} } }),
      ["aoshingo:services.users.kind: missing, wanted api, worker or job"],
    ],
    [
      "an unknown kind",
      service({ kind: "cron" }),
      ['aoshingo:services.users.kind: given "cron", wanted api, worker or job'],
    ],
    [
      "an unknown edge",
      service({ exposure: ["public", "private"] }),
      ['aoshingo:services.users.exposure.1: given "private", wanted public or internal'],
    ],
    [
      "no exposure",
      service({ exposure: [] }),
      ["aoshingo:services.users.exposure: given [], wanted a list of edges: [public], [internal] or both"],
    ],
    [
      "an edge twice",
      service({ exposure: ["public", "public"] }),
      [
        'aoshingo:services.users.exposure: given ["public","public"], wanted a list of edges: [public], [internal] or both, each once',
      ],
    ],
    [
      "calls that are no list",
      service({ calls: "doodle", sends: [1] }),
      [
        'aoshingo:services.users.calls: given "doodle", wanted a list of services that are exposed internally',
        "aoshingo:services.users.sends.0: given 1, wanted the name of a worker",
      ],
    ],
    [
      "a port in words",
      service({ port: "http" }),
      ['aoshingo:services.users.port: given "http", wanted a whole number from 1 to 65535'],
    ],
    ["size 0", service({ size: 0 }), ["aoshingo:services.users.size: given 0, wanted a whole number from 1 to 100"]],
    [
      "a size in words",
      service({ size: "two" }),
      ['aoshingo:services.users.size: given "two", wanted a whole number from 1 to 100, or a map of min and max'],
    ],
    [
      "a size with half an instance",
      service({ size: 1.5 }),
      ["aoshingo:services.users.size: given 1.5, wanted a whole number from 1 to 100, or a map of min and max"],
    ],
    [
      "a size from 0, without max, with a key that is none",
      service({ size: { min: 0, most: 3 } }),
      [
        "aoshingo:services.users.size.min: given 0, wanted a whole number from 1 to 100",
        "aoshingo:services.users.size.max: missing, wanted a whole number from 1 to 100",
        "aoshingo:services.users.size.most: unknown key, wanted min, max, targetCpuPercent, targetRequestsPerMinute, schedule or timeZone",
      ],
    ],
    [
      "a schedule of the size with a wrong day, time and key",
      service({ size: { min: 1, max: 4, schedule: [{ days: ["Lun"], from: "8:00", to: "25:00", most: 3 }] } }),
      [
        'aoshingo:services.users.size.schedule.0.days.0: given "Lun", wanted Mon, Tue, Wed, Thu, Fri, Sat or Sun',
        'aoshingo:services.users.size.schedule.0.from: given "8:00", wanted a time in quotes, such as "08:00"',
        'aoshingo:services.users.size.schedule.0.to: given "25:00", wanted a time in quotes, such as "20:00"; "24:00" is the end of the day',
        "aoshingo:services.users.size.schedule.0.min: missing, wanted a whole number from 1 to 100",
        "aoshingo:services.users.size.schedule.0.most: unknown key, wanted days, from, to or min",
      ],
    ],
    [
      "a time without quotes, which YAML reads as a number, and no such zone",
      service({ size: { min: 1, max: 4, schedule: [{ from: 480, to: "20:00", min: 2 }], timeZone: "Tokyo" } }),
      [
        'aoshingo:services.users.size.schedule.0.from: given 480, wanted a time in quotes, such as "08:00"',
        'aoshingo:services.users.size.timeZone: given "Tokyo", wanted a time zone, such as Asia/Tokyo',
      ],
    ],
    [
      "no queue",
      service({ kind: "worker", queue: false }),
      [
        "aoshingo:services.users.queue: given false, wanted true, or a map of visibilityTimeoutSeconds and maxReceiveCount",
      ],
    ],
    [
      "a queue with a key that is none and a count that cannot be",
      service({ kind: "worker", queue: { visibilitySeconds: 60, maxReceiveCount: 0 } }),
      [
        "aoshingo:services.users.queue.maxReceiveCount: given 0, wanted a whole number from 1 to 1000",
        "aoshingo:services.users.queue.visibilitySeconds: unknown key, wanted visibilityTimeoutSeconds or maxReceiveCount",
      ],
    ],
    [
      "an internal port that only root may listen on",
      service({ exposure: ["internal"], internalPort: 443 }),
      ["aoshingo:services.users.internalPort: given 443, wanted a whole number from 1024 to 65535"],
    ],
    [
      "variables that are no text",
      service({ env: { LEVEL: 1, DEBUG: true } }),
      [
        "aoshingo:services.users.env.LEVEL: given 1, wanted text (a number or true in quotes)",
        "aoshingo:services.users.env.DEBUG: given true, wanted text (a number or true in quotes)",
      ],
    ],
    [
      "variables in a list",
      service({ env: ["LEVEL=1"] }),
      ['aoshingo:services.users.env: given ["LEVEL=1"], wanted a map from variable names to values'],
    ],
    [
      "secrets themselves, without showing them",
      service({ secrets: { TOKEN: "hunter2", KEY: "ssm:/users/" } }),
      ["TOKEN", "KEY"].map(
        (name) =>
          `aoshingo:services.users.secrets.${name}: given a value that is not shown, wanted where the value is kept, such as ssm:/prod/users/token or secretsmanager:prod/users/token`,
      ),
    ],
    [
      "the ways to secrets, with the part that is wrong",
      service({
        secrets: {
          SLASH: "ssm:users/key",
          ARN: "secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/x",
          PARAMETER: "ssm:arn:aws:ssm:eu-west-1:123456789012:parameter/prod/x",
          ALONE: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/x",
        },
      }),
      [
        [
          "SLASH",
          "a slash after ssm:, as in ssm:/prod/users/token: the name of a parameter with levels begins with one",
        ],
        ...["ARN", "PARAMETER", "ALONE"].map((name) => [
          name,
          "the name alone and no ARN, such as secretsmanager:prod/users/token",
        ]),
      ].map(
        ([name, wanted]) =>
          `aoshingo:services.users.secrets.${name}: given a value that is not shown, wanted ${wanted}`,
      ),
    ],
    [
      "a secret of Pulumi where none can be, without its ciphertext",
      service({ env: { TOKEN: { secure: "v1:AAAA:BBBB" } } }),
      ['aoshingo:services.users.env.TOKEN: given "[secret]", wanted text (a number or true in quotes)'],
    ],
    [
      "rights to everything, or to nothing",
      service({
        iam: [
          {
            actions: ["*"],
            resources: ["bucket", "arn:foo", "arn:asw:s3:::shop/*", "arn:aws:s3:::shop/*", "arn:aws:s*:::shop/*"],
          },
          { actions: [], resource: "*" },
        ],
      }),
      [
        'aoshingo:services.users.iam.0.actions.0: given "*", wanted an action, such as s3:GetObject',
        'aoshingo:services.users.iam.0.resources.0: given "bucket", wanted an ARN without a wildcard in its service, such as arn:aws:s3:::bucket/*, or *',
        'aoshingo:services.users.iam.0.resources.1: given "arn:foo", wanted an ARN without a wildcard in its service, such as arn:aws:s3:::bucket/*, or *',
        'aoshingo:services.users.iam.0.resources.2: given "arn:asw:s3:::shop/*", wanted an ARN without a wildcard in its service, such as arn:aws:s3:::bucket/*, or *',
        'aoshingo:services.users.iam.0.resources.4: given "arn:aws:s*:::shop/*", wanted an ARN without a wildcard in its service, such as arn:aws:s3:::bucket/*, or *',
        "aoshingo:services.users.iam.1.actions: given [], wanted a list of actions, such as s3:GetObject",
        "aoshingo:services.users.iam.1.resources: missing, wanted a list of ARNs",
        "aoshingo:services.users.iam.1.resource: unknown key, wanted resources, or else one of actions or resources",
      ],
    ],
    [
      "a health check path without slash",
      service({ healthCheck: { path: "healthz" } }),
      [
        'aoshingo:services.users.healthCheck.path: given "healthz", wanted a path that begins with /, up to 1024 characters',
      ],
    ],
    [
      "one healthy check",
      service({ healthCheck: { healthyCount: 1 } }),
      ["aoshingo:services.users.healthCheck.healthyCount: given 1, wanted a whole number from 2 to 10"],
    ],
    [
      "no instance type",
      service({ instanceType: "small" }),
      ['aoshingo:services.users.instanceType: given "small", wanted an EC2 instance type, such as t3.small'],
    ],
    [
      "a retention that CloudWatch does not take",
      service({ logRetentionDays: 31 }),
      [
        "aoshingo:services.users.logRetentionDays: given 31, wanted one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
      ],
    ],
    [
      "empty commands",
      service({ test: "", migrate: "" }),
      [
        'aoshingo:services.users.migrate: given "", wanted a shell command',
        'aoshingo:services.users.test: given "", wanted a shell command',
      ],
    ],
    [
      "probes that are no paths, or too many",
      problemsOf({
        ...good,
        services: {
          users: { kind: "api", probes: ["users", "/a#b", "/b c"] },
          doodle: { kind: "api", probes: ["/1", "/2", "/3", "/4", "/5", "/6"] },
          shop: { kind: "api", probes: ["/1", "/1"] },
          site: { kind: "api", probes: "/1" },
        },
      }),
      [
        ...['users.probes.0: given "users"', 'users.probes.1: given "/a#b"', 'users.probes.2: given "/b c"'].map(
          (given) =>
            `aoshingo:services.${given}, wanted a path that begins with /, in the characters of a URL (others percent-encoded), such as /users?limit=1`,
        ),
        'aoshingo:services.doodle.probes: given ["/1","/2","/3","/4","/5","/6"], wanted a list of at most 5 paths, such as [/users?limit=1]',
        'aoshingo:services.shop.probes: given ["/1","/1"], wanted a list of at most 5 paths, such as [/users?limit=1], each once',
        'aoshingo:services.site.probes: given "/1", wanted a list of at most 5 paths, such as [/users?limit=1]',
      ],
    ],
    [
      "several problems in several places, all of them",
      problemsOf({
        domain: 7,
        zone: 1,
        services: { Users: { port: 0, prot: 1 }, doodle: { kind: "api", memory: 9999 } },
      }),
      [
        "aoshingo:domain: given 7, wanted a domain name in lower case of up to 64 characters, such as example.jp",
        "aoshingo:services.Users.kind: missing, wanted api, worker or job",
        "aoshingo:services.Users.port: given 0, wanted a whole number from 1 to 65535",
        "aoshingo:services.Users.prot: unknown key, wanted port, or else one of kind, schedule, timeZone, exposure, hosts, paths, calls, sends, uses, queue, protocol, port, internalPort, size, healthCheck, instanceType, cpu, memory, egress, env, secrets, iam, sidecars, exec, stopTimeoutSeconds, deregistrationDelaySeconds, streams, logRetentionDays, migrate, test or probes",
        "aoshingo:zone: unknown key, wanted aoshingo:freeze.*.zone (the key belongs there), or else one of domain, furtherDomains, services, databases, testHeader, notify, cutover, network, deploy, freeze, ci, containerInsights, webAcl or deletionProtection",
        `aoshingo:services.Users: given "Users", wanted ${NAME}`,
        "aoshingo:services.doodle.memory: given 9999, wanted at most 1740, what a t3.small has for a task",
      ],
    ],
  ];
  for (const [what, problems, wanted] of table) {
    it(`refuses ${what}`, () => {
      expect(problems).to.deep.equal(wanted);
    });
  }

  it("never fails but with problems that name their path", () => {
    fc.assert(
      fc.property(fc.object({ key: fc.constantFrom("domain", "services", "users", "port", "network", "x") }), (raw) => {
        for (const line of problemsOf(raw))
          expect(line).to.match(/^aoshingo:\S+: (missing|given .+|unknown key), wanted ./);
      }),
    );
  });

  it("reads a stack's config as the engine hands it over, without live state and others' keys", () => {
    const config = {
      "aws:region": "x",
      "aoshingo:domain": "example.jp",
      "aoshingo:deletionProtection": "false",
      "aoshingo:services": '{"users":{"kind":"api"}}',
      "aoshingo:live": "{}",
    };
    expect(settingsOf(config)).to.deep.equal({ ...good, deletionProtection: false });
  });
});
