import { expect } from "chai";
import fc from "fast-check";
import { UserError } from "../../../components/core/user-error";
import { edgeDomain, productionHost, testHost } from "../../../components/settings/host-names";
import { defaultInternalPort } from "../../../components/settings/internal-port";
import { SettingsSchema } from "../../../components/settings/schema";
import { parseSettings } from "../../../components/settings/settings";

type Values = Record<string, unknown>;

const api = { kind: "api" };
const internal = { kind: "api", exposure: ["internal"] };
const worker = { kind: "worker", queue: true };
const sidecar = { image: "users:agent-1" };
const job = { kind: "job", schedule: "rate(1 hour)" };
const FULL_JOB = {
  ...{ schedule: "cron(30 2 * * ? *)", timeZone: "Asia/Tokyo", cpu: 512, memory: 1024, stopTimeoutSeconds: 120 },
  ...{ calls: ["users"], sends: ["mailer"], env: { A: "b" }, secrets: { TOKEN: "ssm:/token" }, migrate: "true" },
  ...{ egress: [{ port: 5432, cidr: "10.20.0.0/24" }], iam: [{ actions: ["s3:GetObject"], resources: ["*"] }] },
  ...{ test: "true", logRetentionDays: 7 },
};
const ON_FARGATE = "a job runs on Fargate, one task at each time; cpu and memory say how large it is";
const LONG_DOMAIN = `${"d".repeat(51)}.jp`;
const NAME = "a name of 2 to 30 lower-case letters, digits and single hyphens, first a letter, last no hyphen";
const NO_EDGE = "no value: a worker is on no edge and answers no requests";
const NETWORK =
  "an IPv4 network, such as 10.20.0.0/24, or an address with /32, such as 10.20.0.5/32; no name, and not 0.0.0.0/0, which would let everything out to everybody";
const VPC = "vpc-0123456789abcdef0";
const SUBNETS = ["subnet-00000000", "subnet-00000001"];
const EXISTING = { vpc: VPC, publicSubnets: SUBNETS, privateSubnets: ["subnet-00000002", "subnet-00000003"] };
const SHOP_ALONE = { host: "shop.abc.ap-northeast-1.rds.amazonaws.com", secret: "prod/shop" };
const SHOP = { ...SHOP_ALONE, securityGroup: "sg-0123456789abcdef0" };
const signedWith = (length: number) => ({
  ...SHOP,
  certificates: `-----BEGIN CERTIFICATE-----\n${"A".repeat(length)}\n-----END CERTIFICATE-----\n`,
});
const INTERNALLY = "a service that is exposed internally";

function problemsOf(services: Values, more: Values = {}): string[] {
  try {
    parseSettings({ domain: "example.jp", services, ...more });
    return [];
  } catch (error) {
    expect(error).to.be.instanceOf(UserError).with.property("exitCode", 2);
    return (error as UserError).message.split("\n").map((line) => line.replace("aoshingo:services.", ""));
  }
}

const many = (count: number, values: (index: number) => Values) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, values(index)]));
const names = (count: number) => Object.keys(many(count, () => ({})));
const places = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ port: 5432, cidr: `10.20.0.${index}/32` }));
/** Gives each service a port of its own, whatever its name. */
const manyInternal = (count: number) => many(count, (index) => ({ ...internal, internalPort: 20_000 + index }));

describe("problems between settings", () => {
  const table: [string, string[], string[]][] = [
    // Databases
    [
      "names that RDS refuses for the database that it makes, and not those of databases that are there",
      problemsOf({ users: api }, { databases: { catalog: {}, db: { existing: SHOP }, rdsadmin: { existing: SHOP } } }),
      [
        'aoshingo:databases.catalog: given "catalog", wanted another name: RDS refuses to make a database catalog',
        'aoshingo:databases.rdsadmin: given "rdsadmin", wanted another name: rdsadmin is a word of PostgreSQL\'s own',
      ],
    ],
    [
      "instance classes that RDS does not have for PostgreSQL, and not those of families that may be newer (aws-rules B18)",
      problemsOf(
        { users: api },
        {
          databases: {
            one: { instanceClass: "db.m5.medium" },
            two: { instanceClass: "db.m6g.24xlarge" },
            three: { instanceClass: "db.t4g.4xlarge" },
            four: { instanceClass: "db.m9g.96xlarge" },
            five: { instanceClass: "db.r6i.32xlarge" },
          },
        },
      ),
      [
        'aoshingo:databases.one.instanceClass: given "db.m5.medium", wanted a class that RDS has: db.m5.large, db.m5.xlarge, db.m5.2xlarge, db.m5.4xlarge, db.m5.8xlarge, db.m5.12xlarge, db.m5.16xlarge or db.m5.24xlarge',
        'aoshingo:databases.two.instanceClass: given "db.m6g.24xlarge", wanted a class that RDS has: db.m6g.large, db.m6g.xlarge, db.m6g.2xlarge, db.m6g.4xlarge, db.m6g.8xlarge, db.m6g.12xlarge or db.m6g.16xlarge',
        'aoshingo:databases.three.instanceClass: given "db.t4g.4xlarge", wanted a class that RDS has: db.t4g.micro, db.t4g.small, db.t4g.medium, db.t4g.large, db.t4g.xlarge or db.t4g.2xlarge',
      ],
    ],
    [
      "names of databases that PostgreSQL does not take without quotation marks",
      problemsOf({ users: api }, { databases: { "my-shop": {}, user: {}, main: {} } }),
      [
        'aoshingo:databases.my-shop: given "my-shop", wanted a name of 2 to 30 lower-case letters and digits, first a letter',
        'aoshingo:databases.user: given "user", wanted another name: user is a word of PostgreSQL\'s own',
      ],
    ],
    [
      "an existing database with settings of a new one beside it",
      problemsOf({ users: api }, { databases: { main: { existing: SHOP, version: 16, storageGiB: 30 } } }),
      [
        "aoshingo:databases.main.version: given 16, wanted no value: the database exists already, and its owner decides",
        "aoshingo:databases.main.storageGiB: given 30, wanted no value: the database exists already, and its owner decides",
      ],
    ],
    [
      "an existing database without a way to it, and with two",
      problemsOf(
        { users: api },
        { databases: { one: { existing: SHOP_ALONE }, two: { existing: { ...SHOP, cidr: "10.2.0.0/16" } } } },
      ),
      [
        "aoshingo:databases.one.existing.securityGroup: missing, wanted the server's security group, or in cidr the network that it is in",
        'aoshingo:databases.two.existing.cidr: given "10.2.0.0/16", wanted no value beside securityGroup: one of them says how to reach it',
      ],
    ],
    [
      "values of an existing database in other forms, without the text of what may be a password",
      problemsOf(
        { users: api },
        {
          databases: {
            main: {
              existing: {
                ...{ host: "postgres://shop:5432/x", port: "5432", database: "", secret: "pass word" },
                ...{ cidr: "10.2.0.1/16", certificates: "/etc/ca.pem", user: "shop" },
              },
            },
          },
        },
      ),
      [
        'aoshingo:databases.main.existing.host: given "postgres://shop:5432/x", wanted a host name without a port, such as shop.abc123def456.ap-northeast-1.rds.amazonaws.com',
        'aoshingo:databases.main.existing.port: given "5432", wanted a whole number from 1 to 65535',
        'aoshingo:databases.main.existing.database: given "", wanted the name of a database in the server, such as shop',
        "aoshingo:databases.main.existing.secret: given a value that is not shown, wanted the name or ARN of a secret in Secrets Manager, such as prod/shop-database",
        'aoshingo:databases.main.existing.cidr: given "10.2.0.1/16", wanted 10.2.0.0/16',
        'aoshingo:databases.main.existing.certificates: given "/etc/ca.pem", wanted certificates as PEM, each from -----BEGIN CERTIFICATE----- on',
        "aoshingo:databases.main.existing.user: unknown key, wanted host, port, database, secret, securityGroup, cidr or certificates",
      ],
    ],
    [
      "a database that is not there, and more than one",
      problemsOf(
        { users: { ...api, uses: ["main"] }, mailer: { ...worker, uses: ["a", "b"] } },
        { databases: { other: {} } },
      ),
      [
        'mailer.uses: given ["a","b"], wanted a list with the name of one database, such as [main]',
        'users.uses.main: given "main", wanted a database of aoshingo:databases: the databases are other',
        'mailer.uses.a: given "a", wanted a database of aoshingo:databases: the databases are other',
        'mailer.uses.b: given "b", wanted a database of aoshingo:databases: the databases are other',
      ],
    ],
    [
      "services whose user PostgreSQL has itself",
      problemsOf(
        { postgres: { ...api, uses: ["main"] }, "pg-admin": { ...job, uses: ["main"] } },
        { databases: { main: {} } },
      ),
      [
        'postgres.uses.main: given "main", wanted a service of another name: its user would be postgres, which PostgreSQL has itself',
        'pg-admin.uses.main: given "main", wanted a service of another name: its user would be pg_admin, which PostgreSQL has itself',
      ],
    ],
    [
      "variables that a database sets",
      problemsOf(
        {
          users: { ...api, uses: ["main"], env: { PGHOST: "h" }, secrets: { PGPASSWORD: "ssm:/p" } },
          doodle: { ...api, env: { PGHOST: "h" } },
        },
        { databases: { main: {} } },
      ),
      [
        'users.env.PGHOST: given "h", wanted another variable: PGHOST is set by uses: [main]',
        "users.secrets.PGPASSWORD: given a value that is not shown, wanted another variable: PGPASSWORD is set by uses: [main]",
      ],
    ],
    // Protocols
    [
      "a protocol of a worker and of a job",
      problemsOf({ mailer: { ...worker, protocol: "grpc" }, report: { ...job, protocol: "http2" } }),
      [
        `mailer.protocol: given "grpc", wanted ${NO_EDGE}`,
        'report.protocol: given "http2", wanted no value: a job is on no edge and answers no requests',
      ],
    ],
    [
      "a health check of a gRPC service that is no method",
      problemsOf({ users: { ...api, protocol: "grpc", healthCheck: { path: "/healthz" } } }),
      [
        'users.healthCheck.path: given "/healthz", wanted the path of a method, such as /grpc.health.v1.Health/Check, because protocol is grpc',
      ],
    ],
    [
      "health checks that fit their protocols",
      problemsOf({
        users: { ...api, protocol: "grpc" },
        doodle: { ...api, protocol: "grpc", healthCheck: { path: "/shop.v1.Orders/Ping" } },
        web: { ...api, protocol: "http2", healthCheck: { path: "/up?deep=1" } },
      }),
      [],
    ],
    [
      "a protocol that AWS does not have",
      problemsOf({ users: { ...api, protocol: "h2c" } }),
      ['users.protocol: given "h2c", wanted http1, http2 or grpc'],
    ],
    // Hosts of their own
    [
      "hosts of a worker and of a service that is only internal",
      problemsOf({ mailer: { ...worker, hosts: ["example.jp"] }, users: { ...internal, hosts: ["www.example.jp"] } }),
      [
        `mailer.hosts: given ["example.jp"], wanted ${NO_EDGE}`,
        'users.hosts: given ["www.example.jp"], wanted no value: the service is not public',
      ],
    ],
    [
      "paths without hosts",
      problemsOf({ users: { ...api, paths: ["/api/*"] } }),
      ['users.paths: given ["/api/*"], wanted no value: they are those of hosts, and the service has none'],
    ],
    [
      "paths with a wildcard elsewhere, or without a slash, or too deep",
      problemsOf({ users: { ...api, hosts: ["example.jp"], paths: ["/a*", "api", "/a/b/c/d/e/f", "/a/b/c/d/e/*"] } }),
      [
        'users.paths.0: given "/a*", wanted a path such as /login, or with /* at its end such as /api/*',
        'users.paths.1: given "api", wanted a path such as /login, or with /* at its end such as /api/*',
        'users.paths.2: given "/a/b/c/d/e/f", wanted a path of at most 5 levels',
      ],
    ],
    [
      "hosts outside the domains, and two labels below",
      problemsOf(
        { users: { ...api, hosts: ["www.example.com", "a.b.example.jp", "example.net", "www.example.jp"] } },
        { furtherDomains: ["example.net"] },
      ),
      [
        'users.hosts.0: given "www.example.com", wanted example.jp or example.net, or a name one label below: a certificate covers one label. Or add example.com to aoshingo:furtherDomains if it has a hosted zone',
        'users.hosts.1: given "a.b.example.jp", wanted example.jp or example.net, or a name one label below: a certificate covers one label. Or add b.example.jp to aoshingo:furtherDomains if it has a hosted zone',
      ],
    ],
    [
      "a host with one dot, whose own name may be a domain",
      problemsOf({ users: { ...api, hosts: ["example.com"] } }),
      [
        'users.hosts.0: given "example.com", wanted example.jp, or a name one label below: a certificate covers one label. Or add example.com to aoshingo:furtherDomains if it has a hosted zone',
      ],
    ],
    [
      "hosts of a wrong form, in one line each",
      problemsOf({ users: { ...api, hosts: ["https://example.jp", "www.example.jp.", "*.example.com", "localhost"] } }),
      ["https://example.jp", "www.example.jp.", "*.example.com", "localhost"].map(
        (host, place) =>
          `users.hosts.${place}: given "${host}", wanted a host name in lower case, such as www.example.jp`,
      ),
    ],
    [
      "hosts that are names of services already",
      problemsOf({
        users: { ...api, hosts: ["doodle.example.jp", "users-test.example.jp", "internal.example.jp"] },
        doodle: api,
      }),
      [
        'users.hosts.0: given "doodle.example.jp", wanted another name: doodle has it as its production name',
        'users.hosts.1: given "users-test.example.jp", wanted another name: users has it as its test name',
        'users.hosts.2: given "internal.example.jp", wanted another name: it is the private zone of internal names',
      ],
    ],
    [
      "two services with all of a host, and with the same path of it",
      problemsOf({
        web: { ...api, hosts: ["example.jp"] },
        shop: { ...api, hosts: ["example.jp"], paths: ["/*"] },
        users: { ...api, hosts: ["www.example.jp"], paths: ["/api/*", "/login"] },
        doodle: { ...api, hosts: ["www.example.jp"], paths: ["/api/*", "/api/v2/*"] },
      }),
      [
        'shop.hosts: given "example.jp", wanted a host or path of its own: web answers every other path on example.jp',
        'doodle.paths: given "/api/*", wanted a host or path of its own: users answers /api/* on www.example.jp',
      ],
    ],
    [
      "a shared host with cutover: dns",
      problemsOf(
        {
          web: { ...api, hosts: ["example.jp"] },
          users: { ...api, hosts: ["example.jp"], paths: ["/api/*", "/login"] },
        },
        { cutover: "dns" },
      ),
      [
        'users.hosts: given "example.jp", wanted a host of its own with cutover: dns, whose load balancers serve one colour each: web has example.jp, too. Or take cutover: routed',
      ],
    ],
    [
      "further domains that are names of services, and one above such a name's host",
      problemsOf(
        { users: api, mailer: { kind: "worker" }, core: internal },
        {
          furtherDomains: [
            ...["users.example.jp", "users-test.example.jp"],
            ...["mailer.example.jp", "core.example.jp", "www.users.example.jp"],
          ],
        },
      ),
      [
        'aoshingo:furtherDomains.0: given "users.example.jp", wanted another domain: users has it as its production name',
        'aoshingo:furtherDomains.1: given "users-test.example.jp", wanted another domain: users has it as its test name',
      ],
    ],
    [
      "further domains that are the domain or the private zone",
      problemsOf({ users: api }, { furtherDomains: ["example.jp", "internal.example.jp"] }),
      [
        'aoshingo:furtherDomains.0: given "example.jp", wanted another domain than aoshingo:domain, which has its own',
        'aoshingo:furtherDomains.1: given "internal.example.jp", wanted another domain: names below internal.example.jp are in the private zone of internal names',
      ],
    ],
    [
      "more rules than a load balancer has",
      problemsOf(
        many(45, (index) => ({ ...api, hosts: [`a${index}.example.net`, `b${index}.example.net`] })),
        {
          furtherDomains: ["example.net"],
        },
      ),
      [
        "aoshingo:services: given 180, wanted at most 100 rules on a load balancer (2 for each service, one for each host and path, and with testHeader one more for each production name, host and path: name fewer, or move some services to a stack of their own)",
      ],
    ],
    [
      "more rules than an internal load balancer has",
      problemsOf(
        many(34, () => internal),
        { testHeader: { name: "x-preview", value: "ssm:/preview" } },
      ),
      [
        "aoshingo:services: given 102, wanted at most 100 rules on a load balancer (2 for each service, one for each host and path, and with testHeader one more for each production name, host and path: name fewer, or move some services to a stack of their own)",
      ],
    ],
    [
      "a test header with cutover: dns, or without a place for its value",
      problemsOf({ users: api }, { cutover: "dns", testHeader: { name: "Host", value: "guess" } }),
      [
        "aoshingo:testHeader.name: given a value that is not shown, wanted the name of a header, such as x-preview: up to 40 letters, digits and hyphens, and not Host",
        "aoshingo:testHeader.value: given a value that is not shown, wanted where the value is kept, such as ssm:/prod/users/token or secretsmanager:prod/users/token",
        "aoshingo:testHeader: given a value that is not shown, wanted none with cutover: dns, whose load balancers serve one colour each; take cutover: routed",
      ],
    ],
    // Jobs
    [
      "a job with all that it may have",
      problemsOf({ report: { ...job, ...FULL_JOB }, users: internal, mailer: worker }),
      [],
    ],
    [
      "a job without a schedule",
      problemsOf({ report: { kind: "job" } }),
      ["report.schedule: missing, wanted a schedule, such as rate(1 hour) or cron(30 4 * * ? *)"],
    ],
    [
      "a job with settings of other kinds",
      problemsOf({ report: { ...job, port: 80, queue: true, size: 2, instanceType: "t3.small" } }),
      [
        "report.port: given 80, wanted no value: a job is on no edge and answers no requests",
        "report.queue: given true, wanted no value: only a worker has a queue",
        `report.size: given 2, wanted no value: ${ON_FARGATE}`,
        `report.instanceType: given "t3.small", wanted no value: ${ON_FARGATE}`,
      ],
    ],
    [
      "a schedule and a zone for others than jobs",
      problemsOf({ users: { ...api, schedule: "rate(1 hour)" }, mailer: { ...worker, timeZone: "UTC" } }),
      [
        'users.schedule: given "rate(1 hour)", wanted no value: only a job has a schedule; an api runs all the time',
        'mailer.timeZone: given "UTC", wanted no value: only a job has a schedule; a worker runs all the time',
      ],
    ],
    [
      "a rate in a zone, and schedules and zones that are none",
      problemsOf({
        report: { ...job, timeZone: "Asia/Tokyo" },
        digest: { kind: "job", schedule: "rate(7 minutes)" },
        purge: { kind: "job", schedule: "cron(0 3 * * ? *)", timeZone: "Tokyo" },
      }),
      [
        'digest.schedule: given "rate(7 minutes)", wanted a number of minutes that divides an hour, such as rate(15 minutes); or take cron(...)',
        'purge.timeZone: given "Tokyo", wanted a time zone, such as Asia/Tokyo',
        'report.timeZone: given "Asia/Tokyo", wanted no value: a rate is by the clock in UTC; take cron(...) for another zone',
      ],
    ],
    [
      "sizes that Fargate has not, and a stop that is too long for it",
      problemsOf({
        report: { ...job, cpu: 300 },
        digest: { ...job, memory: 4096, stopTimeoutSeconds: 121 },
        purge: { ...job, cpu: 1024, memory: 1024 },
      }),
      [
        "report.cpu: given 300, wanted one of 256, 512, 1024, 2048, 4096, 8192, 16384: a job runs on Fargate",
        "digest.memory: given 4096, wanted 512, 1024, 2048: Fargate has no other for cpu 256",
        "digest.stopTimeoutSeconds: given 121, wanted at most 120: Fargate waits no longer",
        "purge.memory: given 1024, wanted 2048 to 8192 in steps of 1024: Fargate has no other for cpu 1024",
      ],
    ],
    [
      "calls and messages to a job",
      problemsOf({ report: job, users: { ...api, calls: ["report"], sends: ["report"] } }),
      [
        'users.calls.0: given "report", wanted a service that is exposed internally: report is a job, which starts by its schedule alone',
        'users.sends.0: given "report", wanted a worker that has a queue: report is a job, which starts by its schedule alone',
      ],
    ],
    // Names
    ["a name in capitals", problemsOf({ Users: api }), [`Users: given "Users", wanted ${NAME}`]],
    [
      "a name of 31 characters",
      problemsOf({ ["u".repeat(31)]: api }),
      [`${"u".repeat(31)}: given "${"u".repeat(31)}", wanted ${NAME}`],
    ],
    [
      "a name that is another's test name",
      problemsOf({ users: api, "users-test": api }),
      ['users-test: given "users-test", wanted another name: users-test.example.jp is the test name of users'],
    ],
    [
      "the names of edges",
      problemsOf({ internal: api, public: api }),
      [
        'internal: given "internal", wanted another name: internal.example.jp is the private zone of internal names',
        'public: given "public", wanted another name: the edge public has it',
      ],
    ],
    [
      "the name of a dead-letter queue",
      problemsOf({ mailer: worker, "mailer-dead-letter": worker }),
      [
        'mailer-dead-letter: given "mailer-dead-letter", wanted another name: it is the name of mailer\'s dead-letter queue',
      ],
    ],
    [
      "the name of a dead-letter queue for one without queue",
      problemsOf({ mailer: worker, "mailer-dead-letter": api }),
      [],
    ],

    // Egress
    [
      "fewer availability zones to choose from than the network is to have",
      [{}, { zones: 3 }, { zones: 4, availabilityZones: ["eu-west-1a"] }].flatMap((network) =>
        problemsOf({ users: api }, { network: { availabilityZones: ["eu-west-1c", "eu-west-1b"], ...network } }),
      ),
      [
        'aoshingo:network.availabilityZones: given ["eu-west-1c","eu-west-1b"], wanted at least 3, which is network.zones',
        'aoshingo:network.availabilityZones: given ["eu-west-1a"], wanted at least 4, which is network.zones',
      ],
    ],
    [
      "a Local Zone among the availability zones to choose from",
      problemsOf({ users: api }, { network: { availabilityZones: ["us-west-2-lax-1a", "us-west-2a"] } }),
      [
        'aoshingo:network.availabilityZones.0: given "us-west-2-lax-1a", wanted the name of an availability zone, such as ap-northeast-1c',
      ],
    ],
    [
      "an existing network without its subnets",
      problemsOf({ users: api }, { network: { vpc: VPC } }),
      ["publicSubnets", "privateSubnets"].map(
        (key) => `aoshingo:network.${key}: missing, wanted a value beside vpc: an existing network has all three`,
      ),
    ],
    [
      "subnets without their VPC, one of them named twice",
      problemsOf(
        { users: api },
        { network: { publicSubnets: SUBNETS, privateSubnets: [SUBNETS[0], "subnet-00000002"] } },
      ),
      [
        "aoshingo:network.vpc: missing, wanted a value beside publicSubnets and privateSubnets: an existing network has all three",
        'aoshingo:network.privateSubnets: given "subnet-00000000", wanted another subnet than publicSubnets: instances have no public address there',
      ],
    ],
    [
      "settings of a new network beside an existing one",
      problemsOf({ users: api }, { network: { ...EXISTING, cidr: "10.0.0.0/16", zones: 2, flowLogs: "none" } }),
      [
        ["cidr", '"10.0.0.0/16"'],
        ["zones", "2"],
        ["flowLogs", '"none"'],
      ].map(
        ([key, given]) =>
          `aoshingo:network.${key}: given ${given}, wanted no value: the network exists already (vpc, publicSubnets, privateSubnets), and its owner decides`,
      ),
    ],
    ["an existing network alone", problemsOf({ users: api }, { network: EXISTING }), []],
    [
      "wrong ids, and one subnet alone",
      problemsOf(
        { users: api },
        { network: { vpc: "main", publicSubnets: ["a", SUBNETS[0]], privateSubnets: [SUBNETS[1]] } },
      ),
      [
        'aoshingo:network.vpc: given "main", wanted the id of a VPC, such as vpc-0123456789abcdef0',
        'aoshingo:network.publicSubnets.0: given "a", wanted the id of a subnet, such as subnet-0123456789abcdef0',
        'aoshingo:network.privateSubnets: given ["subnet-00000001"], wanted a list of two or more subnets, one for each availability zone',
      ],
    ],
    [
      "egress under its former name",
      problemsOf({ users: { ...api, reaches: [{ port: 5432, cidr: "10.20.0.0/24" }, { port: 5432 }] } }),
      ['users.reaches.1: given {"port":5432}, wanted a port with either cidr or securityGroup'],
    ],
    [
      "egress under both of its names",
      problemsOf({ users: { ...api, egress: [{ port: 5432 }], reaches: [] } }),
      ["users.reaches: given [], wanted no value: it is the former name of egress, which is set too"],
    ],
    [
      "databases by network and by security group",
      problemsOf({
        users: {
          ...api,
          egress: [
            { port: 5432, cidr: "10.20.0.0/24" },
            { port: 5432, cidr: "10.20.1.7/32" },
            { port: 6379, securityGroup: "sg-0123456789abcdef0" },
          ],
        },
      }),
      [],
    ],
    [
      "port 443, and the whole world",
      problemsOf({ users: { ...api, egress: [{ port: 443, cidr: "0.0.0.0/0" }] } }),
      [
        "users.egress.0.port: given 443, wanted another port than 443, which is open to everywhere already",
        `users.egress.0.cidr: given "0.0.0.0/0", wanted ${NETWORK}`,
      ],
    ],
    [
      "other places that are none",
      problemsOf({
        users: {
          ...api,
          egress: [
            { port: 0, cidr: "10.20.0.1/24" },
            { port: 5432, cidr: "db.example.jp" },
            { port: 5432, securityGroup: "database" },
            { port: 5432, cidr: "10.20.0.5" },
          ],
        },
      }),
      [
        "users.egress.0.port: given 0, wanted a whole number from 1 to 65535",
        'users.egress.0.cidr: given "10.20.0.1/24", wanted 10.20.0.0/24',
        `users.egress.1.cidr: given "db.example.jp", wanted ${NETWORK}`,
        'users.egress.2.securityGroup: given "database", wanted the id of a security group, such as sg-0123456789abcdef0',
        'users.egress.3.cidr: given "10.20.0.5", wanted 10.20.0.5/32',
      ],
    ],
    [
      "a place with no other side, with two, or named twice",
      problemsOf({
        users: {
          ...api,
          egress: [
            { port: 5432 },
            { port: 5432, cidr: "10.20.0.0/24", securityGroup: "sg-01234567" },
            { port: 5432, cidr: "10.20.0.0/24" },
            { port: 5432, cidr: "10.20.0.0/24" },
          ],
        },
      }),
      [
        'users.egress.0: given {"port":5432}, wanted a port with either cidr or securityGroup',
        'users.egress.1: given {"port":5432,"cidr":"10.20.0.0/24","securityGroup":"sg-01..., wanted a port with either cidr or securityGroup',
        'users.egress.3: given {"port":5432,"cidr":"10.20.0.0/24"}, wanted each place once',
      ],
    ],
    [
      "one place that is no list, and an unknown key",
      problemsOf({ users: { ...api, egress: { port: 5432 } }, mailer: { ...worker, egress: [{ ports: 5432 }] } }),
      [
        'users.egress: given {"port":5432}, wanted a list of maps of port and either cidr or securityGroup, at most 20',
        "mailer.egress.0.port: missing, wanted a whole number from 1 to 65535",
        "mailer.egress.0.ports: unknown key, wanted port, or else one of port, cidr or securityGroup",
        'mailer.egress.0: given {"ports":5432}, wanted a port with either cidr or securityGroup',
      ],
    ],

    // Settings of each kind
    [
      "a worker with an edge",
      problemsOf({
        mailer: {
          ...worker,
          exposure: ["internal"],
          port: 8080,
          internalPort: 4000,
          healthCheck: { path: "/" },
          deregistrationDelaySeconds: 5,
        },
      }),
      [
        `mailer.exposure: given ["internal"], wanted ${NO_EDGE}`,
        `mailer.port: given 8080, wanted ${NO_EDGE}`,
        `mailer.internalPort: given 4000, wanted ${NO_EDGE}`,
        `mailer.healthCheck: given {"path":"/"}, wanted ${NO_EDGE}`,
        `mailer.deregistrationDelaySeconds: given 5, wanted ${NO_EDGE}`,
      ],
    ],
    [
      "an api with a queue",
      problemsOf({ users: { ...api, queue: true } }),
      ["users.queue: given true, wanted no value: only a worker has a queue"],
    ],
    [
      "an internal port of one that is not internal",
      problemsOf({ users: { ...api, internalPort: 4000 } }),
      ["users.internalPort: given 4000, wanted no value: the service is not exposed internally"],
    ],
    [
      "a test of one that is only internal",
      problemsOf({ users: { ...internal, test: "true" } }),
      [
        'users.test: given "true", wanted no value: the deploy runs it outside the network, where a service that is only internal cannot be reached',
      ],
    ],
    [
      "probes of those that a deploy cannot ask",
      problemsOf({
        users: { ...internal, probes: ["/"] },
        mailer: { ...worker, probes: ["/"] },
        report: { ...job, probes: ["/"] },
        greeter: { ...api, protocol: "grpc", probes: ["/shop.v1.Orders/Ping"] },
      }),
      [
        'users.probes: given ["/"], wanted no value: the deploy asks outside the network, where a service that is only internal cannot be reached',
        `mailer.probes: given ["/"], wanted ${NO_EDGE}`,
        'report.probes: given ["/"], wanted no value: a job is on no edge and answers no requests',
        'greeter.probes: given ["/shop.v1.Orders/Ping"], wanted no value: a probe is a GET, which a service of gRPC does not answer; put an alarm on its errors and name that in aoshingo:deploy.alarms',
      ],
    ],
    [
      "probes of those that it can",
      problemsOf({
        users: { kind: "api", exposure: ["public", "internal"], probes: ["/", "/users?limit=1&after=%20x"] },
        doodle: { ...api, protocol: "http2", probes: ["/polls"] },
      }),
      [],
    ],
    [
      "tests of all others",
      problemsOf({
        users: { kind: "api", exposure: ["public", "internal"], test: "true" },
        mailer: { ...worker, test: "true" },
      }),
      [],
    ],

    // Calls and jobs
    [
      "calls to whom cannot be called",
      problemsOf({ users: { ...api, calls: ["users", "gone", "mailer", "doodle"] }, mailer: worker, doodle: api }),
      [
        'users.calls.0: given "users", wanted another service than itself',
        `users.calls.1: given "gone", wanted ${INTERNALLY}: there is no service gone`,
        `users.calls.2: given "mailer", wanted ${INTERNALLY}: mailer is a worker; send it messages with sends`,
        `users.calls.3: given "doodle", wanted ${INTERNALLY}: add internal to services.doodle.exposure`,
      ],
    ],
    [
      "jobs to whom cannot be given any",
      problemsOf({ users: { ...api, sends: ["gone", "doodle", "cron"] }, doodle: api, cron: { kind: "worker" } }),
      [
        'users.sends.0: given "gone", wanted a worker that has a queue: there is no service gone',
        'users.sends.1: given "doodle", wanted a worker that has a queue: doodle is an api; call it with calls',
        'users.sends.2: given "cron", wanted a worker that has a queue: set services.cron.queue',
      ],
    ],
    [
      "a service with the name of a property that every object has",
      problemsOf({ constructor: api }),
      ['constructor: given "constructor", wanted another name: every object of JavaScript has a property constructor'],
    ],
    [
      "a call to the name of a property of every object",
      problemsOf({ users: { ...api, calls: ["constructor"] } }),
      [`users.calls.0: given "constructor", wanted ${INTERNALLY}: there is no service constructor`],
    ],
    [
      "calls in a circle",
      problemsOf({ users: { ...internal, calls: ["doodle"] }, doodle: { ...internal, calls: ["users"] } }),
      [],
    ],
    ["jobs of a worker to itself", problemsOf({ mailer: { ...worker, sends: ["mailer"] } }), []],
    [
      "a call and a job that give the same variable",
      problemsOf({
        users: { ...api, calls: ["mailer-queue"], sends: ["mailer"] },
        "mailer-queue": internal,
        mailer: worker,
      }),
      [
        'users.sends.0: given "mailer", wanted a service of another name: its variable would be MAILER_QUEUE_URL, that of calls: [mailer-queue]',
      ],
    ],
    [
      "a call that gives the variable of the own queue, or one of AWS's SDKs",
      problemsOf({
        mailer: { ...worker, calls: ["queue", "aws-endpoint"] },
        queue: internal,
        "aws-endpoint": internal,
      }),
      [
        'mailer.calls.0: given "queue", wanted a service of another name: its variable would be QUEUE_URL, that of the service\'s own queue',
        'mailer.calls.1: given "aws-endpoint", wanted a service of another name: its variable would be AWS_ENDPOINT_URL, one that AWS\'s SDKs read',
      ],
    ],

    // Limits of an edge
    [
      "51 services on each edge",
      problemsOf({
        ...many(51, () => api),
        ...Object.fromEntries(Object.entries(manyInternal(51)).map(([name, values]) => [`i${name}`, values])),
      }),
      ["public", "internal"].map(
        (edge) =>
          `aoshingo:services: given 51, wanted at most 50 services on the edge ${edge} (a load balancer has 100 target groups and a service takes two: move some to a stack of their own)`,
      ),
    ],
    [
      "50 services on each edge and 60 workers",
      problemsOf({
        ...many(50, (index) => ({ kind: "api", exposure: ["public", "internal"], internalPort: 20_000 + index })),
        ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`w${index}`, { kind: "worker" }])),
      }),
      [],
    ],
    // Rules of security groups
    [
      "45 calls and 15 places outside",
      problemsOf({ ...manyInternal(45), shop: { kind: "worker", calls: names(45), egress: places(15) } }),
      [
        "shop: given 61, wanted at most 60 outbound rules of its security group (one for HTTPS, and one for each of calls, egress and uses: name fewer, or a whole network in place of single addresses in egress)",
      ],
    ],
    [
      "45 calls and 14 places outside",
      problemsOf({ ...manyInternal(45), shop: { kind: "worker", calls: names(45), egress: places(14) } }),
      [],
    ],
    [
      "a database beside 45 calls and 14 places outside by their former name",
      problemsOf(
        { ...manyInternal(45), shop: { kind: "worker", calls: names(45), reaches: places(14), uses: ["main"] } },
        { databases: { main: {} } },
      ),
      [
        "shop: given 61, wanted at most 60 outbound rules of its security group (one for HTTPS, and one for each of calls, egress and uses: name fewer, or a whole network in place of single addresses in egress)",
      ],
    ],
    [
      "60 users of one database",
      problemsOf(
        many(60, () => ({ kind: "worker", uses: ["main"] })),
        { databases: { main: {} } },
      ),
      [
        "aoshingo:databases.main: given 60, wanted at most 59 services that use it (each is one of the 60 rules that its security group has, beside that of the function that makes users: move some to another database)",
      ],
    ],
    [
      "59 users of one database, and of an existing one in a security group",
      problemsOf(
        {
          ...many(59, () => ({ kind: "worker", uses: ["main"] })),
          ...Object.fromEntries(
            Array.from({ length: 59 }, (_, index) => [`e${index}`, { kind: "worker", uses: ["shop"] }]),
          ),
        },
        { databases: { main: {}, shop: { existing: SHOP } } },
      ),
      [],
    ],
    [
      "60 users of two databases in one security group",
      problemsOf(
        many(60, (index) => ({ kind: "worker", uses: [index < 30 ? "shop" : "depot"] })),
        { databases: { shop: { existing: SHOP }, depot: { existing: SHOP } } },
      ),
      [
        "aoshingo:databases.shop: given 60, wanted at most 59 services that use it or depot (each is one of the 60 rules that its security group has, beside that of the function that makes users: move some to another database)",
      ],
    ],
    [
      "60 users of a database whose network alone is known",
      problemsOf(
        many(60, () => ({ kind: "worker", uses: ["shop"] })),
        { databases: { shop: { existing: { ...SHOP_ALONE, cidr: "10.20.0.0/24" } } } },
      ),
      [],
    ],
    [
      "61 calls",
      problemsOf({ core: internal, ...many(61, () => ({ kind: "worker", calls: ["core"] })) }),
      [
        "aoshingo:services: given 61, wanted at most 60 calls in all (each is one of the 60 rules that a security group has: move some services to a stack of their own)",
      ],
    ],
    ["60 calls", problemsOf({ core: internal, ...many(60, () => ({ kind: "worker", calls: ["core"] })) }), []],
    [
      "one internal port for two",
      problemsOf({ users: { ...internal, internalPort: 4000 }, doodle: { ...internal, internalPort: 4000 } }),
      ["doodle.internalPort: given 4000, wanted a port of its own from 1024 to 65535: this one is that of users"],
    ],
    [
      "an internal port that another's name gives",
      problemsOf({ users: { ...internal, internalPort: defaultInternalPort("doodle") }, doodle: internal }),
      [
        `doodle.internalPort: missing, wanted a port of its own from 1024 to 65535: ${defaultInternalPort("doodle")}, which its name gives, is that of users`,
      ],
    ],
    [
      "the same port for one that is not internal",
      problemsOf({ users: { ...internal, internalPort: defaultInternalPort("doodle") }, doodle: api }),
      [],
    ],
    [
      "a domain that is too long for the certificate of internal names",
      problemsOf({ users: internal }, { domain: LONG_DOMAIN }),
      [
        `aoshingo:domain: given "${LONG_DOMAIN}", wanted at most 53 characters while a service is internal: its certificate is for *.internal.${LONG_DOMAIN}`,
      ],
    ],
    ["the same domain without internal names", problemsOf({ users: api }, { domain: LONG_DOMAIN }), []],
    ["the longest domain with internal names", problemsOf({ users: internal }, { domain: LONG_DOMAIN.slice(1) }), []],

    // Variables
    [
      "more text than a task definition can hold, counted in bytes of JSON over all containers",
      problemsOf({
        users: {
          ...api,
          env: { TEXT: "é".repeat(20_000) },
          sidecars: { agent: { ...sidecar, env: { TEXT: '"'.repeat(9_000) } } },
        },
        doodle: { ...api, env: { TEXT: "a".repeat(57_000) } },
      }),
      [
        'users.env: given "58070 bytes", wanted at most 57344 in all its containers: a task definition has up to 64 KiB; put long values into secrets, or into the image',
      ],
    ],
    [
      "certificates of a database that a task definition cannot hold, which has them in a variable",
      problemsOf(
        {
          users: { ...api, uses: ["shop"] },
          doodle: { ...api, env: { TEXT: "a".repeat(50_000) }, uses: ["main"] },
          polls: api,
        },
        { databases: { shop: { existing: signedWith(60_000) }, main: { existing: signedWith(7_000) } } },
      ),
      [
        'aoshingo:databases.shop.existing.certificates: given "60060 bytes", wanted at most 57335 beside what else the task definition of users has, which has up to 64 KiB: give those alone that the server\'s certificate is signed with',
      ],
    ],
    [
      "names that are no variables",
      problemsOf({ users: { ...api, env: { "LOG-LEVEL": "1" }, secrets: { "2ND": "ssm:token" } } }),
      [
        'users.env.LOG-LEVEL: given "LOG-LEVEL", wanted a variable name of letters, digits and _, first no digit',
        "users.secrets.2ND: given a value that is not shown, wanted a variable name of letters, digits and _, first no digit",
      ],
    ],
    [
      "variables of the program",
      problemsOf({
        users: { ...internal, env: { PORT: "80", RELEASE: "1" }, secrets: { QUEUE_URL: "ssm:a" } },
        doodle: { ...api, calls: ["users"], sends: ["mailer"], env: { USERS_URL: "http://u", MAILER_QUEUE_URL: "q" } },
        mailer: { ...worker, env: { SERVICE: "m", AWS_REGION: "r" } },
      }),
      [
        'users.env.PORT: given "80", wanted another variable: PORT is set by the program',
        'users.env.RELEASE: given "1", wanted another variable: RELEASE is set by the program',
        "users.secrets.QUEUE_URL: given a value that is not shown, wanted another variable: QUEUE_URL is set by the program",
        'doodle.env.USERS_URL: given "http://u", wanted another variable: USERS_URL is set by calls: [users]',
        'doodle.env.MAILER_QUEUE_URL: given "q", wanted another variable: MAILER_QUEUE_URL is set by sends: [mailer]',
        'mailer.env.SERVICE: given "m", wanted another variable: SERVICE is set by the program',
        'mailer.env.AWS_REGION: given "r", wanted another variable: AWS_REGION is set by the program',
      ],
    ],
    [
      "a URL of one that is not called",
      problemsOf({ users: internal, doodle: { ...api, env: { USERS_URL: "u" } } }),
      [],
    ],
    [
      "a variable in env and in secrets",
      problemsOf({ users: { ...api, env: { TOKEN: "t" }, secrets: { TOKEN: "ssm:/token" } } }),
      ["users.secrets.TOKEN: given a value that is not shown, wanted a variable that env does not set"],
    ],

    // Times
    [
      "a timeout as long as the interval",
      problemsOf({ users: { ...api, healthCheck: { intervalSeconds: 5 } } }),
      ["users.healthCheck.timeoutSeconds: given 5, wanted less than intervalSeconds, which is 5"],
    ],
    [
      "checks that take longer than the wait for them",
      problemsOf({ users: { ...api, healthCheck: { intervalSeconds: 151 } } }),
      ["users.healthCheck.intervalSeconds: given 151, wanted at most 150: 2 checks have to pass within 300 s"],
    ],
    [
      "a job that takes longer than it is hidden",
      problemsOf({
        mailer: { ...worker, stopTimeoutSeconds: 61 },
        printer: { kind: "worker", queue: { visibilityTimeoutSeconds: 29 } },
      }),
      [
        "mailer.queue.visibilityTimeoutSeconds: missing, wanted at least 61, which is stopTimeoutSeconds: a message that takes so long would be given out twice",
        "printer.queue.visibilityTimeoutSeconds: given 29, wanted at least 30, which is stopTimeoutSeconds: a message that takes so long would be given out twice",
      ],
    ],
    [
      "a request that takes longer than the load balancer lets it",
      problemsOf({ users: { ...api, stopTimeoutSeconds: 31 } }),
      [
        "users.stopTimeoutSeconds: given 31, wanted at most 30, which is deregistrationDelaySeconds: requests that take longer are cut by the load balancer",
      ],
    ],
    [
      "two times for what a load balancer has one for",
      problemsOf({ users: { ...api, streams: { within: "15m" }, deregistrationDelaySeconds: 60 } }),
      [
        "users.deregistrationDelaySeconds: given 60, wanted no value beside streams: the deregistration delay is the longer of streams.within and stopTimeoutSeconds; leave this one out",
      ],
    ],
    [
      "a stop timeout longer than streams may go on",
      problemsOf({ users: { ...api, streams: { within: "1m" }, stopTimeoutSeconds: 61 } }),
      [],
    ],
    ...["2h", "61m", "0m", "15", "", "soon"].map((within): [string, string[], string[]] => [
      `streams within ${within || "nothing"}`,
      problemsOf({ users: { ...api, streams: { within } } }),
      [
        `users.streams.within: given "${within}", wanted a time up to 1h, such as 15m, or 0s for no longer than other requests`,
      ],
    ]),
    [
      "streams of a worker",
      problemsOf({ mailer: { ...worker, streams: { within: "15m" } } }),
      [`mailer.streams: given {"within":"15m"}, wanted ${NO_EDGE}`],
    ],
    [
      "streams for an hour, and none at all",
      problemsOf({ users: { ...api, streams: { within: "1h" } }, chat: { ...api, streams: { within: "0s" } } }),
      [],
    ],
    [
      "times of a worker without queue, and a short delay alone",
      problemsOf({
        cron: { kind: "worker", stopTimeoutSeconds: 3600 },
        users: { ...api, deregistrationDelaySeconds: 0 },
      }),
      [],
    ],

    [
      "a period of metrics that CloudWatch does not have (aws-rules W23)",
      [90, 0, 61.5, 3660].flatMap((metricPeriodSeconds) =>
        problemsOf({ users: api }, { deploy: { metricPeriodSeconds } }),
      ),
      [90, 0, 61.5, 3660].map(
        (given) =>
          `aoshingo:deploy.metricPeriodSeconds: given ${given}, wanted 60 or a multiple of it up to 3600; shorter periods are for rehearsals`,
      ),
    ],
    [
      "a period of metrics of some minutes, and one of a rehearsal",
      [300, 0.3].flatMap((metricPeriodSeconds) => problemsOf({ users: api }, { deploy: { metricPeriodSeconds } })),
      [],
    ],
    [
      "a ramp with cutover: dns (aws-rules R9)",
      problemsOf({ users: api }, { cutover: "dns", deploy: { ramp: [10, 50] } }),
      [
        "aoshingo:deploy.ramp: given [10,50], wanted none with cutover: dns, which has no weights; take cutover: routed",
      ],
    ],
    ["no ramp with cutover: dns", problemsOf({ users: api }, { cutover: "dns", deploy: { ramp: [] } }), []],
    ["a ramp with cutover: routed", problemsOf({ users: api }, { deploy: { ramp: [10, 50] } }), []],
    // Tasks
    [
      "min above max",
      problemsOf({ users: { ...api, size: { min: 3, max: 2 } } }),
      ["users.size.max: given 2, wanted at least min, which is 3"],
    ],
    [
      "a range whose target for the CPU is more than its task can use (aws-rules C55)",
      problemsOf({
        users: { ...api, size: { min: 2, max: 6 }, instanceType: "t3.small", cpu: 1024 },
        other: { ...worker, size: { min: 2, max: 6, targetCpuPercent: 80 } },
        tiny: { ...api, size: { min: 2, max: 6 }, cpu: 128 },
        enough: { ...api, size: { min: 2, max: 6, targetCpuPercent: 74 } },
        full: { ...api, size: { min: 2, max: 6, targetCpuPercent: 90 }, cpu: 2048 },
        requests: { ...api, size: { min: 2, max: 6, targetRequestsPerMinute: 600 }, cpu: 1024 },
        unknown: { ...api, size: { min: 2, max: 6 }, instanceType: "z9.large", cpu: 128, memory: 512 },
        fixed: { ...api, size: 2, cpu: 128 },
      }),
      [
        "users.size.targetCpuPercent: missing, wanted at most 49, or cpu of at least 1229: a task uses at most its cpu, which is 1024 of the 2048 units of a t3.small, so the default of 60 would add no instance",
        "other.size.targetCpuPercent: given 80, wanted at most 74, or cpu of at least 1639: a task uses at most its cpu, which is 1536 of the 2048 units of a t3.small, so it would add no instance",
        "tiny.size.targetCpuPercent: missing, wanted cpu of at least 1229: a task uses at most its cpu, which is 128 of the 2048 units of a t3.small, so the default of 60 would add no instance",
      ],
    ],
    ["min that is max", problemsOf({ users: { ...api, size: { min: 3, max: 3 } } }), []],
    [
      "a target for requests: of a worker, of a fixed size, of a wrong range, too small",
      problemsOf({
        api: { ...api, size: { min: 2, max: 6, targetRequestsPerMinute: 600 } },
        mailer: { ...worker, size: { min: 1, max: 4, targetRequestsPerMinute: 600 } },
        fixed: { ...api, size: { min: 3, max: 3, targetRequestsPerMinute: 600 } },
        wrong: { ...api, size: { min: 3, max: 2, targetRequestsPerMinute: 600 } },
        none: { ...api, size: { min: 2, max: 6, targetRequestsPerMinute: 0 } },
      }),
      [
        "none.size.targetRequestsPerMinute: given 0, wanted a whole number from 1 to 1000000",
        `mailer.size.targetRequestsPerMinute: given 600, wanted ${NO_EDGE}`,
        "fixed.size.targetRequestsPerMinute: given 600, wanted no value: max is min, so the size is fixed; give a max above 3 or leave it out",
        "wrong.size.max: given 2, wanted at least min, which is 3",
      ],
    ],
    [
      "a schedule of the size: of a fixed size, with a minimum outside the range, all week long, and a zone without one",
      problemsOf({
        api: { ...api, size: { min: 2, max: 6, schedule: [{ from: "08:00", to: "20:00", min: 4 }] } },
        fixed: { ...api, size: { min: 3, max: 3, schedule: [{ from: "08:00", to: "20:00", min: 4 }] } },
        wrong: {
          ...worker,
          size: {
            ...{ min: 2, max: 6 },
            schedule: [2, 4, 7].map((min) => ({ from: "08:00", to: "20:00", min })),
          },
        },
        week: { ...api, size: { min: 2, max: 6, schedule: [{ from: "00:00", to: "24:00", min: 4 }] } },
        zone: { ...api, size: { min: 2, max: 6, timeZone: "Asia/Tokyo" } },
      }),
      [
        'fixed.size.schedule: given [{"from":"08:00","to":"20:00","min":4}], wanted no value: max is min, so the size is fixed; give a max above 3 or leave it out',
        "wrong.size.schedule.0.min: given 2, wanted above min and up to max: 3 to 6",
        "wrong.size.schedule.2.min: given 7, wanted above min and up to max: 3 to 6",
        'week.size.schedule: given [{"from":"00:00","to":"24:00","min":4}], wanted times that leave out some of the week; for all of it set min instead',
        'zone.size.timeZone: given "Asia/Tokyo", wanted no value: it is for a schedule',
      ],
    ],
    [
      "an instance type of unknown size",
      problemsOf({ users: { ...api, instanceType: "x2gd.medium", cpu: 1024 } }),
      [
        "users.memory: missing, wanted a value: the size of x2gd.medium is not known here; or another instanceType, such as c6gd.medium",
      ],
    ],
    [
      "an instance type that AWS does not have, whatever else is set",
      problemsOf({
        users: { ...api, instanceType: "m6.large" },
        doodle: { ...api, instanceType: "t3.smal", cpu: 1024, memory: 100 },
      }),
      [
        'users.instanceType: given "m6.large", wanted a type that AWS has, such as m6a.large, m6g.large or m6i.large',
        'doodle.instanceType: given "t3.smal", wanted a size that t3 has: nano, micro, small, medium, large, xlarge or 2xlarge',
      ],
    ],
    [
      "an instance type that is newer than the list",
      problemsOf({ users: { ...api, instanceType: "m9i.large", cpu: 1024, memory: 100 } }),
      [],
    ],
    ...[
      ["m9i.large", "m6i.large"],
      ["m8i.larg", "m8i.large"],
      ["u-6tb1.metal", "t3.small"],
    ].map(([instanceType, other]): (typeof table)[number] => [
      `the instance type ${instanceType}`,
      problemsOf({ users: { ...api, instanceType, memory: 100 } }),
      [
        `users.cpu: missing, wanted a value: the size of ${instanceType} is not known here; or another instanceType, such as ${other}`,
      ],
    ]),
    [
      "a task that does not fit",
      problemsOf({ users: { ...api, cpu: 4096, memory: 2048 } }),
      [
        "users.cpu: given 4096, wanted at most 2048, what a t3.small has for a task",
        "users.memory: given 2048, wanted at most 1740, what a t3.small has for a task",
      ],
    ],
    [
      "more rights than a role holds",
      problemsOf({
        users: { ...api, iam: [{ actions: ["s3:GetObject"], resources: [`arn:aws:s3:::${"b".repeat(6000)}`] }] },
      }),
      [
        'users.iam: given [{"actions":["s3:GetObject"],"resources":["arn:aws:s3:::b..., wanted at most 4500 characters of JSON, not 6060: a role holds no more',
      ],
    ],
    [
      "more secrets than a role holds",
      problemsOf({
        users: {
          ...api,
          secrets: Object.fromEntries(
            Array.from({ length: 101 }, (_, index) => [`S${index}`, `ssm:/prod/users/number-${index}`]),
          ),
        },
      }),
      [
        "users.secrets: given a value that is not shown, wanted at most 4500 characters of ARNs, not 9586: a role holds no more",
      ],
    ],
    [
      "sidecars by digest, by tag of the service's own repository, and by tag in ECR",
      problemsOf({
        users: {
          ...api,
          sidecars: {
            agent: { image: "users:agent-1", command: ["--quiet"], env: { PORT: "4318" } },
            xray: { image: `public.ecr.aws/xray/aws-xray-daemon:3@sha256:${"a".repeat(64)}`, essential: false },
            proxy: { image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/proxy:v1" },
          },
        },
      }),
      [],
    ],
    ...["datadog/agent:7", "nginx:latest"].map((image): (typeof table)[number] => [
      `a sidecar's image by tag of another registry: ${image}`,
      problemsOf({ users: { ...api, sidecars: { agent: { image } } } }),
      [
        `users.sidecars.agent.image: given "${image}", wanted an image by digest, such as public.ecr.aws/xray/aws-xray-daemon@sha256:..., or a tag in ECR: <service>:TAG of the service's own repository, or <account>.dkr.ecr.<region>.amazonaws.com/NAME:TAG`,
      ],
    ]),
    [
      "a sidecar's image in another service's repository",
      problemsOf({ users: { ...api, sidecars: { agent: { image: "mailer:agent-1" } } }, mailer: worker }),
      [
        `users.sidecars.agent.image: given "mailer:agent-1", wanted users:agent-1, a tag of the service's own repository: instances pull from no other service's`,
      ],
    ],
    [
      "names that a sidecar cannot have",
      problemsOf({
        users: { ...api, sidecars: { users: sidecar, Agent: sidecar, localhost: sidecar } },
      }),
      [
        'users.sidecars.users: given "users", wanted another name: the service\'s own container has it',
        'users.sidecars.Agent: given "Agent", wanted a name of 2 to 30 lower-case letters, digits and single hyphens, first a letter, last no hyphen',
        'users.sidecars.localhost: given "localhost", wanted another name: the service\'s own container has it as a host name',
      ],
    ],
    [
      "variables that a sidecar cannot set",
      problemsOf({
        users: {
          ...api,
          sidecars: { agent: { ...sidecar, env: { RELEASE: "1", KEY: "2" }, secrets: { KEY: "ssm:/key" } } },
        },
      }),
      [
        'users.sidecars.agent.env.RELEASE: given "1", wanted another variable: RELEASE is set by the program',
        "users.sidecars.agent.secrets.KEY: given a value that is not shown, wanted a variable that env does not set",
      ],
    ],
    [
      "a secret's value in place of its name, which is not shown",
      problemsOf({ users: { ...api, sidecars: { agent: { ...sidecar, secrets: { KEY: "hunter2" } } } } }),
      [
        "users.sidecars.agent.secrets.KEY: given a value that is not shown, wanted where the value is kept, such as ssm:/prod/users/token or secretsmanager:prod/users/token",
      ],
    ],
    [
      "sidecars that leave the service's own container nothing",
      problemsOf({
        users: { ...api, cpu: 256, sidecars: { agent: { ...sidecar, memory: 1500 }, proxy: sidecar } },
      }),
      [
        "users.sidecars: given 256, wanted sidecars with cpu of at most 254 in all: the task has 256 CPU units, and the service's own container needs some",
        "users.sidecars: given 1628, wanted sidecars with memory of at most 1530 in all: the task has 1536 MiB, and the service's own container needs some",
      ],
    ],
    [
      "more sidecars than a task has containers",
      problemsOf({
        users: {
          ...api,
          sidecars: Object.fromEntries(Array.from({ length: 10 }, (_, place) => [`agent-${place}`, sidecar])),
        },
      }),
      ["users.sidecars: given 10, wanted at most 9: a task has ten containers at most"],
    ],
  ];
  for (const [what, problems, wanted] of table) {
    it(`${wanted.length > 0 ? "refuses" : "takes"} ${what}`, () => {
      expect(problems).to.deep.equal(wanted);
    });
  }

  for (const name of ["a1", "user-management", "u".repeat(30)]) {
    it(`takes ${name} as a service`, () => {
      expect(problemsOf({ [name]: api })).to.deep.equal([]);
    });
  }

  it("lets no two names of accepted services be the same, nor longer than DNS takes", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,7}(-test)?$/);
    const exposure = fc.constantFrom(["public"], ["internal"], ["public", "internal"]);
    fc.assert(
      fc.property(fc.dictionary(name, exposure, { maxKeys: 8, noNullPrototype: true }), (exposures) => {
        const services = Object.fromEntries(
          Object.entries(exposures).map(([each, edges]) => [each, { kind: "api", exposure: edges }]),
        );
        if (problemsOf(services).length > 0) return;
        const hosts = Object.entries(exposures).flatMap(([each, edges]) =>
          edges.flatMap((edge) => {
            const domain = edgeDomain(edge as "public" | "internal", "example.jp");
            return [productionHost(each, domain), testHost(each, domain)];
          }),
        );
        expect(new Set(["internal.example.jp", ...hosts]).size).to.equal(hosts.length + 1);
        for (const host of hosts) expect(host.split(".")[0]!.length).to.be.at.most(63);
      }),
    );
  });

  it("never fails but with problems, whatever the value of any setting", () => {
    const setting = fc.constantFrom(...Object.keys(SettingsSchema.shape.services.valueType.shape));
    const value = fc.oneof(
      fc.anything(),
      fc.constantFrom("api", "worker", "users", "mailer", true, 30),
      fc.array(fc.constantFrom("public", "internal", "users", "mailer")),
      fc.dictionary(
        fc.constantFrom("min", "max", "visibilityTimeoutSeconds", "intervalSeconds", "PORT"),
        fc.anything(),
      ),
    );
    const service = fc.dictionary(setting, value, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("users", "mailer", "internal"), service), (services) => {
        for (const line of problemsOf({ ...services, bad: 1 })) {
          expect(line).to.match(/^.+: (missing|given .+|unknown key), wanted ./);
        }
      }),
      { numRuns: 500 },
    );
  });
});
