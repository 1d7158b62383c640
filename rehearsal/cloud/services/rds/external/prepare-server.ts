import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { UserError } from "../../../../../components/core/user-error";
import { OLDEST_SERVER } from "../../../../../components/database/function/existing-server";
import { accessOf, connectTo, firstConnection, placeOf, refusal, type ServerAccess } from "./database-url";
import { dropMasterUser, type MasterUser, madeBy, masterUsersIn } from "./master-users";

const ID_BYTES = 4;

/** What a rehearsal makes in the server. */
export interface Wanted {
  databases: readonly string[];
  users: readonly string[];
}

/** A server that a rehearsal can use, as the cloud's process gets it. */
export interface PreparedServer {
  access: ServerAccess;
  /** The rehearsal's, which no other has. */
  id: string;
  /** Users that services have in it. */
  users: readonly string[];
  version: string;
  maxConnections: number;
  /** It lets everybody in, whatever the password. */
  trusts: boolean;
}

interface Facts {
  version: string;
  major: number;
  maxConnections: number;
  onlyReads: boolean;
  mayCreate: boolean;
}

const FACTS = `
  SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
    current_setting('server_version_num')::int / 10000 AS major,
    current_setting('max_connections')::int AS "maxConnections",
    pg_is_in_recovery() AS "onlyReads",
    (SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles WHERE rolname = current_user) AS "mayCreate"`;

/**
 * Looks whether a rehearsal can make its databases in the server that a URL names, and removes what rehearsals left there that
 * were killed. Nothing else in the server is changed.
 * @param say gets each line of what a person should know
 * @throws UserError with what a person has to mend
 */
export async function prepareServer(url: string, wanted: Wanted, say: (line: string) => void): Promise<PreparedServer> {
  const access = accessOf(url);
  const admin = await firstConnection(access);
  try {
    const { version, maxConnections } = await usableFacts(admin, access);
    const place = placeOf(access);
    for (const left of (await masterUsersIn(admin)).filter(({ runs }) => !runs))
      say(`Removed from ${place} what a killed rehearsal left there: ${await remove(admin, left, access)}`);
    await assertFree(admin, wanted, place);
    say(`Databases are made in the PostgreSQL ${version} at ${place} (DATABASE_URL), and removed at the end`);
    const id = randomBytes(ID_BYTES).toString("hex");
    return { access, id, users: wanted.users, version, maxConnections, trusts: await letsEverybodyIn(access) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    // Such as one that only speaks PostgreSQL's protocol.
    throw refusal(`${placeOf(access)}, which refuses a query (${(error as Error).message})`, "a PostgreSQL server");
  } finally {
    await admin.end();
  }
}

/** @returns what it was, in words */
async function remove(admin: Client, left: MasterUser, { user }: ServerAccess): Promise<string> {
  const { databases, users } = await madeBy(admin, left);
  const what = [...databases, ...users].join(", ") || "nothing but a master user";
  try {
    await dropMasterUser(admin, left);
    return what;
  } catch (error) {
    throw refusal(
      `the user ${user}, who may not remove what a killed rehearsal left: ${what} (${(error as Error).message})`,
      "a superuser, or the user that it was started with",
    );
  }
}

async function usableFacts(admin: Client, access: ServerAccess): Promise<Facts> {
  const facts = (await admin.query<Facts>(FACTS)).rows[0]!;
  if (facts.major < OLDEST_SERVER)
    throw refusal(`a server of version ${facts.version}`, `PostgreSQL ${OLDEST_SERVER} or newer, as RDS has`);
  if (facts.onlyReads) throw refusal("a replica, which only reads", "the server that writes");
  if (!facts.mayCreate)
    throw refusal(
      `the user ${access.user}, who may not create databases and users`,
      `a superuser, or one with both rights (ALTER ROLE ${access.user} CREATEDB CREATEROLE)`,
    );
  return facts;
}

/** The names stand in the stack's settings and in services' SQL: nothing of somebody else may have them. */
async function assertFree(admin: Client, { databases, users }: Wanted, place: string): Promise<void> {
  const twice = databases.find((name, index) => databases.indexOf(name) !== index);
  if (twice !== undefined)
    throw refusal(`one server for two databases that both are called ${twice}`, "settings with another name for one");
  const { rows } = await admin.query<{ kind: string; name: string; owner: string | null }>(
    `SELECT 'database' AS kind, datname AS name, pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = ANY($1)
      UNION ALL SELECT 'user', rolname, NULL FROM pg_roles WHERE rolname = ANY($2) ORDER BY 1, 2`,
    [databases, users],
  );
  if (rows.length === 0) return;
  const what = rows.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  const running = (await masterUsersIn(admin)).filter(({ runs }) => runs);
  if (await belongsTo(admin, running, rows))
    throw refusal(
      `the server at ${place}, where another rehearsal has ${what}`,
      "a server of this rehearsal's own, or to wait until that one has ended",
    );
  throw refusal(
    `the server at ${place}, which has ${what} already`,
    "a server without them, because the rehearsal makes its own of these names",
  );
}

async function belongsTo(
  admin: Client,
  masters: readonly MasterUser[],
  things: readonly { name: string }[],
): Promise<boolean> {
  for (const master of masters) {
    const { databases, users } = await madeBy(admin, master);
    if (things.some(({ name }) => databases.includes(name) || users.includes(name))) return true;
  }
  return false;
}

/** As servers do that are set to trust their own machine. */
async function letsEverybodyIn(access: ServerAccess): Promise<boolean> {
  try {
    const client = await connectTo({ ...access, password: randomBytes(ID_BYTES).toString("hex") });
    await client.end();
    return true;
  } catch {
    return false;
  }
}
