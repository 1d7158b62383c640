import { randomBytes } from "node:crypto";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { certificatesOf, type Place, patiently, read, withClient } from "./connection";
import { check, credentialsIn, type ExistingRequest, explained } from "./existing-server";
import { ensureUser, setPassword } from "./service-user";

const PASSWORD_BYTES = 30;
const CONNECT_MS = 10_000;
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
