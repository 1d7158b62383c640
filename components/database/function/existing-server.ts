import type { Client } from "pg";
import type { ExistingPlace, FixedPlace } from "./fixed-places";
import { Refusal } from "./refusal";
import { markOf } from "./service-user";

/** The oldest major version that RDS still has. */
export const OLDEST_SERVER = 14;
/** The first major version in which CREATEROLE alone gives no right to users that somebody else made. */
const ADMIN_OPTION = 16;

type Place = Pick<FixedPlace, "host" | "port" | "database" | "user" | "existing">;

export interface Credentials {
  username: string;
  password: string;
}

/**
 * Reads the master user's name and password from the value of a secret, without a word of the value in an error.
 * @param existing undefined for a secret that RDS made
 */
export function credentialsIn(value: string | undefined, existing: ExistingPlace | undefined): Credentials {
  const wanted = 'JSON with username and password, such as {"username": "postgres", "password": "..."}';
  const at = existing ? `${existing.path}.secret` : "the secret of the master user";
  if (value === undefined) throw new Refusal(`${at}: given a secret without a value, wanted ${wanted}`);
  try {
    const { username, password } = JSON.parse(value) as Partial<Credentials>;
    if (typeof username === "string" && typeof password === "string") return { username, password };
  } catch {
    // The parser's own message has a part of the value in it.
  }
  throw new Refusal(`${at}: given a secret with another value, wanted ${wanted}`);
}

/**
 * Looks whether a server that existed before is one that a service can have a user in. It changes nothing.
 * @param admin a connection to the database as the master user
 */
export async function check(admin: Client, { database, user }: Place, { path, owner }: ExistingPlace): Promise<void> {
  const { rows } = await admin.query<ServerFacts>(SERVER_FACTS, [user]);
  const facts = rows[0]!;
  const refuse = (at: string, given: string, wanted: string): never => {
    throw new Refusal(`${path}${at}: given ${given}, wanted ${wanted}`);
  };
  if (facts.version < OLDEST_SERVER * 10_000)
    refuse(
      ".host",
      `a server of version ${facts.versionText}`,
      `PostgreSQL ${OLDEST_SERVER} or newer: upgrade it first`,
    );
  if (facts.onlyReads)
    refuse(".host", "a replica, which only reads", "the server that writes, or the cluster's writer");
  if (!facts.mayCreateRoles)
    refuse(".secret", `the user ${facts.me}, who may not create users`, "the master user, or one with CREATEROLE");
  const service = `the service ${owner.split("/").at(-1)}`;
  if (facts.hasRole && facts.mark !== markOf(owner)) {
    const whose = facts.mark?.startsWith(markOf("")) ? ` (of ${facts.mark.slice(markOf("").length)})` : "";
    refuse(
      "",
      `a server that has a user ${user} already${whose}, whose password ${service} would change`,
      `a service of another name, or to drop that user if nobody needs it`,
    );
  }
  // To make the service's schema the master user becomes a member of its user, and PostgreSQL takes no members in a circle.
  if (facts.isMemberOfMe)
    refuse(
      ".secret",
      `the user ${facts.me}, of which the user ${user} is a member`,
      `one of which it is none: run REVOKE ${facts.me} FROM ${user}, and let migrations change tables by a third role that owns them (docs/databases.md)`,
    );
  if (facts.hasRole && facts.version >= ADMIN_OPTION * 10_000 && !facts.mayChangeRole)
    refuse(
      ".secret",
      `the user ${facts.me}, who may not change the user ${user} that another master user made`,
      `that one, or this right: run GRANT ${user} TO ${facts.me} WITH ADMIN OPTION as that one or a superuser`,
    );
  if (facts.schemaOwner !== null && facts.schemaOwner !== user)
    refuse(
      "",
      `a database that has a schema ${user} of ${facts.schemaOwner} already, which is the name of that of ${service}`,
      "a service of another name, or to rename that schema",
    );
  if (facts.schemaOwner === null && !facts.mayCreateSchemas)
    refuse(
      ".secret",
      `the user ${facts.me}, who may not create schemas in ${database}`,
      `one who may: run GRANT CREATE ON DATABASE ${database} TO ${facts.me} as the database's owner`,
    );
  if (!facts.mayConnect)
    refuse(
      ".database",
      `${database}, to which ${facts.me} may not let new users connect`,
      `that right: run GRANT CONNECT ON DATABASE ${database} TO ${facts.me} WITH GRANT OPTION as the database's owner`,
    );
}

interface ServerFacts {
  me: string;
  version: number;
  versionText: string;
  onlyReads: boolean;
  mayCreateRoles: boolean;
  mayCreateSchemas: boolean;
  /** New users may connect, or the master user may let them. */
  mayConnect: boolean;
  hasRole: boolean;
  /** The master user may give the service's user to others, and with CREATEROLE change it; null if there is no such user. */
  mayChangeRole: boolean | null;
  /** The service's user is a member of the master user; null if there is no such user. */
  isMemberOfMe: boolean | null;
  mark: string | null;
  schemaOwner: string | null;
}

const SERVER_FACTS = `
  SELECT current_user AS me,
    current_setting('server_version_num')::int AS version,
    current_setting('server_version') AS "versionText",
    pg_is_in_recovery() AS "onlyReads",
    (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS "mayCreateRoles",
    has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchemas",
    has_database_privilege('public', current_database(), 'CONNECT')
      OR has_database_privilege(current_database(), 'CONNECT WITH GRANT OPTION') AS "mayConnect",
    EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS "hasRole",
    (SELECT pg_has_role(oid, 'MEMBER WITH ADMIN OPTION') FROM pg_roles WHERE rolname = $1) AS "mayChangeRole",
    (SELECT NOT rolsuper AND pg_has_role(oid, current_user::regrole, 'MEMBER') FROM pg_roles WHERE rolname = $1) AS "isMemberOfMe",
    (SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = $1) AS mark,
    (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $1) AS "schemaOwner"`;

/** Runs what reads the secret or connects, and says of a failure with an existing database what a person has to mend. */
export async function explained<Result>(place: Place, attempt: () => Promise<Result>): Promise<Result> {
  const { existing } = place;
  if (!existing) return attempt();
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const line = explain(error as FailedConnection, { ...place, existing });
    throw line === undefined ? error : new Refusal(`${existing.path}${line}`);
  }
}

interface FailedConnection {
  name?: string;
  code?: string;
  message: string;
}

/** Codes of Node.js for a certificate that no known authority has signed. */
const UNKNOWN_AUTHORITY = /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_.*)$/;

function explain(
  { name, code = "", message }: FailedConnection,
  { host, port, database, existing }: Place & { existing: ExistingPlace },
): string | undefined {
  const server = `${host}:${port}`;
  if (name === "AccessDeniedException")
    return `.secret: given one that the function may not read, wanted one whose own policy, and that of its key, let it: ${message}`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `.host: given ${host}, wanted a name that the VPC resolves: nobody there knows it`;
  if (code === "ECONNREFUSED") return `.port: given ${server}, wanted a port on which PostgreSQL listens: refused`;
  if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ECONNRESET" || /timeout|terminated/i.test(message))
    return `: given ${server}, from which no answer came, wanted one that lets in the security group ${existing.group} and those of the services on port ${port}, with a route between the networks`;
  if (/does not support SSL/.test(message)) return `.host: given ${server}, which has no TLS, wanted a server with it`;
  if (UNKNOWN_AUTHORITY.test(code))
    return `.certificates: given others (${code}), wanted those that the certificate of ${host} is signed with; without the setting they are those of RDS`;
  if (code === "CERT_HAS_EXPIRED")
    return `.host: given ${host}, whose certificate has expired, wanted one that is valid`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return `.host: given ${host}, wanted the name that the server's certificate has: ${message}`;
  if (code === "28P01" || code === "28000")
    return `.secret: given a password or user that ${server} refuses, wanted those of its master user: ${message}`;
  if (code === "3D000") return `.database: given ${database}, wanted a database of the server: ${message}`;
  if (code === "42501")
    return `.secret: given a user who may not connect to ${database}, wanted one who may: ${message}`;
  if (code === "53300") return `.host: given ${server}, which has no connection left: ${message}`;
  return undefined;
}
