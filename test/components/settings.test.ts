import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { productionHost, testHost } from "../../components/host-names";
import { parseSettings, settingsOf } from "../../components/settings";
import { UserError } from "../../components/user-error";

const users = { kind: "api" };
const good = { domain: "example.jp", services: { users } };

function faultsOf(raw: Record<string, unknown>): string[] {
  try {
    parseSettings(raw);
    return [];
  } catch (error) {
    expect(error).to.be.instanceOf(UserError).with.property("exitCode", 2);
    return (error as UserError).message.split("\n");
  }
}

/** Faults of a service `users` with these values. */
const service = (values: Record<string, unknown>) =>
  faultsOf({ ...good, services: { users: { ...users, ...values } } });
const NAME = "a name of 2 to 30 lower-case letters, digits and single hyphens, first a letter, last no hyphen";

describe("settings", () => {
  it("fills in the defaults", () => {
    expect(parseSettings(good)).to.deep.equal({
      domain: "example.jp",
      cutover: "routed",
      deletionProtection: true,
      network: { cidr: "10.0.0.0/16", zones: 2, nat: "single" },
      deploy: { drainSeconds: 80 },
      services: {
        users: {
          kind: "api",
          exposure: ["public"],
          port: 8080,
          size: 2,
          healthCheck: { path: "/healthz", intervalSeconds: 10, timeoutSeconds: 5, healthyCount: 2, unhealthyCount: 2 },
          instanceType: "t3.small",
          cpu: 1536,
          memory: 1536,
          deregistrationDelaySeconds: 30,
          logRetentionDays: 30,
        },
      },
    });
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
      faultsOf({}),
      [
        "aoshingo:domain: missing, wanted a domain name in lower case of up to 64 characters, such as example.jp",
        "aoshingo:services: missing, wanted a map from service name to its settings",
      ],
    ],
    [
      "a domain in capitals",
      faultsOf({ ...good, domain: "Example.jp" }),
      [
        'aoshingo:domain: given "Example.jp", wanted a domain name in lower case of up to 64 characters, such as example.jp',
      ],
    ],
    [
      "an unknown key",
      faultsOf({ ...good, cutOver: "dns" }),
      ["aoshingo:cutOver: unknown key, wanted domain, services, cutover, network, deploy or deletionProtection"],
    ],
    [
      "an unknown cutover",
      faultsOf({ ...good, cutover: "slow" }),
      ['aoshingo:cutover: given "slow", wanted routed or dns'],
    ],
    [
      "one zone",
      faultsOf({ ...good, network: { zones: 1 } }),
      ["aoshingo:network.zones: given 1, wanted a whole number from 2 to 4"],
    ],
    [
      "a network with host bits",
      faultsOf({ ...good, network: { cidr: "10.0.0.1/16" } }),
      ['aoshingo:network.cidr: given "10.0.0.1/16", wanted an IPv4 network from /16 to /22, such as 10.0.0.0/16'],
    ],
    [
      "a network that is too small",
      faultsOf({ ...good, network: { cidr: "10.0.0.0/24" } }),
      ['aoshingo:network.cidr: given "10.0.0.0/24", wanted an IPv4 network from /16 to /22, such as 10.0.0.0/16'],
    ],
    [
      "a negative drain",
      faultsOf({ ...good, deploy: { drainSeconds: -1 } }),
      ["aoshingo:deploy.drainSeconds: given -1, wanted a number of seconds from 0 to 3600"],
    ],
    [
      "protection that is neither true nor false",
      faultsOf({ ...good, deletionProtection: "yes" }),
      ['aoshingo:deletionProtection: given "yes", wanted true or false'],
    ],
    [
      "services as a list",
      faultsOf({ ...good, services: ["users"] }),
      ['aoshingo:services: given ["users"], wanted a map from service name to its settings'],
    ],
    [
      "a service without settings",
      faultsOf({ ...good, services: { users: null } }),
      ["aoshingo:services.users: given null, wanted a map of settings"],
    ],
    [
      "a service without kind",
      faultsOf({ ...good, services: { users: {} } }),
      ["aoshingo:services.users.kind: missing, wanted api"],
    ],
    [
      "a worker",
      service({ kind: "worker" }),
      ['aoshingo:services.users.kind: given "worker", wanted api (workers are not there yet)'],
    ],
    [
      "internal exposure",
      service({ exposure: ["public", "internal"] }),
      ['aoshingo:services.users.exposure.1: given "internal", wanted public (internal exposure is not there yet)'],
    ],
    [
      "no exposure",
      service({ exposure: [] }),
      ["aoshingo:services.users.exposure: given [], wanted a list of edges: [public]"],
    ],
    [
      "a port in words",
      service({ port: "http" }),
      ['aoshingo:services.users.port: given "http", wanted a whole number from 1 to 65535'],
    ],
    ["size 0", service({ size: 0 }), ["aoshingo:services.users.size: given 0, wanted a whole number from 1 to 100"]],
    [
      "a health check path without slash",
      service({ healthCheck: { path: "healthz" } }),
      [
        'aoshingo:services.users.healthCheck.path: given "healthz", wanted a path that begins with /, up to 1024 characters',
      ],
    ],
    [
      "a timeout as long as the interval",
      service({ healthCheck: { intervalSeconds: 5 } }),
      ["aoshingo:services.users.healthCheck.timeoutSeconds: given 5, wanted less than intervalSeconds, which is 5"],
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
      "an instance type of unknown size",
      service({ instanceType: "x2gd.medium", cpu: 1024 }),
      ["aoshingo:services.users.memory: missing, wanted a value: the size of x2gd.medium is not known here"],
    ],
    [
      "a task that does not fit",
      service({ cpu: 4096, memory: 2048 }),
      [
        "aoshingo:services.users.cpu: given 4096, wanted at most 2048, what a t3.small has for a task",
        "aoshingo:services.users.memory: given 2048, wanted at most 1740, what a t3.small has for a task",
      ],
    ],
    [
      "a retention that CloudWatch does not take",
      service({ logRetentionDays: 31 }),
      [
        "aoshingo:services.users.logRetentionDays: given 31, wanted one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
      ],
    ],
    ["an empty test", service({ test: "" }), ['aoshingo:services.users.test: given "", wanted a shell command']],
    [
      "a name in capitals",
      faultsOf({ ...good, services: { Users: users } }),
      [`aoshingo:services.Users: given "Users", wanted ${NAME}`],
    ],
    [
      "a name of 31 characters",
      faultsOf({ ...good, services: { ["u".repeat(31)]: users } }),
      [`aoshingo:services.${"u".repeat(31)}: given "${"u".repeat(31)}", wanted ${NAME}`],
    ],
    [
      "two services with one host name",
      faultsOf({ ...good, services: { users, "users-test": users } }),
      [
        'aoshingo:services.users-test: given "users-test", wanted another name: users-test.example.jp is the test name of users',
      ],
    ],
    [
      "51 services",
      faultsOf({ ...good, services: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`s${i}`, users])) }),
      [
        "aoshingo:services: given 51, wanted at most 50 services on the edge public (a load balancer has 100 target groups and a service takes two: move some to a stack of their own)",
      ],
    ],
    [
      "several faults in several places, all of them",
      faultsOf({
        domain: 7,
        zone: 1,
        services: { Users: { port: 0, prot: 1 }, doodle: { kind: "api", memory: 9999 } },
      }),
      [
        "aoshingo:domain: given 7, wanted a domain name in lower case of up to 64 characters, such as example.jp",
        "aoshingo:services.Users.kind: missing, wanted api",
        "aoshingo:services.Users.port: given 0, wanted a whole number from 1 to 65535",
        "aoshingo:services.Users.prot: unknown key, wanted kind, exposure, port, size, healthCheck, instanceType, cpu, memory, deregistrationDelaySeconds, logRetentionDays or test",
        "aoshingo:zone: unknown key, wanted domain, services, cutover, network, deploy or deletionProtection",
        `aoshingo:services.Users: given "Users", wanted ${NAME}`,
        "aoshingo:services.doodle.memory: given 9999, wanted at most 1740, what a t3.small has for a task",
      ],
    ],
  ];
  for (const [what, faults, wanted] of table) {
    it(`refuses ${what}`, () => {
      expect(faults).to.deep.equal(wanted);
    });
  }

  for (const name of ["a1", "user-management", "u".repeat(30)]) {
    it(`takes ${name} as a service`, () => {
      expect(faultsOf({ ...good, services: { [name]: users } })).to.deep.equal([]);
    });
  }

  it("lets no two names of accepted services be the same, nor longer than DNS takes", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,7}(-test)?$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 8 }), (names) => {
        const services = Object.fromEntries(names.map((each) => [each, users]));
        if (faultsOf({ ...good, services }).length > 0) return;
        const hosts = names.flatMap((each) => [productionHost(each, "example.jp"), testHost(each, "example.jp")]);
        expect(new Set(hosts).size).to.equal(hosts.length);
        for (const host of hosts) expect(host.split(".")[0]!.length).to.be.at.most(63);
      }),
    );
  });

  it("never fails but with faults that name their path", () => {
    fc.assert(
      fc.property(fc.object({ key: fc.constantFrom("domain", "services", "users", "port", "network", "x") }), (raw) => {
        for (const line of faultsOf(raw))
          expect(line).to.match(/^aoshingo:\S+: (missing|given .+|unknown key), wanted ./);
      }),
    );
  });

  for (const stack of ["prod", "rehearsal"]) {
    it(`takes Pulumi.${stack}.yaml`, () => {
      const file = parse(readFileSync(join(__dirname, `../../Pulumi.${stack}.yaml`), "utf8"));
      expect(parseSettings(settingsOf(file.config)).services.users?.test).to.contain("services/users/deploy-test");
    });
  }

  it("shows every default of a service in Pulumi.prod.yaml as it is", () => {
    const lines = readFileSync(join(__dirname, "../../Pulumi.prod.yaml"), "utf8").split("\n");
    const shown = lines
      .map((line) => line.replace(/^( *)# (?=[a-zA-Z: ]+:)/, "$1"))
      .map((line) => line.replace(/ #.*$/, ""));
    const defaults = parseSettings(good).services.users!;
    for (const key of ["port", "deregistrationDelaySeconds", "cpu", "memory"] as const) {
      expect(
        shown.map((line) => line.trim()),
        key,
      ).to.include(`${key}: ${defaults[key]}`);
    }
    for (const [key, value] of Object.entries(defaults.healthCheck)) {
      expect(
        shown.map((line) => line.trim()),
        key,
      ).to.include(`${key}: ${value}`);
    }
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
