import { type Client, escapeIdentifier, escapeLiteral } from "pg";
import { scramVerifier } from "../../../../../components/database/function/scram";

const PREFIX = "aoshingo_rehearsal_";
const MARK = /^made by aoshingo rehearsal ([0-9a-f]+) with (\[.*\])$/;

/** A master user in a server that others use, too. Everything that a rehearsal makes there belongs to one. */
export interface MasterUser {
  role: string;
  /** The rehearsal's. */
  id: string;
  /** Users that the rehearsal makes: there was nobody of these names before. */
  users: readonly string[];
}

export function masterUser(id: string, number: number, users: readonly string[]): MasterUser {
  return { role: `${PREFIX}${id}_${number}`, id, users };
}

/** What the connection calls itself that a rehearsal holds to its end: others see by it that the rehearsal runs. */
export function applicationOf(id: string): string {
  return `aoshingo rehearsal ${id}`;
}

/** Makes a master user with its mark: there is none without it, whenever this process is killed. */
export async function createMasterUser(admin: Client, { role, id, users }: MasterUser, password: string) {
  const name = escapeIdentifier(role);
  await admin.query("BEGIN");
  // The verifier: the server may be set to another method, or write statements to its log.
  await admin.query(`CREATE ROLE ${name} LOGIN CREATEDB CREATEROLE PASSWORD ${escapeLiteral(scramVerifier(password))}`);
  await admin.query(
    `COMMENT ON ROLE ${name} IS ${escapeLiteral(`made by ${applicationOf(id)} with ${JSON.stringify(users)}`)}`,
  );
  // A user who is no superuser may give a database only to a role that it may act as.
  await admin.query(`GRANT ${name} TO CURRENT_USER`);
  await admin.query("COMMIT");
}

/** The master users that rehearsals have in the server, and whether theirs still runs. */
export async function masterUsersIn(admin: Client): Promise<(MasterUser & { runs: boolean })[]> {
  const { rows } = await admin.query<{ role: string; mark: string | null }>(
    "SELECT rolname AS role, shobj_description(oid, 'pg_authid') AS mark FROM pg_roles WHERE starts_with(rolname, $1) ORDER BY 1",
    [PREFIX],
  );
  const sessions = await admin.query<{ name: string | null }>("SELECT application_name AS name FROM pg_stat_activity");
  const running = new Set(sessions.rows.map(({ name }) => name));
  return rows.flatMap(({ role, mark }) => {
    const [, id, users] = MARK.exec(mark ?? "") ?? [];
    if (id === undefined || users === undefined) return [];
    return [{ role, id, users: JSON.parse(users) as string[], runs: running.has(applicationOf(id)) }];
  });
}

/** The databases that a master user owns, and the users that it made. */
export async function madeBy(
  admin: Client,
  { role, users }: MasterUser,
): Promise<{ databases: string[]; users: string[] }> {
  const databases = await admin.query<{ name: string }>(
    "SELECT datname AS name FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE rolname = $1 ORDER BY 1",
    [role],
  );
  // Whoever makes a user for a service can act as that user.
  const made = await admin.query<{ name: string }>(
    `SELECT DISTINCT made.rolname AS name FROM pg_auth_members
      JOIN pg_roles made ON made.oid = roleid JOIN pg_roles master ON master.oid = member
      WHERE master.rolname = $1 AND made.rolname = ANY($2) ORDER BY 1`,
    [role, users],
  );
  return { databases: databases.rows.map(({ name }) => name), users: made.rows.map(({ name }) => name) };
}

/** Drops a master user and everything that belongs to it. Going on after a kill drops the rest. */
export async function dropMasterUser(admin: Client, master: MasterUser): Promise<void> {
  const { databases, users } = await madeBy(admin, master);
  for (const name of databases) await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
  for (const name of users) await admin.query(`DROP ROLE IF EXISTS ${escapeIdentifier(name)}`);
  await admin.query(`DROP ROLE IF EXISTS ${escapeIdentifier(master.role)}`);
}
