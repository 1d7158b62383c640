import { randomUUID } from "node:crypto";
import { BadRequest } from "./bad-request";
import type { User } from "./user-store";

const MAX_NAME_LENGTH = 200;
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Makes a user of the JSON text of a `POST /users`; without an id it gets a UUID. Throws BadRequest (400). */
export function newUser(json: string): User {
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    throw new BadRequest(400, "the body is not JSON");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new BadRequest(400, 'the body must be an object such as {"name":"Aoi"}');
  }
  const { id = randomUUID(), name, ...rest } = body as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new BadRequest(400, `unknown key ${JSON.stringify(unknown)}; known are id, name`);
  if (typeof name !== "string" || name.length < 1 || name.length > MAX_NAME_LENGTH) {
    throw new BadRequest(400, `name must be a string of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  if (typeof id !== "string" || !ID.test(id)) {
    throw new BadRequest(400, "id must be a string of 1 to 64 letters, digits, _ or -");
  }
  return { id, name };
}
