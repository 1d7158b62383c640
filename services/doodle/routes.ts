import type { IncomingMessage } from "node:http";
import { BadRequest } from "./bad-request";
import type { MailJobs } from "./mail-jobs";
import { newPoll } from "./new-poll";
import type { PollStore } from "./poll-store";
import { requestBody } from "./request-body";
import type { Fault } from "./settings";
import type { UsersClient } from "./users-client";

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

type Log = (event: string, details: Record<string, unknown>) => void;

export interface RouteContext {
  polls: PollStore;
  users: Pick<UsersClient, "newest" | "create">;
  jobs: Pick<MailJobs, "send">;
  fault: Fault;
  log: Log;
}

/** Answers one request. Throws BadRequest for what the client did wrong, NeighbourFailed for what another service did. */
export async function route(request: IncomingMessage, context: RouteContext): Promise<Answer> {
  const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
  if (path === "/healthz") {
    if (request.method !== "GET") throw notPossible(request, "GET");
    return healthz(context);
  }
  if (path === "/polls") {
    if (request.method === "POST") return createPoll(request, context);
    if (request.method !== "GET") throw notPossible(request, "GET, POST");
    return listPolls(new URLSearchParams(query), context);
  }
  throw new BadRequest(404, "no such page; there are /polls and /healthz");
}

function notPossible({ method }: IncomingMessage, methods: string): BadRequest {
  return new BadRequest(405, `method ${method} is not possible here; use ${methods}`, { allow: methods });
}

/** Says nothing of users and mailer: if they were down, replacing the instances of this service would not help. */
function healthz({ fault }: RouteContext): Answer {
  return fault === "unhealthy"
    ? { status: 503, body: { status: "unhealthy" } }
    : { status: 200, body: { status: "ok" } };
}

async function createPoll(request: IncomingMessage, { polls, users, jobs, log }: RouteContext): Promise<Answer> {
  const poll = newPoll(await requestBody(request));
  if (polls.has(poll.id)) throw new BadRequest(409, `id ${poll.id} is taken`);
  await users.create({ id: poll.id, name: `owner of ${poll.id}` });
  await jobs.send({ id: poll.id, to: `owner-of-${poll.id}@example.jp`, subject: `Your poll: ${poll.title}` });
  log("jobSent", { id: poll.id });
  polls.add(poll);
  log("pollCreated", { id: poll.id });
  return { status: 201, body: poll };
}

async function listPolls(query: URLSearchParams, { polls, users, fault }: RouteContext): Promise<Answer> {
  const limit = query.get("limit") ?? String(DEFAULT_PAGE);
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_PAGE) {
    throw new BadRequest(400, `limit must be a number from 1 to ${MAX_PAGE}`);
  }
  const newestOwner = await users.newest();
  const page = polls.list(Number(limit));
  const shown = fault === "wrongAnswer" ? page.map((poll) => ({ ...poll, title: `not ${poll.title}` })) : page;
  return { status: 200, body: { polls: shown, newestOwner } };
}
