import { type Client, escapeIdentifier, escapeLiteral } from "pg";
import { Refusal } from "./refusal";
import { scramVerifier } from "./scram";

/** Any number that nothing else in the database takes a lock with. */
const LOCK = 4_711_001;

/**
 * Creates or repairs a service's user: it may connect to the one database, and owns a schema with its own name, which is the
 * first in its search path. Nobody else may use that schema, unless the user grants it.
 *
 * @param admin a connection to the database as the master user
 * @param owner whose user it is in a database that existed before, in which all other rights stay as they are; undefined for a
 *   database of the stack's own
 * @throws Refusal for a user that may not log in: a person has locked it out, such as for a restore, and only a person lets it in again
 */
export async function ensureUser(admin: Client, database: string, user: string, owner?: string): Promise<void> {
  const [name, place] = [escapeIdentifier(user), escapeIdentifier(database)];
  // Two runs at once would change the same rights, which PostgreSQL refuses one of them.
  await admin.query("SELECT pg_advisory_lock($1)", [LOCK]);
  const may = await mayLogIn(admin, user);
  if (may === undefined) await admin.query(creationOf(name, owner));
  else if (!may)
    throw new Refusal(
      `the user ${user} in the database ${database} may not log in, because somebody has locked it out (NOLOGIN): when that may end, run ALTER ROLE ${name} LOGIN as the master user, then try again`,
    );
  if (owner === undefined) {
    // By default everybody may connect and, before version 15, create tables in the schema public.
    await admin.query(`REVOKE ALL ON DATABASE ${place} FROM PUBLIC`);
    await admin.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  }
  if (owner === undefined || !(await mayConnect(admin, user)))
    await admin.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${place} TO ${name}`);
  // Only who could act as the user may give a schema to it: the master user is no superuser.
  await admin.query(`GRANT ${name} TO CURRENT_USER`);
  await admin.query(`CREATE SCHEMA IF NOT EXISTS ${name} AUTHORIZATION ${name}`);
}

/** PostgreSQL takes both statements or none of one query: a user without its mark would be refused ever after as somebody else's. */
function creationOf(name: string, owner: string | undefined): string {
  const mark = owner === undefined ? "" : `; COMMENT ON ROLE ${name} IS ${escapeLiteral(markOf(owner))}`;
  return `CREATE ROLE ${name} LOGIN${mark}`;
}

/** The comment of a user in a database that existed before: nobody else's user gets another password. */
export function markOf(owner: string): string {
  return `aoshingo: ${owner}`;
}

/** Undefined if there is no such user. */
async function mayLogIn(admin: Client, user: string): Promise<boolean | undefined> {
  const { rows } = await admin.query<{ may: boolean }>("SELECT rolcanlogin AS may FROM pg_roles WHERE rolname = $1", [
    user,
  ]);
  return rows[0]?.may;
}

/** By default everybody may. Who owns the database may have taken that away, and then the master user may not give it. */
async function mayConnect(admin: Client, user: string): Promise<boolean> {
  const { rows } = await admin.query<{ may: boolean }>(
    "SELECT has_database_privilege($1, current_database(), 'CONNECT') AS may",
    [user],
  );
  return rows[0]!.may;
}

/** Sets the user's password. The password itself does not leave this process. */
export async function setPassword(admin: Client, user: string, password: string): Promise<void> {
  await admin.query(`ALTER ROLE ${escapeIdentifier(user)} PASSWORD ${escapeLiteral(scramVerifier(password))}`);
}
