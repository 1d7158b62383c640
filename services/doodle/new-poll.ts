import { randomUUID } from "node:crypto";
import { BadRequest } from "./bad-request";
import type { Poll } from "./poll-store";

const MAX_TITLE_LENGTH = 200;
/** An id that users takes, too: the owner of a poll gets the same. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Makes a poll of the JSON text of a `POST /polls`; without an id it gets a UUID. Throws BadRequest (400). */
export function newPoll(json: string): Poll {
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    throw new BadRequest(400, "the body is not JSON");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new BadRequest(400, 'the body must be an object such as {"title":"Lunch"}');
  }
  const { id = randomUUID(), title, ...rest } = body as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new BadRequest(400, `unknown key ${JSON.stringify(unknown)}; known are id, title`);
  if (typeof title !== "string" || title.length < 1 || title.length > MAX_TITLE_LENGTH) {
    throw new BadRequest(400, `title must be a string of 1 to ${MAX_TITLE_LENGTH} characters`);
  }
  if (typeof id !== "string" || !ID.test(id)) {
    throw new BadRequest(400, "id must be a string of 1 to 64 letters, digits, _ or -");
  }
  return { id, title };
}
