import { expect } from "chai";
import { configurationOf, configurationText } from "../../../components/live/configuration";
import { infrastructureOf } from "../../../components/live/infrastructure";
import type { LiveService } from "../../../components/live/live";
import { knownImages } from "../../../components/live/sidecars";
import { parseSettings } from "../../../components/settings/settings";
import { counts, EGRESS, INGRESS, inputs, names, ROLE_POLICY, TASK } from "../declared";
import { declare, STATES, V1, type World } from "../world";
import { placesOf } from "./places";

const INSTANCE = "aws:rds/instance:Instance";
const INVOCATION = "aws:lambda/invocation:Invocation";
const SECRET = "aws:secretsmanager/secret:Secret";
const FUNCTION = "aws:lambda/function:Function";
const json = (text: unknown) => JSON.parse(String(text));
const ARN = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:aoshingo/prod/users/main-AbCdEf";

function onBlue(settings: object): LiveService {
  const owner = { project: "aoshingo", stack: "prod" };
  const { services } = parseSettings(
    { domain: "example.jp", services: { users: { kind: "api", ...settings } }, databases: { main: {} } },
    owner,
  );
  const configuration = configurationOf(services.users!, () => ({ version: "v-1", arn: ARN }), knownImages({}));
  return {
    active: "blue",
    colours: {
      blue: { release: { ...V1, configuration: configurationText(configuration) }, size: 2 },
      green: { release: null, size: 0 },
    },
  };
}

const world = (users: object, live: LiveService = STATES.start, more: object = {}) =>
  declare({
    services: { users: live },
    settings: { users: { kind: "api", ...users } },
    config: { databases: { main: {} }, ...more },
  });

describe("databases in the program", () => {
  let using: World;
  before(async () => {
    using = await world({ uses: ["main"] }, onBlue({ uses: ["main"] }));
  });

  it("are nothing without the setting, and in the outputs neither", async () => {
    const none = await declare({ services: { users: STATES.start } });
    expect(counts(none)).not.to.have.any.keys(INSTANCE, FUNCTION, SECRET, INVOCATION);
    expect(none.written).not.to.have.property("databases");
    expect(none.outputs).not.to.have.property("databases");
    expect(Object.keys(none.outputs.applied.infrastructure)).not.to.include("databases");
  });

  it("are encrypted, private, backed up and protected, and RDS keeps the master user's password", () => {
    expect(inputs(using, "main-database", INSTANCE)).to.deep.include({
      engine: "postgres",
      engineVersion: "17",
      instanceClass: "db.t4g.micro",
      allocatedStorage: 20,
      storageEncrypted: true,
      publiclyAccessible: false,
      multiAz: false,
      backupRetentionPeriod: 7,
      manageMasterUserPassword: true,
      deletionProtection: true,
      skipFinalSnapshot: false,
      vpcSecurityGroupIds: ["main-database-id"],
      dbName: "main",
    });
    expect(inputs(using, "main-database", INSTANCE)).not.to.have.property("password");
    expect(inputs(using, "main-database", INSTANCE).identifier).to.match(/^aoshingo-prod-main-[0-9a-f]{6}$/);
    expect(inputs(using, "main-database", "aws:rds/parameterGroup:ParameterGroup").parameters).to.deep.equal([
      { name: "rds.force_ssl", value: "1" },
    ]);
  });

  it("have the IOPS and the throughput of a large volume from 400 GiB on, and name none below (B17)", async () => {
    const performanceAt = async (storageGiB: number) => {
      const declared = await world({}, STATES.start, { databases: { main: { storageGiB } } });
      const { iops, storageThroughput } = inputs(declared, "main-database", INSTANCE);
      return [iops, storageThroughput];
    };
    expect(await performanceAt(399)).to.deep.equal([undefined, undefined]);
    expect(await performanceAt(400)).to.deep.equal([12_000, 500]);
  });

  it("of a version whose parameters are static until the next start have them so (B15)", async () => {
    const older = await world({}, STATES.start, { databases: { main: { version: 14 } } });
    expect(inputs(older, "main-database", "aws:rds/parameterGroup:ParameterGroup").parameters).to.deep.equal([
      { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
    ]);
  });

  it("leave a final snapshot whose name no database of the same name has had", () => {
    const { identifier, finalSnapshotIdentifier } = inputs(using, "main-database", INSTANCE);
    expect(finalSnapshotIdentifier).to.equal(`${identifier}-final-main-database-id`);
  });

  it("are told apart from restored ones of their name", () => {
    expect(using.outputs.databases!.main).to.include({ resourceId: "main-database.id" });
  });

  it("let in the function that makes users, and the services that use them", () => {
    const into = (name: string) => inputs(using, name, INGRESS);
    expect(into("users-uses-main")).to.deep.include({
      ...{ fromPort: 5432, toPort: 5432 },
      ...{ securityGroupId: "main-database-id", referencedSecurityGroupId: "users-instances-id" },
    });
    expect(into("database-users-uses-main")).to.include({ referencedSecurityGroupId: "database-users-id" });
    expect(names(using, EGRESS)).to.include.members(["users-uses-main", "database-users-uses-main"]);
    const others = names(using, INGRESS).filter((name) => into(name).securityGroupId === "main-database-id");
    expect(others).to.have.length(2);
  });

  it("have a user for each service, of whose password the program has only the place", async () => {
    expect(inputs(using, "users-main-password", SECRET)).to.include({
      name: "aoshingo/prod/users/main",
      recoveryWindowInDays: 0,
    });
    const places = await placesOf(using, "database-users");
    expect(places).to.deep.equal([
      {
        of: { service: "users", database: "main" },
        host: "main-database.rds",
        port: 5432,
        database: "main",
        masterSecret: "main-database.master",
        user: "users",
        secret: "users-main-password.arn",
        certificates: "https://truststore.pki.rds.amazonaws.com/ap-northeast-1/ap-northeast-1-bundle.pem",
      },
    ]);
    expect(await placesOf(using, "migration-observer")).to.deep.equal(places);
  });

  it("are asked for a user by names alone, again when its place is another one", async () => {
    const { input, triggers } = inputs(using, "users-main-user", INVOCATION);
    expect(json(input)).to.deep.equal({ service: "users", database: "main" });
    const [place] = await placesOf(using, "database-users");
    expect(json((triggers as { place: string }).place)).to.deep.equal(place);
    expect(triggers).to.include({ database: "main-database.id" });
  });

  it("are asked for no user again because another service gets one", async () => {
    const api = { kind: "api", uses: ["main"] };
    const both = await declare({
      services: { users: STATES.start, doodle: STATES.start },
      settings: { users: api, doodle: api },
      config: { databases: { main: {} } },
    });
    expect(names(both, INVOCATION)).to.deep.equal(["doodle-main-user", "users-main-user"]);
    expect(await placesOf(both, "database-users")).to.have.length(2);
    expect(inputs(both, "users-main-user", INVOCATION)).to.deep.equal(inputs(using, "users-main-user", INVOCATION));
  });

  it("give the function the secrets that it needs, and no other", () => {
    const { Statement } = json(inputs(using, "database-users", ROLE_POLICY).policy);
    const resources = Object.fromEntries(
      Statement.map(({ Sid, Resource }: { Sid: string; Resource: unknown }) => [Sid, Resource]),
    );
    expect(resources.ReadMasterPasswords).to.deep.equal(["main-database.master"]);
    expect(resources.KeepServicesPasswords).to.deep.equal(["users-main-password.arn"]);
  });

  it("are looked at in a migration by a function that knows the services' passwords, and not the master user's", () => {
    const { Statement } = json(inputs(using, "migration-observer", ROLE_POLICY).policy);
    const secrets = Statement.filter(({ Action }: { Action: string[] }) =>
      Action.includes("secretsmanager:GetSecretValue"),
    );
    expect(secrets).to.deep.equal([
      {
        Sid: "ReadServicesPasswords",
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue"],
        Resource: ["users-main-password.arn"],
      },
    ]);
    const { functionName, ...request } = using.outputs.services.users!.database!;
    expect(inputs(using, "migration-observer", FUNCTION)).to.include({
      name: functionName,
      handler: "observe.handler",
    });
    expect(request).to.deep.equal(json(inputs(using, "users-main-user", INVOCATION).input));
  });

  it("are in the variables of a release that uses them, with the password as it is now", () => {
    const [container] = json(inputs(using, "users-blue-task", TASK).containerDefinitions);
    const environment = Object.fromEntries(
      container.environment.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(environment).to.include({
      ...{ PGHOST: "main-database.rds", PGPORT: "5432", PGDATABASE: "main", PGUSER: "users" },
      ...{ PGSSLMODE: "verify-full", DATABASE_CA_CERT: "PEM" },
    });
    // The release was deployed with another version, of a secret that was deleted since.
    expect(container.secrets).to.deep.equal([{ name: "PGPASSWORD", valueFrom: "users-main-password.arn" }]);
    expect(json(inputs(using, "users-secrets", ROLE_POLICY).policy).Statement[0].Resource).to.deep.equal([
      "users-main-password.arn",
    ]);
  });

  it("are in the variables of a release that is there for a rollback, with the same password", async () => {
    const { blue } = onBlue({ uses: ["main"] }).colours;
    const retired = { active: "green", colours: { blue: { ...blue, size: 0 }, green: blue } } as const;
    const both = await world({ uses: ["main"] }, retired);
    for (const task of ["users-blue-task", "users-green-task"])
      expect(json(inputs(both, task, TASK).containerDefinitions)[0].secrets).to.deep.equal([
        { name: "PGPASSWORD", valueFrom: "users-main-password.arn" },
      ]);
  });

  it("stay with a release that uses them when the setting has changed, and go with the next", async () => {
    const kept = await world({}, onBlue({ uses: ["main"] }));
    expect(names(kept, INVOCATION)).to.deep.equal(["users-main-user"]);
    expect(names(kept, INGRESS)).to.include("users-uses-main");
    const gone = await world({}, onBlue({}));
    expect(names(gone, INVOCATION)).to.deep.equal([]);
    expect(names(gone, SECRET)).to.deep.equal([]);
  });

  describe("in a deploy, while their settings wait for `pulumi up`", () => {
    const ASKED = { instanceClass: "db.m7g.large", storageGiB: 100, multiZone: true, backupDays: 14 };
    const HAD = {
      identifier: "shop-main",
      host: "main.rds",
      version: 17,
      instanceClass: "db.t4g.small",
      storageGiB: 30,
    };
    const services = { users: STATES.start };
    const run = (last: object, config: object) =>
      declare({
        services,
        config: { databases: { main: ASKED }, ...config },
        last: { databases: { main: HAD, ...last } },
      });
    const deploying = { live: { serial: 5, services } };

    it("keep the version, class, volume, standby and backups that they have, also in the outputs", async () => {
      const deployed = await run({ main: { ...HAD, version: 16, multiZone: false, backupDays: 30 } }, deploying);
      expect(inputs(deployed, "main-database", INSTANCE)).to.include({
        ...{ engineVersion: "16", instanceClass: "db.t4g.small", allocatedStorage: 30, multiAz: false },
        backupRetentionPeriod: 30,
      });
      const kept = { instanceClass: "db.t4g.small", storageGiB: 30, backupDays: 30 };
      expect(deployed.outputs.databases!.main).to.include(kept);
      const { infrastructure } = deployed.outputs.applied;
      const asked = parseSettings({ domain: "example.jp", services: {}, databases: { main: ASKED } });
      expect(infrastructure.databases, "still waits").not.to.equal(infrastructureOf(asked).databases);
    });

    it("keep what an older program has written of them", async () => {
      const deployed = await run({}, deploying);
      expect(inputs(deployed, "main-database", INSTANCE)).to.include({ instanceClass: "db.t4g.small", multiAz: true });
    });

    it("get it by `pulumi up`", async () => {
      const applied = await run({}, {});
      expect(inputs(applied, "main-database", INSTANCE)).to.include({ instanceClass: "db.m7g.large", multiAz: true });
      const asked = { instanceClass: "db.m7g.large", multiZone: true, backupDays: 14 };
      expect(applied.outputs.databases!.main).to.include(asked);
    });

    it("are made all the same where the stack has none", async () => {
      const first = await declare({ services, config: { databases: { main: ASKED }, ...deploying } });
      expect(inputs(first, "main-database", INSTANCE)).to.include({ instanceClass: "db.m7g.large" });
    });
  });

  it("can be deleted where deletionProtection is off", async () => {
    const open = await declare({
      services: { users: STATES.start },
      deletionProtection: false,
      config: { databases: { main: { multiZone: true, backupDays: 14 } } },
    });
    expect(inputs(open, "main-database", INSTANCE)).to.include({
      ...{ deletionProtection: false, skipFinalSnapshot: false, multiAz: true, backupRetentionPeriod: 14 },
    });
  });
});
