import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { Client, type ClientConfig } from "pg";
import { UserError } from "../../../../../components/core/user-error";
import { PRIVILEGED } from "../../../../../components/database/function/privileged";

/** The variable of `make rehearse` with the URL of a server that is there already. */
const DATABASE_URL = "DATABASE_URL";
const DEFAULT_PORT = 5432;
const DEFAULT_DATABASE = "postgres";
const CONNECT_MS = 5_000;
const EXAMPLE = "postgres://user:password@127.0.0.1:5432/postgres";
/** What helps whoever had the variable for another program. */
const OTHERWISE = `or no ${DATABASE_URL}: the rehearsal then has servers of its own`;
/** The kinds of addresses, as ipaddr.js names them, of this machine and of networks that are reached without the internet. */
const NEAR = new Set(["loopback", "private", "uniqueLocal", "linkLocal"]);
const WITHOUT_TLS = new Set(["disable", "allow", "prefer"]);

/** Where the server is, and who makes databases and users there. */
export interface ServerAccess {
  host: string;
  port: number;
  user: string;
  password: string;
  /** The one that the URL names. Nothing is changed in it. */
  database: string;
}

/** Says what is wrong, without a word of the URL that could be a password. */
export function refusal(given: string, wanted: string): UserError {
  return new UserError(`${DATABASE_URL}: given ${given}, wanted ${wanted}, ${OTHERWISE}`);
}

/** @throws UserError if it is not the URL of a PostgreSQL server that a rehearsal can use */
export function accessOf(text: string): ServerAccess {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) throw refusal("something else than a URL", `${EXAMPLE}, with special characters as %40`);
  if (!/^postgres(?:ql)?:$/.test(url.protocol))
    throw refusal(`a URL with the scheme ${url.protocol.slice(0, -1)}`, EXAMPLE);
  const mode = url.searchParams.get("sslmode");
  if (mode !== null && !WITHOUT_TLS.has(mode))
    throw refusal(`sslmode=${mode}`, "a server that is reached without TLS (sslmode=disable)");
  // A host or user as a parameter, as for a socket in a folder, is libpq's alone.
  if (url.hostname === "") throw refusal("a URL without a host", EXAMPLE);
  if (url.username === "") throw refusal("a URL without a user", EXAMPLE);
  try {
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port === "" ? DEFAULT_PORT : Number(url.port),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)) || DEFAULT_DATABASE,
    };
  } catch {
    throw refusal("a URL with a % that no character follows", `${EXAMPLE}, with % itself as %25`);
  }
}

/** Where the server is, for people. */
export function placeOf({ host, port }: Pick<ServerAccess, "host" | "port">): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Connects to a server. What breaks an idle connection shows at its next use. */
export async function connectTo(
  { host, port, user, password, database }: ServerAccess,
  more: ClientConfig = {},
): Promise<Client> {
  const place = { host, port, user, password, database, connectionTimeoutMillis: CONNECT_MS };
  const client = new Client({ ...place, ...PRIVILEGED, ...more });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Connects for the first time. @throws UserError with what a person has to mend */
export async function firstConnection(access: ServerAccess): Promise<Client> {
  await assertNear(access.host);
  try {
    return await connectTo(access);
  } catch (error) {
    throw refusal(...explainFailure(error as Error & { code?: string }, access));
  }
}

/** Passwords and rows go to the server without TLS. */
async function assertNear(host: string): Promise<void> {
  const found = await lookup(host, { all: true }).catch(() => []);
  if (found.length === 0) throw refusal(`the host ${host}, which has no address`, "one that this machine resolves");
  const far = found.find(({ address }) => !NEAR.has(ipaddr.process(address).range()));
  if (far === undefined) return;
  throw refusal(
    `the host ${host} with the address ${far.address}`,
    "a server of this machine or of a private network, because it is reached without TLS",
  );
}

/** What was given and what is wanted, by the codes of PostgreSQL and of Node.js. */
function explainFailure(
  { code, message }: { code?: string; message: string },
  { user, database, ...access }: ServerAccess,
): [given: string, wanted: string] {
  const place = placeOf(access);
  switch (code) {
    case "28P01":
      return [`a password that the server at ${place} refuses for the user ${user}`, "that user's password"];
    case "3D000":
      return [`the database ${database}, which the server at ${place} does not have`, "one that it has"];
    case "ECONNREFUSED":
      return [`${place}, where nothing listens`, "a server that runs"];
    default:
      return [`${place}, which cannot be used (${message})`, "a PostgreSQL server that lets its user in without TLS"];
  }
}
