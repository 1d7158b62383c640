import { get } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";

const PAUSE_MS = 3_000;
/** A new right or a new name may take a while until it is known everywhere. */
const PATIENCE_MS = 75_000;
const NOT_YET = new Set(["AccessDeniedException", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT"]);

/** Where to connect to, and as whom. */
export type Place = ConstructorParameters<typeof Client>[0];

/** Returns certificates as PEM. @param certificates their URL, or themselves */
export function certificatesOf({ certificates }: { certificates: string }): Promise<string> {
  return certificates.startsWith("https://") ? download(certificates) : Promise.resolve(certificates);
}

/** Returns the current value of a secret; undefined if it has none yet. */
export async function read(secrets: SecretsManagerClient, SecretId: string): Promise<string | undefined> {
  try {
    return (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Connects, uses the connection and ends it. */
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
export async function patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
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
