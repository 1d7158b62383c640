import { assert } from "chai";
import { StepFailed } from "../../../automation/core/errors";
import { type Check, type Examined, type Finding, Unavailable } from "../../../automation/doctor/check";
import { certificate } from "../../../automation/doctor/checks/certificate";
import { cliFinding } from "../../../automation/doctor/checks/cli";
import { clock } from "../../../automation/doctor/checks/clock";
import { credentials } from "../../../automation/doctor/checks/credentials";
import { databases, hostFinding } from "../../../automation/doctor/checks/databases";
import { delegation, delegationFinding } from "../../../automation/doctor/checks/delegation";
import { firstUse } from "../../../automation/doctor/checks/first-use";
import { freeze } from "../../../automation/doctor/checks/freeze";
import { lease, leaseFinding } from "../../../automation/doctor/checks/lease";
import { pending } from "../../../automation/doctor/checks/pending";
import { needsOf, quotas } from "../../../automation/doctor/checks/quotas";
import { newNames, records } from "../../../automation/doctor/checks/records";
import { run } from "../../../automation/doctor/checks/run";
import { state, stateFinding } from "../../../automation/doctor/checks/state";
import { UserError } from "../../../components/core/user-error";
import { parseSettings } from "../../../components/settings/settings";
import { Scene } from "../deploy/scene";
import { outputsOf } from "../deploy/worlds";
import { LEASE } from "../status/samples";
import { entry, ME } from "../store/samples";
import { exported, wellAccount, wellExamined } from "./fake-examined";

const DAY_MS = 86_400_000;

describe("the checks of doctor", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  /** `ok detail` or `todo detail -> remedy`, one line for each finding. */
  const lines = (findings: readonly Finding[]) =>
    findings.map(({ says, detail, remedy }) => `${says} ${detail}${remedy === undefined ? "" : ` -> ${remedy}`}`);
  const found = async (check: Check, changes: Partial<Examined> = {}) =>
    lines(await check.examine(wellExamined(scene, changes)));

  it("check the version of the Pulumi CLI", () => {
    assert.equal(cliFinding("v3.260.0", "/bin/pulumi").says, "ok");
    assert.equal(cliFinding("v3.248.0", "/bin/pulumi").says, "ok");
    assert.equal(cliFinding("v4.0.0-alpha.1+dirty", "/bin/pulumi").says, "ok");
    assert.deepEqual(lines([cliFinding("v3.247.9", "/bin/pulumi")]), [
      "todo v3.247.9 (/bin/pulumi) is older than 3.248.0 -> update it, or remove it from PATH: then a newer one is downloaded",
    ]);
  });

  it("check that the credentials belong to the stack's account", async () => {
    assert.deepEqual(await found(credentials), ["ok arn:aws:iam::111111111111:user/me, ap-northeast-1"]);
    const other = wellAccount({
      caller: async () => ({ account: "222222222222", arn: "arn:aws:iam::222222222222:user/me", clockAheadMs: 0 }),
    });
    assert.deepEqual(await found(credentials, { account: other }), [
      "todo arn:aws:iam::222222222222:user/me is not in the stack's account, 111111111111 -> use credentials of account 111111111111",
    ]);
    const none = wellAccount({
      caller: async () => {
        throw new Error("Could not load credentials from any providers");
      },
    });
    assert.deepEqual(await found(credentials, { account: none }), [
      "todo AWS does not accept the credentials: Could not load credentials from any providers -> set AWS_PROFILE, or sign in again",
    ]);
  });

  it("check that this machine's clock is AWS's", async () => {
    const { account, ...rest } = await wellAccount().caller();
    const at = (clockAheadMs: number | null) =>
      wellAccount({ caller: async () => ({ account, ...rest, clockAheadMs }) });
    assert.deepEqual(await found(clock), ["ok as AWS's"]);
    assert.deepEqual(await found(clock, { account: at(-30_000) }), ["ok as AWS's"]);
    const todo = "set it by a time server: deploys are refused until then";
    assert.deepEqual(await found(clock, { account: at(31_000) }), [
      `todo this machine's clock is 31 s ahead of AWS's -> ${todo}`,
    ]);
    assert.deepEqual(await found(clock, { account: at(-6 * 60_000) }), [
      `todo this machine's clock is 6 min behind AWS's -> ${todo}`,
    ]);
    assert.deepEqual(await found(clock, { account: at(null) }), ["skipped AWS's answer has no time"]);
  });

  it("check that the state can be read and that its secrets are encrypted", async () => {
    const backend = "s3://states/prod?region=ap-northeast-1&awssdk=v2";
    assert.deepEqual(lines([stateFinding(exported(), backend)]), [
      "ok 1 resource in s3://states/prod; secrets encrypted by passphrase",
    ]);
    const { secrets_providers: _, ...bare } = exported().deployment!;
    assert.match(
      lines([stateFinding({ deployment: bare }, "file://~")])[0]!,
      /^todo .*on this machine only; secrets are not encrypted ->/,
    );
    assert.match(lines([stateFinding({}, "")])[0]!, /^todo the stack has no resources yet -> create/);
    const unread = async () => {
      throw new UserError("no such stack");
    };
    assert.match(
      (await found(state, { state: unread, environment: { PULUMI_BACKEND_URL: backend } }))[0]!,
      /^todo cannot read the stack from s3:\/\/states\/prod: no such stack ->/,
    );
  });

  it("check for pending operations", async () => {
    assert.deepEqual(await found(pending), ["ok none"]);
    const resource = {
      urn: "urn:pulumi:prod::aoshingo::aws:ecs/service:Service::users-blue-service",
      type: "aws:ecs/service:Service",
    };
    const half = exported({ pending_operations: [{ type: "creating", resource }] });
    assert.match(
      (await found(pending, { state: async () => half }))[0]!,
      /^todo creating ecs\/service users-blue-service -> the next deploy clears them/,
    );
  });

  it("check that no process ended while it held the lease", async () => {
    assert.deepEqual(await found(lease), ["ok free; there was no deploy yet"]);
    const held = await scene.store.acquire({ who: "me", host: "here", pid: process.pid, what: "deploy users=v2" });
    assert.match((await found(lease))[0]!, /^ok held by deploy users=v2 by me \(pid \d+ on here\) since/);
    await held.release();
    assert.deepEqual(await found(lease), ["ok free"]);
    assert.match(
      lines([leaseFinding(null, LEASE)])[0]!,
      /^todo not released by deploy users=v3 by me@here .*: its process ended before that -> nothing for the lease itself/,
    );
  });

  it("check that the last run is finished or still running", async () => {
    assert.deepEqual(await found(run), ["ok there was no run yet"]);
    let during: string[] = [];
    scene.stack.onUp = async (number) => {
      if (number === 1) during = await found(run);
    };
    await scene.deploy();
    assert.match(during[0]!, /^ok \S+ \(deploy users=v2\) is running: warm$/);
    assert.match((await found(run))[0]!, /^ok \S+ \(deploy users=v2\) is done$/);
    scene.stack.failures.set(4, new StepFailed("no capacity")).set(5, new StepFailed("throttled"));
    await scene.deploy("v1");
    assert.match(
      (await found(run))[0]!,
      /^todo \S+ \(deploy users=v1\) by \S+ is not finished -> `npx aoshingo resume --stack prod` or `npx aoshingo abort --stack prod` goes on taking it back$/,
    );
  });

  describe("advise no refresh", () => {
    const observer = {
      aliases: async (_: string, names: readonly string[]) =>
        Object.fromEntries(names.map((name) => [name, "other.elb.test"])),
    };
    const urn = "urn:pulumi:prod::aoshingo::aws:ecs/service:Service::users-blue-service";
    const half = exported({
      pending_operations: [{ type: "creating", resource: { urn, type: "aws:ecs/service:Service" } }],
    });
    const account = wellAccount({
      certificate: async () => ({ status: "ISSUED", names: [], expiresAtMs: 300 * DAY_MS, reason: "" }),
    });
    const ADVICE: [Check, Partial<Examined>][] = [
      [records, { observer }],
      [pending, { state: async () => half }],
      [certificate, { account }],
    ];
    for (const [check, changes] of ADVICE) {
      it(`of ${check.name} while a run is not finished or goes on`, async () => {
        assert.match((await found(check, changes))[0]!, / -> .*`pulumi refresh`[^-]*$/);
        const noStore = async () => {
          throw new Unavailable("needs the stack");
        };
        assert.match(
          (await found(check, { ...changes, store: noStore }))[0]!,
          /, but only if no run is running or not/,
        );
        const lease = await scene.store.acquire(ME);
        await scene.store.append("20261125T000000Z-1", entry("opened", { fencing: lease.fencing }));
        assert.match(
          (await found(check, changes))[0]!,
          / -> wait: deploy users=v2 by me@here is running and may change this right now$/,
        );
        await lease.release();
        assert.match(
          (await found(check, changes))[0]!,
          / -> first end 20261125T000000Z-1 \(deploy users=v2\), then run doctor again: `npx aoshingo resume --stack prod` goes on with it, `npx aoshingo abort --stack prod` takes it back$/,
        );
      });
    }
  });

  it("name no step of a run that died, while the next command clears up", async () => {
    const { store } = scene;
    const died = await store.acquire(ME);
    await store.append("20261125T000000Z-1", entry("opened", { fencing: died.fencing }));
    await store.append("20261125T000000Z-1", entry("stepStarted", { fencing: died.fencing }));
    assert.match((await found(run))[0]!, /^ok \S+ \(deploy users=v2\) is running: warm$/);
    await died.release();
    const next = await store.acquire(ME);
    assert.match((await found(run))[0]!, /^ok \S+ \(deploy users=v2\) is running$/);
    await next.release();
  });

  it("check that deploys are not frozen", async () => {
    assert.deepEqual(await found(freeze), ["ok deploys are allowed"]);
    await scene.store.freeze({ who: "me", sinceMs: 0, reason: "sale" });
    assert.deepEqual(await found(freeze), [
      "todo deploys are frozen by me since 1970-01-01 00:00 UTC: sale -> `npx aoshingo unfreeze --stack prod` ends the freeze",
    ]);
  });

  it("check that the public DNS delegates the domain to its zone", async () => {
    const own = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.net"];
    const line = (...args: Parameters<typeof delegationFinding>) => lines([delegationFinding(...args)])[0]!;
    assert.equal(
      line("example.jp", own, ["NS-2.awsdns-02.net.", "ns-1.awsdns-01.org"]),
      "ok example.jp is answered by its zone in Route 53",
    );
    assert.match(line("example.jp", null, own), /^todo Route 53 has no public hosted zone example.jp ->/);
    assert.match(
      line("example.jp", own, null),
      /^todo the public DNS does not know example.jp -> enter the name servers ns-1/,
    );
    assert.match(
      line("example.jp", own, ["ns.registrar.jp"]),
      /^todo example.jp is answered by ns.registrar.jp, not by its zone/,
    );
    assert.match(
      (await found(delegation, { environment: { AWS_ENDPOINT_URL: "http://127.0.0.1" } }))[0]!,
      /^skipped this is a stand-in for AWS/,
    );
  });

  it("check that certificates are issued, cover their names and do not expire soon", async () => {
    assert.deepEqual(await found(certificate), ["ok example.jp, *.example.jp is issued, 300 days left"]);
    const issued = await wellAccount().certificate("");
    const line = async (changes: object) => {
      const account = wellAccount({ certificate: async () => ({ ...issued, ...changes }) });
      return (await found(certificate, { account }))[0]!;
    };
    assert.match(
      await line({ status: "PENDING_VALIDATION", expiresAtMs: null }),
      /^todo .* is PENDING_VALIDATION -> check that its validation record/,
    );
    assert.match(await line({ status: "FAILED", reason: "CAA_ERROR" }), /is FAILED \(CAA_ERROR\)/);
    assert.match(await line({ names: ["example.jp"] }), /^todo it does not cover \*\.example\.jp ->/);
    assert.match(
      await line({ expiresAtMs: 44 * DAY_MS, reason: "its renewal is FAILED" }),
      /expires in 44 days \(its renewal is FAILED\)/,
    );
    assert.match(await line({ expiresAtMs: 1.5 * DAY_MS }), /^todo .* expires in 1 day ->/);
    assert.match(await line({ expiresAtMs: -3 * DAY_MS }), /^todo .* expired 3 days ago ->/);
    assert.equal(await line({ expiresAtMs: 45 * DAY_MS }), "ok example.jp, *.example.jp is issued, 45 days left");
    assert.match(
      (await found(certificate, { state: async () => exported({ resources: [] }) }))[0]!,
      /^todo the stack has no certificate yet/,
    );
  });

  it("check that records point to the active colour and that the names of new services are free", async () => {
    assert.deepEqual(await found(records), [
      "ok each record points to the active colour; the names of new services are free",
    ]);
    const observer = {
      aliases: async (_: string, names: readonly string[]) =>
        Object.fromEntries(names.map((name) => [name, "other.elb.test"])),
    };
    const findings = await found(records, { observer });
    assert.lengthOf(findings, 2);
    assert.match(
      findings[0]!,
      /^todo the record users\.example\.jp leads to other\.elb\.test, wanted the blue load balancer/,
    );

    const settings = parseSettings({
      domain: "example.jp",
      services: { users: { kind: "api" }, doodle: { kind: "api" }, mailer: { kind: "worker" } },
    });
    assert.deepEqual(newNames(settings, scene.stack.current!), {
      "example.jp": ["doodle.example.jp", "doodle-test.example.jp"],
    });
    const hosts = parseSettings({
      domain: "example.jp",
      furtherDomains: ["example.com"],
      services: { users: { kind: "api", hosts: ["example.jp", "www.example.com"] } },
    });
    const known = { ...scene.stack.current!, hostRecords: [{ host: "example.jp", zoneId: "Z1", service: "users" }] };
    assert.deepEqual(newNames(hosts, known), { "example.com": ["www.example.com"] });
    // The stack has their records as those of another service's names, and changes them in place.
    const renamed = { web: { kind: "api", hosts: ["users.example.jp", "users-test.example.jp"] } };
    assert.deepEqual(newNames(parseSettings({ domain: "example.jp", services: renamed }), known), {
      "example.jp": ["web.example.jp", "web-test.example.jp"],
    });
    // A service that was not public had no record.
    const internal = { users: { ...scene.stack.current!.services.users!, exposures: {} } };
    const opened = parseSettings({ domain: "example.jp", services: { users: { kind: "api" } } });
    assert.deepEqual(newNames(opened, { services: internal }), {
      "example.jp": ["users.example.jp", "users-test.example.jp"],
    });
    // Before the first `up` as well: it would fail half-way.
    const outputs = async () => null;
    assert.deepEqual(await found(records, { outputs }), ["ok the names of the services are free"]);
    const account = wellAccount({
      recordTypes: async (_, [name]) => ({ [name!]: ["A"] }),
    });
    assert.match((await found(records, { outputs, account }))[0]!, /^todo users\.example\.jp exists already \(A\)/);
  });

  // The hosted zone's own records, and those of its mail, are beside the alias of a service that takes the domain itself.
  const ZONES_OWN = ["NS", "SOA", "MX", "TXT", "CAA"];
  const IPV6 =
    "todo example.jp has an AAAA record, and the stack did not create it -> delete it, too: clients with IPv6 go to its address, and not to the service";
  const taken = (type: string) =>
    `todo example.jp exists already (${type}), and the stack did not create it -> delete or import this record first: otherwise \`pulumi up\` fails`;
  const BESIDE: [types: string[], findings: string[]][] = [
    [ZONES_OWN, ["ok each record points to the active colour; the names of new services are free"]],
    [["A", ...ZONES_OWN], [taken("A")]],
    [["A", "A", "TXT"], [taken("A")]],
    [["CNAME"], [taken("CNAME")]],
    [["AAAA", ...ZONES_OWN], [IPV6]],
    [
      ["A", "AAAA"],
      [taken("A"), IPV6],
    ],
  ];
  for (const [types, findings] of BESIDE) {
    it(`find ${types.join(", ")} at the domain that a service takes`, async () => {
      const settings = parseSettings({
        domain: "example.jp",
        services: { users: { kind: "api", hosts: ["example.jp"] } },
      });
      const account = wellAccount({ recordTypes: async (_, [name]) => ({ [name!]: types }) });
      assert.deepEqual(await found(records, { account, settings: { settings, region: "x", file: "x" } }), findings);
    });
  }

  it("do not check the records of a service that never had a release", async () => {
    const start = {
      serial: 0,
      services: {
        users: {
          active: "green" as const,
          colours: { blue: { release: null, size: 0 }, green: { release: null, size: 0 } },
        },
      },
    };
    const none = { aliases: async () => ({}) };
    const findings = await found(records, { outputs: async () => outputsOf(start), observer: none });
    assert.deepEqual(findings, ["ok each record points to the active colour; the names of new services are free"]);
  });

  it("say what a new account needs before the first up", async () => {
    assert.deepEqual(await found(firstUse), ["ok the account has used ECS, Auto Scaling and load balancers"]);
    const before = { outputs: async () => null };
    const [roles, balancers] = await found(firstUse, { ...before, account: wellAccount() });
    assert.match(roles!, /^skipped before the first `pulumi up`: ECS refuses an account's first cluster/);
    assert.equal(balancers, "ok the account may create load balancers");
    const account = wellAccount({ hasLoadBalancers: async () => false });
    assert.match(
      (await found(firstUse, { ...before, account }))[1]!,
      /^skipped no load balancer exists in this region/,
    );
  });

  it("say what an account needs before its first database", async () => {
    const { settings } = wellExamined(scene);
    const given = (database: object) => ({
      settings: {
        ...settings,
        settings: parseSettings({ domain: "example.jp", services: {}, databases: { main: database } }),
      },
    });
    const wanted =
      /^skipped before the stack's first database: RDS refuses an account's first one while its service-linked role is missing \(docs\/quick-start\.md, step 0\)$/;
    const before = { outputs: async () => null };
    assert.match((await found(firstUse, { ...before, ...given({}) })).at(-1)!, wanted);
    // The stack has been there for long.
    assert.match((await found(firstUse, given({}))).at(-1)!, wanted);
    const existing = given({ existing: { host: "shop.invalid", secret: "prod/shop", cidr: "10.2.0.0/16" } });
    assert.lengthOf(await found(firstUse, existing), 1);
    const place = { host: "main.rds", version: 17, instanceClass: "db.t4g.micro", storageGiB: 20 };
    const databases = { main: { ...place, identifier: "shop-main" } };
    const outputs = async () => ({ ...scene.stack.current!, databases });
    assert.deepEqual(await found(firstUse, { outputs, ...given({}) }), [
      "ok the account has used ECS, Auto Scaling, load balancers and RDS",
    ]);
  });

  it("check of databases that existed before what is seen from outside", async () => {
    assert.deepEqual(await found(databases), []);
    const existing = { host: "shop.invalid", secret: "prod/shop", cidr: "10.2.0.0/16" };
    const { settings } = wellExamined(scene, {});
    const withShop = {
      settings: {
        ...settings,
        settings: parseSettings({ domain: "example.jp", services: {}, databases: { main: {}, shop: { existing } } }),
      },
      environment: { AWS_ENDPOINT_URL: "http://127.0.0.1" },
    };
    assert.deepEqual(await found(databases, withShop), [
      "ok shop: the secret prod/shop is there",
      "skipped shop: this is a stand-in for AWS, and the public DNS does not know shop.invalid",
    ]);
    const [secret] = await found(databases, { ...withShop, account: wellAccount({ hasSecret: async () => false }) });
    assert.equal(
      secret,
      "todo shop: Secrets Manager has no secret prod/shop here -> make it with the master user's username and password, or correct aoshingo:databases.shop.existing.secret",
    );
    assert.equal(lines([hostFinding("shop", "shop.example", true)])[0], "ok shop: shop.example has an address");
    assert.match(
      lines([hostFinding("shop", "shop.example", false)])[0]!,
      /^skipped shop: this machine finds no address/,
    );
  });

  it("check that the quotas allow what the settings need at most", async () => {
    assert.deepEqual(await found(quotas), [
      "ok 2 of 1000 rules on a load balancer, 2 of 1000 target groups on a load balancer, 2 of 1000 listeners on a load balancer, 2 of 1000 load balancers, 8 of 1000 vCPUs of instances, 1 of 1000 Elastic IP addresses",
    ]);
    const small = wellAccount({ quota: async (_, code) => (code === "L-1216C47A" ? 5 : 1000) });
    assert.include(
      await found(quotas, { account: small }),
      "todo 8 vCPUs of instances at most, but AWS allows only 5 -> request an increase from Service Quotas (ec2 L-1216C47A)",
    );
    const closed = wellAccount({
      quota: async () => {
        throw new Error("not authorized");
      },
    });
    const findings = await found(quotas, { account: closed });
    assert.match(findings[0]!, /^ok 2 of 100 rules on a load balancer, 2 of 100 target groups/);
    assert.include(findings, "skipped 8 vCPUs of instances at most; the quota is unknown: not authorized");
  });
});

describe("needsOf", () => {
  it("counts a deploy of all services at once, with each Auto Scaling group at its maximum", () => {
    const settings = parseSettings({
      domain: "example.jp",
      network: { nat: "perZone", zones: 3 },
      services: {
        users: { kind: "api", exposure: ["public", "internal"], size: { min: 2, max: 6 } },
        doodle: { kind: "api", size: 1, instanceType: "m7g.xlarge" },
        mailer: { kind: "worker", size: 1 },
      },
    });
    assert.deepEqual(needsOf(settings), {
      rules: 4,
      targetGroups: 4,
      listeners: 2,
      loadBalancers: 4,
      // 2 x (6 x 2 + 1 x 4 + 1 x 2)
      vcpus: 36,
      fargateVcpus: 0,
      addresses: 3,
      databases: 0,
      databaseStorage: 0,
    });
  });

  for (const [what, settings, needs] of [
    [
      "no instances of jobs, which have none, but a run of each on Fargate",
      {
        services: {
          users: { kind: "api", size: 1 },
          report: { kind: "job", schedule: "rate(1 hour)" },
          import: { kind: "job", schedule: "rate(1 hour)", cpu: 8192 },
        },
      },
      // 2 x 1 x 2; a quarter, and 8
      { vcpus: 4, fargateVcpus: 8.25, rules: 2 },
    ],
    [
      "a rule for each host and path of a service",
      { services: { users: { kind: "api", hosts: ["example.jp", "www.example.jp"], paths: ["/a/*", "/b", "/c"] } } },
      { rules: 8 },
    ],
    [
      "rules for testers, of all names and hosts but the test name",
      {
        testHeader: { name: "x-test", value: "ssm:/prod/test-header" },
        services: { users: { kind: "api", hosts: ["example.jp"] }, doodle: { kind: "api" } },
      },
      { rules: 8 },
    ],
    [
      "no rule of a host on the internal edge, which may have the most services",
      {
        services: {
          users: { kind: "api", exposure: ["public", "internal"], hosts: ["example.jp"] },
          ...{ doodle: { kind: "api", exposure: ["internal"] }, voting: { kind: "api", exposure: ["internal"] } },
        },
      },
      { rules: 6 },
    ],
  ] as const)
    it(`counts ${what}`, () => {
      assert.deepInclude(needsOf(parseSettings({ domain: "example.jp", ...settings })), needs);
    });

  it("counts databases and their storage", () => {
    const databases = { main: {}, reports: { storageGiB: 100 } };
    const settings = parseSettings({ domain: "example.jp", services: { users: { kind: "api" } }, databases });
    assert.deepInclude(needsOf(settings), { databases: 2, databaseStorage: 120 });
  });

  it("counts no address of a NAT gateway in an existing network, which has its own", () => {
    const ids = (end: string) => [`subnet-0000000${end}`, `subnet-1111111${end}`];
    const network = { vpc: "vpc-00000001", publicSubnets: ids("1"), privateSubnets: ids("2") };
    const settings = parseSettings({ domain: "example.jp", network, services: { users: { kind: "api" } } });
    assert.deepInclude(needsOf(settings), { addresses: 0 });
  });

  it("counts one target group per load balancer with the `dns` cutover, which changes only records", () => {
    const settings = parseSettings({ domain: "example.jp", cutover: "dns", services: { users: { kind: "api" } } });
    assert.deepInclude(needsOf(settings), { targetGroups: 1, loadBalancers: 2, addresses: 1 });
  });
});
