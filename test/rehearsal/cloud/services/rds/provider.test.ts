import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { Client } from "pg";
import { Agent, request } from "undici";
import { PROJECT_DIRECTORY } from "../../../../../automation/core/project-directory";
import { authorityEnvironment } from "../../../../../rehearsal/cloud/kernel/client-environment";
import type { Properties } from "../../../../../rehearsal/cloud/provider/wire";
import type { EmbeddedServer } from "../../../../../rehearsal/cloud/services/rds/model/embedded-server";
import { maxConnections } from "../../../../../rehearsal/cloud/services/rds/model/instance-class";
import type { Declared } from "../../provider/stack";
import { RefusalsCloud } from "../../refusals/refusals-cloud";

const INSTANCE = "aws:rds/instance:Instance";
const SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";
const PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";
/** A program that connects as its variables say, to this machine whatever the host's name is, and writes how that ends. */
const CONNECT = `
  require("node:dns").lookup = (_host, { all }, done) => done(null, all ? [{ address: "127.0.0.1", family: 4 }] : "127.0.0.1", 4);
  const ca = process.env.DATABASE_CA_CERT;
  const pool = new (require("pg").Pool)(ca ? { ssl: { ca } } : {});
  const end = (text) => pool.end().then(() => process.stdout.write(text));
  pool.query("SELECT 1").then(() => end("connected"), ({ message }) => end(message));
`;

describe("rehearsal/cloud/services/rds/provider", () => {
  let world: RefusalsCloud;
  let args: Properties;
  let instance: Declared;
  let subnets: Declared[];
  let groups: Declared[];

  before(async () => {
    world = await RefusalsCloud.create("127.62");
    const { stack } = world;
    const vpc = await stack.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
    const subnet = (zone: string, index: number) =>
      stack.create("aws:ec2/subnet:Subnet", {
        ...{ vpcId: vpc.id, cidrBlock: `10.0.${index}.0/24`, availabilityZone: `ap-northeast-1${zone}` },
      });
    subnets = [await subnet("a", 0), await subnet("c", 1), await subnet("a", 2)];
    const securityGroup = await stack.create("aws:ec2/securityGroup:SecurityGroup", { vpcId: vpc.id, name: "db" });
    groups = [
      await stack.create(SUBNET_GROUP, { name: "private", subnetIds: [subnets[0]!.id, subnets[1]!.id] }),
      await stack.create(PARAMETER_GROUP, {
        name: "tls",
        family: "postgres17",
        parameters: [{ name: "rds.force_ssl", value: "1" }],
      }),
    ];
    args = {
      ...{ identifier: "shop-main", engine: "postgres", engineVersion: "17", instanceClass: "db.t4g.micro" },
      ...{ storageType: "gp3", allocatedStorage: 20, storageEncrypted: true, backupRetentionPeriod: 7 },
      ...{ dbName: "main", username: "postgres", manageMasterUserPassword: true, applyImmediately: true },
      ...{ dbSubnetGroupName: "private", vpcSecurityGroupIds: [securityGroup.id], parameterGroupName: "tls" },
      ...{ deletionProtection: true, finalSnapshotIdentifier: "shop-main-final" },
    };
    instance = await stack.create(INSTANCE, args);
  });
  after(() => world?.close());

  /** Where the instance's server is, and its master user with the password of the managed secret. */
  function place(): { port: number; database: string; user: string; password: string } {
    const { secretsManager } = world.cloud.services.secrets.model;
    const [{ secretArn }] = instance.outputs.masterUserSecrets as [{ secretArn: string }];
    const { username, password } = JSON.parse(secretsManager.read(secretArn).version.value);
    const { server } = world.cloud.services.rds.model.get("shop-main");
    return { port: (server as EmbeddedServer).port, database: "main", user: username, password };
  }

  async function connect(): Promise<Client> {
    const client = new Client({ ...{ host: "127.0.0.1", ...place() }, ssl: { rejectUnauthorized: false } });
    await client.connect();
    return client;
  }

  it("has a real server behind an instance, with the connections of its class (B7) and a master who is no superuser (B10)", async () => {
    expect(instance.outputs).to.include({ status: "available", engineVersionActual: "17.6" });
    expect(instance.outputs.address).to.match(/^shop-main\.[0-9a-f]{12}\.ap-northeast-1\.rds\.amazonaws\.com$/);
    const client = await connect();
    const { rows } = await client.query(
      "SELECT current_user AS me, usesuper, current_setting('max_connections') AS most FROM pg_user WHERE usename = current_user",
    );
    await client.end();
    expect(rows).to.deep.equal([{ me: "postgres", usesuper: false, most: "112" }]);
  });

  it("has a certificate of an authority that RDS publishes, and that no task trusts by itself (B9)", async () => {
    const { acm, rds } = world.cloud.services;
    const { host, localPort } = await rds.trustStore.route();
    const dispatcher = new Agent({ connect: { ca: acm.model.authority, servername: host } });
    const url = `https://127.0.0.1:${localPort}/ap-northeast-1/ap-northeast-1-bundle.pem`;
    const bundle = await (await request(url, { dispatcher })).body.text();
    await dispatcher.close();
    const trusted = join(world.directory, "trusted.pem");
    writeFileSync(trusted, acm.model.authority);
    const { port, database, user, password } = place();
    const variables = {
      ...{ PATH: process.env.PATH, ...authorityEnvironment(trusted) },
      ...{ PGHOST: String(instance.outputs.address), PGPORT: String(port), PGDATABASE: database },
      ...{ PGUSER: user, PGPASSWORD: password, PGSSLMODE: "verify-full" },
    };
    const end = async (more: Record<string, string>) => {
      const env = { ...variables, ...more };
      return (await promisify(execFile)(process.execPath, ["-e", CONNECT], { cwd: PROJECT_DIRECTORY, env })).stdout;
    };
    expect(await end({})).to.equal("self-signed certificate in certificate chain");
    expect(await end({ DATABASE_CA_CERT: bundle })).to.equal("connected");
  });

  it("has no password in what the engine gets", () => {
    expect(JSON.stringify(instance.outputs)).not.to.match(/password"\s*:\s*"/i);
  });

  const refused: [string, Properties, string][] = [
    [
      "an identifier of another form (B1)",
      { identifier: "shop--main" },
      "InvalidParameterValue: The parameter DBInstanceIdentifier is not a valid identifier.",
    ],
    ["an identifier that is taken", {}, "DBInstanceAlreadyExists: DB instance already exists"],
    [
      "a version that RDS does not have (B3)",
      { identifier: "b", engineVersion: "9.6" },
      "InvalidParameterCombination: Cannot find version 9.6 for postgres",
    ],
    [
      "parameters of another version (B3)",
      { identifier: "b", engineVersion: "18" },
      "InvalidParameterCombination: The parameter group tls with DBParameterGroupFamily postgres17 can't be used for this instance.",
    ],
    [
      "a word of PostgreSQL as the database's name (B14)",
      { identifier: "b", dbName: "user" },
      "InvalidParameterValue: DBName user cannot be used. It is a reserved word for this engine",
    ],
    [
      "a further word that it reserves (B14)",
      { identifier: "b", dbName: "db" },
      "InvalidParameterValue: DBName db cannot be used. It is a reserved word for this engine",
    ],
    [
      "too small a volume (B4)",
      { identifier: "b", allocatedStorage: 19 },
      "InvalidParameterValue: Invalid storage size for engine name postgres and storage type gp3: 19",
    ],
    [
      "IOPS of a small volume (B17)",
      { identifier: "b", iops: 3000 },
      "InvalidParameterCombination: You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400.",
    ],
    [
      "too few IOPS of a large volume (B17)",
      { identifier: "b", allocatedStorage: 400, iops: 3000 },
      "InvalidParameterCombination: Invalid iops value for engine name postgres and storage type gp3: 3000",
    ],
    [
      "too little throughput of a large volume (B17)",
      { identifier: "b", allocatedStorage: 400, storageThroughput: 125 },
      "InvalidParameterCombination: Invalid storage throughput value for engine name postgres and storage type gp3: 125",
    ],
    [
      "too many days of backups (B5)",
      { identifier: "b", backupRetentionPeriod: 36 },
      "InvalidParameterValue: Invalid backup retention period: 36. Must be between 0 and 35.",
    ],
    [
      "a class that it does not have",
      { identifier: "b", instanceClass: "db.t2.nano" },
      "InvalidParameterValue: Invalid DB Instance class: db.t2.nano",
    ],
    [
      "a subnet group that is not there",
      { identifier: "b", dbSubnetGroupName: "none" },
      "DBSubnetGroupNotFoundFault: DBSubnetGroup none doesn't exist.",
    ],
    [
      "no name for the final snapshot",
      { identifier: "b", finalSnapshotIdentifier: undefined },
      "finalSnapshotIdentifier: final_snapshot_identifier is required",
    ],
  ];
  it("refuses a static parameter that is to be applied at once (B15)", async () => {
    const group = (applyMethod: string, family = "postgres14") => ({
      ...{ name: `static-${applyMethod}-${family}`, family },
      parameters: [{ name: "rds.force_ssl", value: "1", applyMethod }],
    });
    const refusal = "InvalidParameterCombination: cannot use immediate apply method for static parameter";
    expect(await world.refusal(PARAMETER_GROUP, group("immediate"))).to.contain(refusal);
    for (const taken of [group("pending-reboot"), group("immediate", "postgres15")])
      await world.stack.delete(await world.stack.create(PARAMETER_GROUP, taken));
  });

  for (const [what, changes, message] of refused)
    it(`refuses ${what}`, async () => {
      expect(await world.refusal(INSTANCE, { ...args, ...changes })).to.contain(message);
    });

  it("refuses subnets of one zone alone (B6)", async () => {
    const subnetIds = [subnets[0]!.id, subnets[2]!.id];
    expect(await world.refusal(SUBNET_GROUP, { name: "narrow", subnetIds })).to.contain(
      "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement.",
    );
  });

  it("keeps groups that an instance uses (B6)", async () => {
    const refusals = await Promise.all(
      groups.map((group) => world.stack.delete(group).catch((error: Error) => error.message)),
    );
    expect(refusals[0]).to.contain("Cannot delete the subnet group 'private'");
    expect(refusals[1]).to.contain("One or more database instances are still members of this parameter group");
  });

  it("grows, and never shrinks (B4)", async () => {
    expect(await world.stack.update(instance, { allocatedStorage: 40 })).to.include({ allocatedStorage: 40 });
    const error = await world.stack.update(instance, { allocatedStorage: 20 }).catch((caught: Error) => caught);
    expect((error as Error).message).to.contain("storage cannot be reduced");
  });

  it("grows by a tenth at least, and again after six hours (B13)", async () => {
    const { model } = world.cloud.services.rds;
    const { clock } = world.cloud.context;
    const shop = model.get("shop-main");
    const grow = (allocatedStorage: number) =>
      model.modify("shop-main", { allocatedStorage }).then(
        () => "grown",
        (error: Error) => error.message,
      );
    expect(await grow(43)).to.contain("allocated storage must be increased by at least 10 percent");
    shop.grownAtMs = clock.nowMs;
    expect(await grow(44)).to.contain("because the previous storage change is being optimized");
    shop.grownAtMs = clock.nowMs - 6 * 3_600_000;
    expect(await grow(44)).to.equal("grown");
    expect(shop.grownAtMs).to.be.above(clock.nowMs - 6 * 3_600_000);
  });

  describe("a volume that grows to 400 GiB (B17)", () => {
    const STRIPED = { iops: 12_000, storageThroughput: 500 };
    const grow = async (from: number, changes: Properties) => {
      const { stack } = world;
      const name = { identifier: "shop-large", finalSnapshotIdentifier: undefined, skipFinalSnapshot: true };
      const small = await stack.create(INSTANCE, {
        ...{ ...args, ...name, allocatedStorage: from, deletionProtection: false },
      });
      const outcome = await stack.update(small, changes).catch(({ message }: Error) => message);
      await stack.delete(small);
      return { small, outcome };
    };

    it("is refused with the IOPS that the provider has read, which it sends from that size on", async () => {
      const { outcome } = await grow(360, { allocatedStorage: 400 });
      expect(outcome).to.equal("Invalid iops value for engine name postgres and storage type gp3: 3000");
    });

    it("has those of a large one if they are given", async () => {
      const { outcome } = await grow(360, { allocatedStorage: 400, ...STRIPED });
      expect(outcome).to.include({ allocatedStorage: 400, ...STRIPED });
    });

    it("sends none below", async () => {
      const { outcome } = await grow(300, { allocatedStorage: 399 });
      expect(outcome).to.include({ allocatedStorage: 399, iops: 3000, storageThroughput: 125 });
    });

    it("has them already if it was so large from the start, and giving them changes nothing", async () => {
      const { small, outcome } = await grow(400, { allocatedStorage: 440 });
      expect(outcome).to.include({ allocatedStorage: 440, ...STRIPED });
      expect(world.stack.diff(small, STRIPED)).to.deep.include({ changed: [], replaces: [] });
    });
  });

  it("ends connections when its class changes, and takes as many as the new one allows (B12)", async () => {
    const { model } = world.cloud.services.rds;
    const client = await connect();
    const lost = new Promise<Error>((resolve) => client.on("error", resolve));
    await world.stack.update(instance, { instanceClass: "db.t4g.small", allocatedStorage: 44 });
    expect((await lost).message).to.match(/terminat/i);
    expect(model.get("shop-main").status).to.equal("available");
    const again = await connect();
    expect((await again.query("SHOW max_connections")).rows).to.deep.equal([{ max_connections: "225" }]);
    await again.end();
  });

  it("is replaced by what RDS cannot change", () => {
    expect(world.stack.replaces(instance, { dbName: "other" })).to.deep.equal(["dbName"]);
    expect(world.stack.replaces(instance, { backupRetentionPeriod: 8 })).to.deep.equal([]);
  });

  it("is not deleted while it is protected, and leaves a final snapshot (B11)", async () => {
    const error = await world.stack.delete(instance).catch((caught: Error) => caught);
    expect((error as Error).message).to.contain("Cannot delete protected DB Instance");
    await world.stack.update(instance, {
      deletionProtection: false,
      instanceClass: "db.t4g.small",
      allocatedStorage: 44,
    });
    await world.stack.delete(instance);
    const { rds } = world.cloud.services;
    expect(rds.model.snapshots).to.deep.equal(["shop-main-final"]);
    expect(await world.stack.read(instance)).to.equal(null);
    const second = await world.stack.create(INSTANCE, { ...args, deletionProtection: false });
    const again = await world.stack.delete(second).catch((caught: Error) => caught);
    expect((again as Error).message).to.contain("Cannot create the snapshot because a snapshot with the identifier");
  });

  it("knows the connections of classes by their memory", () => {
    expect(["db.t4g.micro", "db.m7g.large", "db.r7g.large", "db.m7g.16xlarge"].map(maxConnections)).to.deep.equal([
      ...[112, 901, 1802, 5000],
    ]);
    for (const none of ["db.m5.medium", "db.r5.medium", "db.m6g.24xlarge", "db.t2.nano", "db.m5"])
      expect(() => maxConnections(none), none).to.throw(`Invalid DB Instance class: ${none}`);
  });
});
