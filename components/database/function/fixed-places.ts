import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal";

/** Name of the file beside the code that has the places. `pulumi up` writes both, and nothing else changes them. */
export const PLACES_FILE = "places.json";

/** A service's user in a database, by the names of the settings. A request says no more than this of where to connect to and as whom. */
export interface UserName {
  service: string;
  database: string;
}

/**
 * Where a service's user is, and with what the functions connect. A caller who could say it would be sent the password by
 * a server of his own. Nothing of it is secret.
 */
export interface FixedPlace {
  of: UserName;
  host: string;
  port: number;
  /** The database's name in the server. */
  database: string;
  user: string;
  /** ARN of the secret with the user's password. */
  secret: string;
  /** ARN of the secret with the master user's password. */
  masterSecret: string;
  /** URL of the certificates that the server's is signed with, or these themselves, as PEM. */
  certificates: string;
  /** Absent for a database of the stack's own. */
  existing?: ExistingPlace;
}

/** What the function has to know of a database that existed before. */
export interface ExistingPlace {
  /** Path of its settings, such as `aoshingo:databases.main.existing`. */
  path: string;
  /** Project, stack and service that the user is made for, such as `shop/prod/users`: the user bears them as its mark. */
  owner: string;
  /** ID of the function's security group. */
  group: string;
}

/**
 * Returns the place of the user that a request names.
 * @throws Refusal for one that `pulumi up` has not put there
 */
export function fixedPlaceOf({ service, database }: UserName): FixedPlace {
  const places = JSON.parse(readFileSync(join(__dirname, PLACES_FILE), "utf8")) as FixedPlace[];
  const place = places.find(({ of }) => of.service === service && of.database === database);
  if (place) return place;
  throw new Refusal(
    `given the service ${JSON.stringify(service)} and the database ${JSON.stringify(database)}, wanted two that the last \`pulumi up\` has made a user for`,
  );
}
