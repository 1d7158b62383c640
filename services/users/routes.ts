import type { IncomingMessage } from "node:http";
import { BadRequest } from "./bad-request";
import { newUser } from "./new-user";
import { requestBody } from "./request-body";
import type { Fault } from "./settings";
import type { User, UserStore } from "./user-store";

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export interface RouteContext {
  users: UserStore;
  fault: Fault;
  /** Called once for each user, before the answer is sent. */
  onUserCreated: (user: User) => void;
}

/** Answers one request. Throws BadRequest for what the client did wrong. */
export async function route(request: IncomingMessage, context: RouteContext): Promise<Answer> {
  const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
  if (path === "/healthz") return allow(request, "GET", () => healthz(context));
  if (path === "/users") {
    if (request.method === "POST") return createUser(request, context);
    return allow(request, "GET, POST", () => listUsers(new URLSearchParams(query), context));
  }
  const id = /^\/users\/([^/]+)$/.exec(path)?.[1];
  if (id !== undefined) return allow(request, "GET", () => getUser(id, context));
  throw new BadRequest(404, "no such page; there are /users, /users/:id and /healthz");
}

function allow(request: IncomingMessage, methods: string, answer: () => Answer): Answer {
  if (request.method === "GET") return answer();
  throw new BadRequest(405, `method ${request.method} is not possible here; use ${methods}`, { allow: methods });
}

function healthz({ fault }: RouteContext): Answer {
  return fault === "unhealthy"
    ? { status: 503, body: { status: "unhealthy" } }
    : { status: 200, body: { status: "ok" } };
}

async function createUser(request: IncomingMessage, { users, onUserCreated }: RouteContext): Promise<Answer> {
  const user = newUser(await requestBody(request));
  if (!users.add(user)) throw new BadRequest(409, `id ${user.id} is taken`);
  onUserCreated(user);
  return { status: 201, body: user, headers: { location: `/users/${user.id}` } };
}

function getUser(id: string, { users, fault }: RouteContext): Answer {
  const user = users.get(id);
  if (user === undefined) throw new BadRequest(404, "no such user");
  return { status: 200, body: fault === "wrongAnswer" ? { ...user, name: `not ${user.name}` } : user };
}

function listUsers(query: URLSearchParams, { users }: RouteContext): Answer {
  const limit = query.get("limit") ?? String(DEFAULT_PAGE);
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_PAGE) {
    throw new BadRequest(400, `limit must be a number from 1 to ${MAX_PAGE}`);
  }
  const page = users.list(Number(limit), query.get("after") ?? undefined);
  if (page === undefined) throw new BadRequest(400, "after must be the id of a known user");
  return { status: 200, body: { users: page } };
}
