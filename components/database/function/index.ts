import { randomBytes } from "node:crypto";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { certificatesOf, type Place, patiently, read, withClient } from "./connection";
import { check, credentialsIn, explained } from "./existing-server";
import { fixedPlaceOf, type UserName } from "./fixed-places";
import { PRIVILEGED } from "./privileged";
import { ensureUser, setPassword } from "./service-user";

const PASSWORD_BYTES = 30;
const CONNECT_MS = 10_000;
/** PostgreSQL's code for a wrong password. */
const WRONG_PASSWORD = "28P01";

/** What the function answers; nothing of it is secret. */
export interface UserResult {
  user: string;
  /** Certificates that the server's is signed with, as PEM. */
  certificates: string;
}

/**
 * Handler of a Lambda function in the VPC: makes a service's user in a database, or repairs it, and gives it a password that
 * nobody gets but Secrets Manager, the service's tasks and the function that looks at migrations. If all is as it should be it
 * changes nothing.
 * @public loaded by Lambda
 */
export async function handler(request: UserName): Promise<UserResult> {
  const fixed = fixedPlaceOf(request);
  const secrets = new SecretsManagerClient({});
  const certificates = await certificatesOf(fixed);
  const { host, port, database, user, existing } = fixed;
  const place = { host, port, database, ssl: { ca: certificates }, connectionTimeoutMillis: CONNECT_MS };
  // RDS changes it every seven days.
  const reading = () => patiently(() => read(secrets, fixed.masterSecret));
  const master = credentialsIn(await explained(fixed, reading), existing);
  const asMaster = { ...place, user: master.username, password: master.password, ...PRIVILEGED };
  // Nothing is changed where the server is not as it has to be, and not even a password is made.
  if (existing) await explained(fixed, () => withClient(asMaster, (admin) => check(admin, fixed, existing)));
  const password = (await patiently(() => read(secrets, fixed.secret))) ?? (await newPassword(secrets, fixed.secret));
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
