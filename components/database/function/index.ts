import { randomBytes } from "node:crypto";
import { get } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import { check, credentialsIn, type ExistingRequest, explained } from "./existing-server";
import { ensureUser, setPassword } from "./service-user";

const PASSWORD_BYTES = 30;
const CONNECT_MS = 10_000;
const PAUSE_MS = 3_000;
/** A new right or a new name may take a while until it is known everywhere. */
const PATIENCE_MS = 75_000;
const NOT_YET = new Set(["AccessDeniedException", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT"]);
/** PostgreSQL's code for a wrong password. */
const WRONG_PASSWORD = "28P01";

/** Asks for the user of a service in a database. */
export interface UserRequest {
  host: string;
  port: number;
  database: string;
  /** ARN of the secret with the master user's password, which RDS manages. */
  masterSecret: string;
  user: string;
  /** ARN of the secret that gets the user's password, if it has no value yet. */
  secret: string;
  /** URL of the certificates that the server's is signed with, or these themselves, as PEM. */
  certificates: string;
  /** Absent for a database of the stack's own. */
  existing?: ExistingRequest;
}

/** What the function answers; nothing of it is secret. */
export interface UserResult {
  user: string;
  /** Certificates that the server's is signed with, as PEM. */
  certificates: string;
}

/**
 * Handler of a Lambda function in the VPC: makes a service's user in a database, or repairs it, and gives it a password that
 * nobody but Secrets Manager and the service's tasks get. If all is as it should be it changes nothing.
 * @public loaded by Lambda
 */
export async function handler(request: UserRequest): Promise<UserResult> {
  const secrets = new SecretsManagerClient({});
  const certificates = await certificatesOf(request);
  const { host, port, database, user, existing } = request;
  const place = { host, port, database, ssl: { ca: certificates }, connectionTimeoutMillis: CONNECT_MS };
  // RDS changes it every seven days.
  const reading = () => patiently(() => read(secrets, request.masterSecret));
  const master = credentialsIn(await explained(request, reading), existing);
  const asMaster = { ...place, user: master.username, password: master.password };
  // Nothing is changed where the server is not as it has to be, and not even a password is made.
  if (existing) await explained(request, () => withClient(asMaster, (admin) => check(admin, request, existing)));
  const password =
    (await patiently(() => read(secrets, request.secret))) ?? (await newPassword(secrets, request.secret));
  await withClient(asMaster, async (admin) => {
    await ensureUser(admin, database, user, existing?.owner);
    if (await isRefused({ ...place, user, password })) await setPassword(admin, user, password);
  });
  // That it works is seen by a connection of the user itself.
  await withClient({ ...place, user, password }, () => Promise.resolve());
  return { user, certificates };
}

export function certificatesOf({ certificates }: Pick<UserRequest, "certificates">): Promise<string> {
  return certificates.startsWith("https://") ? download(certificates) : Promise.resolve(certificates);
}

type Place = ConstructorParameters<typeof Client>[0];

/** Returns the current value of a secret; undefined if it has none yet. */
export async function read(secrets: SecretsManagerClient, SecretId: string): Promise<string | undefined> {
  try {
    return (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function newPassword(secrets: SecretsManagerClient, SecretId: string): Promise<string> {
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  await patiently(() => secrets.send(new PutSecretValueCommand({ SecretId, SecretString: password })));
  return password;
}

async function isRefused(place: Place): Promise<boolean> {
  try {
    await withClient(place, () => Promise.resolve());
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === WRONG_PASSWORD) return true;
    throw error;
  }
}

export async function withClient<Result>(place: Place, use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = await patiently(async () => {
    const fresh = new Client(place);
    // A server that ends while the connection is idle says so by an event.
    fresh.on("error", () => {});
    await fresh.connect();
    return fresh;
  });
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Repeats what is refused because something new is not known everywhere yet. */
async function patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const endsAt = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const { name, code } = error as { name?: string; code?: string };
      if (Date.now() > endsAt || !(NOT_YET.has(name ?? "") || NOT_YET.has(code ?? ""))) throw error;
    }
    await delay(PAUSE_MS);
  }
}

function download(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject).on("end", () => {
        if (response.statusCode === 200 && text.includes("BEGIN CERTIFICATE")) resolve(text);
        else reject(new Error(`${url} answered with ${response.statusCode} and no certificates`));
      });
    }).on("error", reject);
  });
}
