import { REFUSED_BY_RDS, RESERVED_WORDS, SERVERS_OWN } from "../database-names";
import { databaseUser } from "../database-variables";
import { databaseGroups } from "../group-rules";
import { insteadOfInstanceClass } from "../instance-class";
import { MAX_GROUP_RULES } from "../limits";
import { problem } from "../problem";
import { DATABASE_NAME } from "../schema/database";
import { asMap, type RawService } from "./raw-service";

const NAME_WANTED = "a name of 2 to 30 lower-case letters and digits, first a letter";

/** Names of users that PostgreSQL or RDS have themselves. */
const USERS_TAKEN = /^(?:postgres|public|none|rdsadmin|(?:pg|rds)_.*)$/;

/** The settings of a database that the program makes. */
const NEW = ["engine", "version", "instanceClass", "storageGiB", "multiZone", "backupDays"];

/** An existing database with settings of a new one beside it, and one without a way to it or with two. */
function existingProblems(name: string, database: unknown): string[] {
  const values = asMap(database);
  if (values.existing === undefined) return [];
  const path = ["databases", name];
  const refused = NEW.filter((key) => values[key] !== undefined).map((key) =>
    problem([...path, key], values[key], "no value: the database exists already, and its owner decides"),
  );
  const { securityGroup, cidr } = asMap(values.existing);
  const way = [...path, "existing"];
  if (securityGroup === undefined && cidr === undefined)
    refused.push(
      problem(
        [...way, "securityGroup"],
        undefined,
        "the server's security group, or in cidr the network that it is in",
      ),
    );
  if (securityGroup !== undefined && cidr !== undefined)
    refused.push(problem([...way, "cidr"], cidr, "no value beside securityGroup: one of them says how to reach it"));
  return refused;
}

/** An instance class that RDS does not have. One that is no class at all the schema refuses. */
function instanceClassProblems(name: string, database: unknown): string[] {
  const { instanceClass } = asMap(database);
  const wanted = typeof instanceClass === "string" ? insteadOfInstanceClass(instanceClass) : undefined;
  return wanted === undefined ? [] : [problem(["databases", name, "instanceClass"], instanceClass, wanted)];
}

/** What is wanted instead of a database's name; undefined if nothing is wrong with it. */
function wantedInstead(name: string, isNew: boolean): string | undefined {
  if (!DATABASE_NAME.test(name)) return NAME_WANTED;
  if (SERVERS_OWN.has(name) || RESERVED_WORDS.has(name)) return `another name: ${name} is a word of PostgreSQL's own`;
  return isNew && REFUSED_BY_RDS.has(name) ? `another name: RDS refuses to make a database ${name}` : undefined;
}

/** Databases that more services use than a security group lets in. */
function userCountProblems(services: readonly RawService[], databases: unknown): string[] {
  return databaseGroups(databases).flatMap(({ names, maxUsers, what }) => {
    const users = services.filter(({ uses }) => uses.some((name) => names.includes(name))).length;
    const why = `each is one of the ${MAX_GROUP_RULES} rules that its security group has, beside that of the function that makes users: move some to another database`;
    return users > maxUsers ? [problem(["databases", names[0]!], users, `at most ${maxUsers} ${what} (${why})`)] : [];
  });
}

/** Problems of databases' names, instance classes and users, and of `uses`: which database, and as which user. */
export function databaseProblems(services: readonly RawService[], databases: unknown): string[] {
  const names = Object.keys(asMap(databases));
  const ofNames = Object.entries(asMap(databases)).flatMap(([name, database]) => {
    const wanted = wantedInstead(name, asMap(database).existing === undefined);
    return wanted === undefined ? [] : [problem(["databases", name], name, wanted)];
  });
  const known = names.length === 0 ? "there are no databases" : `the databases are ${names.join(", ")}`;
  return [
    ...ofNames,
    ...Object.entries(asMap(databases)).flatMap(([name, database]) => [
      ...existingProblems(name, database),
      ...instanceClassProblems(name, database),
    ]),
    ...userCountProblems(services, databases),
    ...services.flatMap((service) =>
      service.uses.flatMap((name) => {
        const path = ["services", service.name, "uses", name];
        if (!names.includes(name)) return [problem(path, name, `a database of aoshingo:databases: ${known}`)];
        return USERS_TAKEN.test(databaseUser(service.name))
          ? [
              problem(
                path,
                name,
                `a service of another name: its user would be ${databaseUser(service.name)}, which PostgreSQL has itself`,
              ),
            ]
          : [];
      }),
    ),
  ];
}
