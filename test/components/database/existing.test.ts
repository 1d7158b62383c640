import { expect } from "chai";
import { findExistingDatabases, secretsOfLastRun } from "../../../components/database/existing";
import { configurationOf, configurationText } from "../../../components/live/configuration";
import { digestOf } from "../../../components/live/infrastructure";
import type { LastOutputs } from "../../../components/live/program-outputs";
import { knownImages } from "../../../components/live/sidecars";
import { parseSettings } from "../../../components/settings/settings";
import { failureOf } from "../../failure-of";
import { counts, EGRESS, INGRESS, inputs, names, ROLE_POLICY, TASK } from "../declared";
import { declare, NO_GROUP, STATES, V1, type World } from "../world";
import { placesOf } from "./places";

const GROUP = "sg-0123456789abcdef0";
const HOST = "shop.abc123def456.ap-northeast-1.rds.amazonaws.com";
const SHOP = { host: HOST, secret: "prod/shop", securityGroup: GROUP };
const ARN = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret";
const json = (text: unknown) => JSON.parse(String(text));

const USERS = { kind: "api", uses: ["main"] };

function world(databases: Record<string, object>, users: object = USERS, more: object = {}): Promise<World> {
  const { services } = parseSettings({ domain: "example.jp", services: { users }, databases });
  const configuration = configurationOf(services.users!, () => ({ version: "v-1", arn: `${ARN}:u` }), knownImages({}));
  const blue = { release: { ...V1, configuration: configurationText(configuration) }, size: 2 };
  return declare({
    services: { users: { active: "blue", colours: { blue, green: { release: null, size: 0 } } } },
    settings: { users },
    config: { databases, ...more },
  });
}

async function refusal(databases: Record<string, object>, more: object = {}): Promise<string[]> {
  const services = { users: STATES.start };
  const error = await declare({ services, config: { databases, ...more } }).catch((caught: Error) => caught);
  return (error as Error).message.split("\n");
}

function statements(from: World): Record<string, { Action: string[]; Resource: unknown; Condition?: unknown }> {
  const { Statement } = json(inputs(from, "database-users", ROLE_POLICY).policy);
  return Object.fromEntries(Statement.map((statement: { Sid: string }) => [statement.Sid, statement]));
}

describe("an existing database in the program", () => {
  let using: World;
  before(async () => {
    using = await world({ main: { existing: { ...SHOP, database: "store", port: 6432 } } });
  });

  it("is nothing that the stack has: no instance, no subnet group, no parameters, no security group", () => {
    expect(counts(using)).not.to.have.any.keys(
      ...["aws:rds/instance:Instance", "aws:rds/subnetGroup:SubnetGroup", "aws:rds/parameterGroup:ParameterGroup"],
    );
    expect(names(using, "aws:ec2/securityGroup:SecurityGroup")).not.to.include("main-database");
    expect(using.outputs.databases).to.deep.equal({
      main: { existing: { host: HOST, port: 6432, database: "store", masterSecret: `${ARN}:prod/shop-AbCdEf` } },
    });
    expect(using.written.databases).to.deep.equal({ main: { host: HOST, masterSecret: `${ARN}:prod/shop-AbCdEf` } });
  });

  it("is not looked up again in a deploy, so that a secret that was deleted stops no rollback", async () => {
    const gone = { main: { existing: { ...SHOP, secret: "prod/missing" } } };
    const settings = parseSettings({ domain: "example.jp", services: { users: USERS }, databases: gone });
    const masterSecret = `${ARN}:prod/missing-AbCdEf`;
    const last = {
      databases: { main: { existing: { host: HOST, port: 5432, database: "main", masterSecret } } },
      applied: { infrastructure: { databases: digestOf(settings.databases) } },
    } as unknown as LastOutputs;
    const known = secretsOfLastRun(settings, last);
    const found = await findExistingDatabases(settings, known);
    expect(found.main).to.include({ masterSecretArn: masterSecret, masterKey: undefined });
    expect((await failureOf(findExistingDatabases(settings))).message).to.match(/wanted a secret that exists/);
    const inherited = { ...settings, databases: { constructor: settings.databases.main! } };
    expect((await failureOf(findExistingDatabases(inherited))).message).to.match(
      /databases.constructor.existing.secret/,
    );
    const other = { ...settings, databases: { ...settings.databases, more: settings.databases.main! } };
    expect(secretsOfLastRun(other, last)).to.deep.equal({});
  });

  it("lets in the function and the service by rules in its security group, each once", () => {
    const into = names(using, INGRESS).map((name) => inputs(using, name, INGRESS));
    const rules = into.filter(({ securityGroupId }) => securityGroupId === GROUP);
    expect(rules.map((rule) => [rule.referencedSecurityGroupId, rule.fromPort, rule.toPort])).to.deep.equal([
      ["database-users-id", 6432, 6432],
      ["users-instances-id", 6432, 6432],
    ]);
    for (const name of [`database-users-reaches-6432-at-${GROUP}`, `users-reaches-6432-at-${GROUP}`])
      expect(inputs(using, name, EGRESS)).to.include({ referencedSecurityGroupId: GROUP, fromPort: 6432 });
  });

  it("gets no rule where only its network is known: both sides' own rules let out, and its owner lets in", async () => {
    const { host, secret } = SHOP;
    const outside = await world({ main: { existing: { host, secret, cidr: "10.20.0.0/16" } } });
    expect(inputs(outside, "users-reaches-5432-at-10.20.0.0-16", EGRESS)).to.include({ cidrIpv4: "10.20.0.0/16" });
    expect(inputs(outside, "database-users-reaches-5432-at-10.20.0.0-16", EGRESS)).to.include({ fromPort: 5432 });
    expect(names(outside, INGRESS).filter((name) => /uses/.test(name))).to.deep.equal([]);
  });

  it("has one rule for two databases of one server, and for a service that reaches it by egress already (N9)", async () => {
    const both = { main: { existing: SHOP }, reports: { existing: SHOP } };
    const egress = [{ port: 5432, securityGroup: GROUP }];
    const twice = await world(both, { ...USERS, egress });
    const ruled = [...names(twice, INGRESS), ...names(twice, EGRESS)].filter((name) => name.includes(GROUP));
    expect(ruled.sort()).to.deep.equal([
      `database-users-reaches-5432-at-${GROUP}`,
      `database-users-uses-5432-at-${GROUP}`,
      `users-reaches-5432-at-${GROUP}`,
      `users-uses-5432-at-${GROUP}`,
    ]);
  });

  it("tells the function whose user it makes, and the release where the database is", async () => {
    const [place] = await placesOf(using, "database-users");
    expect(place).to.deep.include({
      ...{ host: HOST, port: 6432, database: "store", user: "users", masterSecret: `${ARN}:prod/shop-AbCdEf` },
      existing: {
        ...{ path: "aoshingo:databases.main.existing", owner: "aoshingo/prod/users", group: "database-users-id" },
      },
    });
    const [container] = json(inputs(using, "users-blue-task", TASK).containerDefinitions);
    expect(container.environment).to.deep.include.members([
      { name: "PGHOST", value: HOST },
      { name: "PGPORT", value: "6432" },
      { name: "PGDATABASE", value: "store" },
      { name: "PGSSLMODE", value: "verify-full" },
    ]);
  });

  it("gives the function the certificates of the settings", async () => {
    const certificates = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n";
    const own = await world({ main: { existing: { ...SHOP, certificates } } });
    expect((await placesOf(own, "database-users"))[0]).to.include({ certificates });
  });

  it("gives the function the right to exactly that secret, and to the key that it is encrypted with (P10)", async () => {
    expect(statements(using).ReadMasterPasswords!.Resource).to.deep.equal([`${ARN}:prod/shop-AbCdEf`]);
    expect(statements(using)).not.to.have.property("OpenMasterPassword1");
    const keyed = await world({ main: {}, shop: { existing: { ...SHOP, secret: "prod/with-key" } } });
    expect(statements(keyed).OpenMasterPassword1).to.deep.include({
      Action: ["kms:Decrypt"],
      Resource: "arn:aws:kms:ap-northeast-1:123456789012:key/*",
      Condition: {
        StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" },
        StringEquals: { "kms:EncryptionContext:SecretARN": `${ARN}:prod/with-key-AbCdEf` },
      },
    });
  });

  it("is refused in one list before anything is declared", async () => {
    expect(
      await refusal({
        main: { existing: { ...SHOP, secret: "prod/missing" } },
        other: { existing: { ...SHOP, securityGroup: NO_GROUP } },
      }),
    ).to.have.members([
      "aoshingo:databases.main.existing.secret: given prod/missing, wanted a secret that exists: couldn't find resource",
      `aoshingo:databases.other.existing.securityGroup: given ${NO_GROUP}, wanted a security group that exists: no matching EC2 Security Group found`,
    ]);
  });

  it("is refused where its security group is in another VPC than the stack", async () => {
    const [publicSubnets, privateSubnets] = [
      ["subnet-00000001", "subnet-00000003"],
      ["subnet-00000002", "subnet-00000004"],
    ];
    const network = { vpc: "vpc-00000001", publicSubnets, privateSubnets };
    const main = (securityGroup: string) => ({ main: { existing: { ...SHOP, securityGroup } } });
    expect(await refusal(main("sg-00000009"), { network })).to.deep.equal([
      "aoshingo:databases.main.existing.securityGroup: given sg-00000009, which is in vpc-00000009, wanted one of vpc-00000001; for a server in another VPC that is connected with it, say cidr instead",
    ]);
    const taken = await declare({
      services: { users: STATES.start },
      network,
      config: { databases: main("sg-00000001") },
    });
    expect(Object.keys(taken.written.databases ?? {})).to.deep.equal(["main"]);
  });
});
