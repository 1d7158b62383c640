import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { type ArnParts, regionalArn } from "../core/arn";
import {
  databaseFunctionName,
  databaseSecretName,
  databaseUsersLogGroupName,
  migrationObserverName,
  rolePath,
} from "../core/names";
import { HTTPS } from "../core/ports";
import type { Tags } from "../core/tags";
import type { MigrationDatabase, Wrapped } from "../live/outputs";
import { createOutsideRule, outsideName } from "../security/outside-rule";
import { policyDocument } from "../security/policy-document";
import { databaseUser } from "../settings/database-variables";
import { CONFIG_NAMESPACE } from "../settings/problem";
import { connect } from "./connect";
import type { UserResult } from "./function";
import type { FixedPlace, UserName } from "./function/fixed-places";
import { functionCode } from "./function-code";
import { functionCodeDigest } from "./function-files";
import { functionStatements, observerStatements } from "./function-statements";
import { type DatabasePlace, outsideOf } from "./place";

const RUNTIME = "nodejs24.x";
const MEMORY_MIB = 256;
/** Longer than the function waits for rights and names that are new. */
const TIMEOUT_SECONDS = 180;
const LOG_DAYS = 90;
/** Logical name of the function that looks at migrations. */
const OBSERVER = "migration-observer";
/** It answers after 20 s at most; connecting comes before that. */
const OBSERVER_TIMEOUT_SECONDS = 40;

export interface DatabaseUsersArgs {
  account: Account;
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  databases: Readonly<Record<string, DatabasePlace>>;
  /** Pairs of a service and a database that it may connect to. */
  uses: readonly { service: string; database: string }[];
  tags: Tags;
}

/** A service's user in a database. */
export interface ServiceDatabase {
  database: DatabasePlace;
  user: string;
  /** ARN of the secret with its password. */
  secretArn: pulumi.Output<string>;
  /** The certificates that the server's is signed with, as PEM. Known when the user is there. */
  certificates: pulumi.Output<string>;
  /** How a deploy looks at it while a migration of the service runs. */
  migration: Wrapped<MigrationDatabase>;
}

/**
 * The users that services have in databases: a function in the VPC makes them when the program is run, and puts their
 * passwords into secrets that the program declares without a value. So no password is in the program, in its state or on the
 * machine that runs it, and that machine needs no way into the network. Where the functions connect to and with which secrets is a
 * part of their code; who calls one names a service and a database.
 *
 * Cost: 0.40 USD a month for each secret (aws.amazon.com/secrets-manager/pricing); the function runs for seconds.
 */
export class DatabaseUsers extends pulumi.ComponentResource {
  readonly #all: (ServiceDatabase & { service: string })[] = [];

  constructor(name: string, args: DatabaseUsersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:database:DatabaseUsers", name, {}, opts);

    const { account, databases, uses, tags } = args;
    const secrets = uses.map(
      ({ service, database }) =>
        new aws.secretsmanager.Secret(
          `${service}-${database}-password`,
          {
            name: databaseSecretName(account, service, database),
            description: `Password of ${service} in the database ${database}`,
            // A password that was lost is made anew; a name that waits for its deletion could not be used.
            recoveryWindowInDays: 0,
            tags: { ...tags, service },
          },
          { parent: this },
        ),
    );
    const { created, observer, ready, places } = createFunctions(
      this,
      name,
      args,
      secrets.map(({ arn }) => arn),
    );
    const code = functionCodeDigest();
    uses.forEach(({ service, database: databaseName }, index) => {
      const database = databases[databaseName]!;
      const request: UserName = { service, database: databaseName };
      const invocation = new aws.lambda.Invocation(
        `${service}-${databaseName}-user`,
        {
          // Known when the function has its code with the places.
          functionName: created.name,
          input: JSON.stringify(request),
          triggers: {
            code,
            place: pulumi.jsonStringify(places[index]),
            // A restored database has the users of its time.
            database: database.identity,
          },
        },
        { parent: this, dependsOn: ready },
      );
      this.#all.push({
        ...{ service, database, user: databaseUser(service), secretArn: secrets[index]!.arn },
        certificates: invocation.result.apply((result) => (JSON.parse(result) as UserResult).certificates),
        migration: { functionName: observer!.name, ...request },
      });
    });
    this.registerOutputs();
  }

  /** The users of a service: one for each database that its colours use. */
  of(service: string): readonly ServiceDatabase[] {
    return this.#all.filter((one) => one.service === service);
  }
}

/** What the functions may connect to and with what, for each service and database, in the order of `uses`. */
function fixedPlaces(
  { account, databases, uses }: DatabaseUsersArgs,
  secretArns: readonly pulumi.Output<string>[],
  group: aws.ec2.SecurityGroup,
): pulumi.Output<FixedPlace>[] {
  return uses.map(({ service, database: name }, index) => {
    const database = databases[name]!;
    const place: Wrapped<FixedPlace> = {
      of: { service, database: name },
      ...{ host: database.host, port: database.port, database: database.database },
      ...{ user: databaseUser(service), secret: secretArns[index]!, masterSecret: database.masterSecretArn },
      certificates: database.certificates ?? certificatesUrl(account.region),
      ...(outsideOf(database) && {
        existing: {
          path: `${CONFIG_NAMESPACE}:databases.${name}.existing`,
          owner: `${account.project}/${account.stack}/${service}`,
          group: group.id,
        },
      }),
    };
    return pulumi.output(place) as pulumi.Output<FixedPlace>;
  });
}

/** Where RDS publishes the certificates of its authorities for a region (aws-rules B9). */
function certificatesUrl(region: string): string {
  const host = region.startsWith("us-gov-") ? "truststore.pki.us-gov-west-1.rds" : "truststore.pki.rds";
  return `https://${host}.amazonaws.com/${region}/${region}-bundle.pem`;
}

function createFunctions(
  parent: DatabaseUsers,
  name: string,
  args: DatabaseUsersArgs,
  secretArns: readonly pulumi.Output<string>[],
): {
  created: aws.lambda.Function;
  /** Undefined where no service uses a database. A deploy may bring a service its first migration, and creates no function. */
  observer: aws.lambda.Function | undefined;
  ready: pulumi.Resource[];
  places: readonly pulumi.Output<FixedPlace>[];
} {
  const { account, databases, tags } = args;
  const logGroup = new aws.cloudwatch.LogGroup(
    name,
    { name: databaseUsersLogGroupName(account), retentionInDays: LOG_DAYS, tags },
    { parent },
  );
  const group = new aws.ec2.SecurityGroup(
    name,
    { vpcId: args.vpcId, description: "Function that makes users of databases", tags },
    { parent },
  );
  const toHttps = new aws.vpc.SecurityGroupEgressRule(
    `${name}-to-https`,
    {
      ...{ ipProtocol: "tcp", fromPort: HTTPS, toPort: HTTPS },
      securityGroupId: group.id,
      cidrIpv4: "0.0.0.0/0",
      description: "Secrets Manager, and the certificates of RDS",
      tags,
    },
    { parent },
  );
  const databasePlaces = Object.values(databases);
  const outside = new Map(
    databasePlaces.flatMap((place) => outsideOf(place) ?? []).map((rule) => [outsideName(rule), rule]),
  );
  const toDatabases = [
    ...connect(parent, name, { from: group, to: databasePlaces, what: (database) => `Users of ${database}`, tags }),
    ...[...outside.values()].map((rule) => createOutsideRule(parent, name, group, rule, tags)),
  ];
  const serviceSecrets = pulumi.all([...secretArns]);
  const masters = pulumi.all(databasePlaces.map(({ masterSecretArn }) => masterSecretArn));
  const places = fixedPlaces(args, secretArns, group);
  const common = {
    code: pulumi.all([...places]).apply(functionCode),
    runtime: RUNTIME,
    architectures: ["arm64"],
    memorySize: MEMORY_MIB,
    loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
    vpcConfig: { subnetIds: args.subnetIds, securityGroupIds: [group.id] },
    tags,
  };
  const makesUsers = createFunction(parent, name, account, {
    ...common,
    name: databaseFunctionName(account),
    description: `Makes the users that services of ${account.project} ${account.stack} have in databases`,
    handler: "index.handler",
    timeout: TIMEOUT_SECONDS,
    statements: (functionArn) =>
      pulumi
        .all([account.id, logGroup.arn, serviceSecrets, masters])
        .apply(([id, logGroupArn, serviceSecretArns, masterSecretArns]) =>
          functionStatements({
            functionArn: functionArn(id),
            ...{ logGroupArn, serviceSecretArns, masterSecretArns },
            keys: keysOf({ ...account, id }, masterSecretArns, databases),
          }),
        ),
  });
  const createObserver = () =>
    createFunction(parent, OBSERVER, account, {
      ...common,
      name: migrationObserverName(account),
      description: `Looks at databases of ${account.project} ${account.stack} while migrations run`,
      handler: "observe.handler",
      timeout: OBSERVER_TIMEOUT_SECONDS,
      statements: (functionArn) =>
        pulumi
          .all([account.id, logGroup.arn, serviceSecrets])
          .apply(([id, logGroupArn, serviceSecretArns]) =>
            observerStatements({ functionArn: functionArn(id), logGroupArn, serviceSecretArns }),
          ),
    });
  const observer = secretArns.length > 0 ? createObserver().created : undefined;
  return {
    created: makesUsers.created,
    observer,
    ready: [makesUsers.policy, toHttps, ...toDatabases, ...databasePlaces.flatMap(({ ready }) => ready)],
    places,
  };
}

interface FunctionArgs extends Omit<aws.lambda.FunctionArgs, "name" | "role"> {
  name: string;
  /** What its role may do. It gets a function that returns the function's own ARN in the account with an ID. */
  statements(functionArn: (accountId: string) => string): pulumi.Output<object[]>;
}

/** Creates a function with a role of its own. */
function createFunction(
  parent: pulumi.Resource,
  logicalName: string,
  account: Account,
  { statements, ...args }: FunctionArgs,
): { created: aws.lambda.Function; policy: aws.iam.RolePolicy } {
  const functionArn = (id: string) => regionalArn({ ...account, id }, "lambda", `function:${args.name}`);
  const role = new aws.iam.Role(
    logicalName,
    { path: rolePath(account), assumeRolePolicy: JSON.stringify(trust), tags: args.tags! },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    logicalName,
    { role: role.name, policy: statements(functionArn).apply((known) => JSON.stringify(policyDocument(known))) },
    { parent },
  );
  // Lambda makes its network interfaces with the role's rights.
  const created = new aws.lambda.Function(logicalName, { ...args, role: role.arn }, { parent, dependsOn: [policy] });
  return { created, policy };
}

/** Keys of the account's own that master users' secrets are encrypted with, and what each opens. */
function keysOf(
  account: ArnParts,
  secretArns: readonly string[],
  databases: DatabaseUsersArgs["databases"],
): { key: string; secretArn: string }[] {
  return Object.values(databases).flatMap(({ masterKey }, place) => {
    if (masterKey === undefined) return [];
    // Secrets Manager gives an id, an ARN, or the ARN of an alias, for which a policy cannot name the key.
    const key = masterKey.includes(":key/") ? masterKey : regionalArn(account, "kms", "key/*");
    return [{ key, secretArn: secretArns[place]! }];
  });
}

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
