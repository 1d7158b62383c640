import { list, type Rule } from "../declared";
import { ofType, type StackRule } from "../linked";

/** A database can be deleted on purpose; its data stay all the same. */
export const databasesKeepTheirData: Rule = {
  name: "databases-keep-their-data",
  description: "Databases have backups, and leave a final snapshot when they are deleted.",
  types: ["aws:rds/instance:Instance"],
  check: ({ inputs }) => [
    ...(Number(inputs.backupRetentionPeriod ?? 0) >= 1
      ? []
      : ["backupRetentionPeriod is 0: set it to 1 or more, so that the database can be restored to a point in time"]),
    ...(inputs.skipFinalSnapshot === true ? ["skipFinalSnapshot is true: leave a final snapshot"] : []),
  ],
};

/** Whoever reads the program, its state or its logs must not be able to log in. */
export const databasesArePrivate: Rule = {
  name: "databases-are-private",
  description: "Databases have no public address, and a master password that only RDS and Secrets Manager know.",
  types: ["aws:rds/instance:Instance"],
  check: ({ inputs }) => [
    ...(inputs.publiclyAccessible === true ? ["publiclyAccessible is true: set it to false"] : []),
    ...(inputs.manageMasterUserPassword === true && inputs.password === undefined && inputs.passwordWo === undefined
      ? []
      : ["the master user's password is in the program: set manageMasterUserPassword to true, and no password"]),
  ],
};

export const databasesUseTls: Rule = {
  name: "databases-use-tls",
  description: "Parameters of PostgreSQL refuse connections without TLS.",
  types: ["aws:rds/parameterGroup:ParameterGroup"],
  check: ({ inputs }) =>
    list(inputs.parameters).some(({ name, value }) => name === "rds.force_ssl" && String(value) === "1")
      ? []
      : ['parameters have no rds.force_ssl: set it to "1"'],
};

export const databasesAreProtected: StackRule = {
  name: "databases-are-protected",
  description: "Databases cannot be deleted by mistake. (A stack with deletionProtection: false is a disposable one.)",
  check: (resources, facts) =>
    ofType(resources, "database")
      .filter(({ inputs }) => facts.deletionProtection && inputs.deletionProtection !== true)
      .map((resource) => ({ resource, message: "deletionProtection is not true, but the stack's setting is" })),
};
