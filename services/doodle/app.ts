import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import { DatabaseUnavailable } from "./database";
import { type Mailer, NeighbourFailed, type Users } from "./neighbours";
import type { PollStore } from "./poll-store";

/** What a rehearsal can order, to show that a bad release never gets production's traffic (README.md says what each does). */
export const FAULTS = ["none", "crashOnStart", "unhealthy", "wrongAnswer"] as const;
const MAX_BODY_BYTES = 64 * 1024;

/** Every id has this form. No other text is looked for, because PostgreSQL answers U+0000 with an error. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Without what PostgreSQL or SQS takes in no text. */
const TITLE = /^[^\p{Cc}\uFFFE\uFFFF]*$/u;

const newPoll = z.strictObject({
  /** An id that users takes, too: the owner of a poll gets the same. */
  id: z
    .string()
    .regex(ID, "wanted 1 to 64 letters, digits, _ or -")
    .default(() => randomUUID()),
  title: z.string().min(1).max(200).regex(TITLE, "wanted no control characters, U+FFFE or U+FFFF"),
});
const page = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });

export interface Parts {
  polls: PollStore;
  users: Pick<Users, "newest" | "create" | "remove">;
  mailer: Pick<Mailer, "send">;
  fault: (typeof FAULTS)[number];
  log(event: string, details: object): void;
}

/** Polls over HTTP; the owner of each is a user with the same id. */
export function doodleApp({ polls, users, mailer, fault, log }: Parts): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof HTTPException) return c.json({ error: error.message }, error.status);
    if (error instanceof DatabaseUnavailable) {
      console.error(`the database does not answer: ${error.message}`);
      return c.json({ error: "the database does not answer, try again" }, 503, { "retry-after": "1" });
    }
    if (!(error instanceof NeighbourFailed)) {
      console.error(error);
      return c.json({ error: "internal error" }, 500);
    }
    log(error.event, { service: error.service, reason: error.reason });
    return c.json({ error: error.message }, 502);
  });
  app.notFound((c) => c.json({ error: "no such page; there are /polls, /polls/:id and /healthz" }, 404));

  // It says nothing of users and mailer: if they were down, replacing the instances of this service would not help.
  app.get("/healthz", (c) => (fault === "unhealthy" ? c.json({ status: "unhealthy" }, 503) : c.json({ status: "ok" })));
  app.post("/polls", bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }), async (c) => {
    const poll = valid(newPoll, await c.req.json().catch(() => refuse(400, "the body is not JSON")));
    const { id, title } = poll;
    if (await polls.has(id)) refuse(409, `id ${id} is taken`);
    await users.create({ id, name: `owner of ${id}` });
    await mailer.send({ id, to: `owner-of-${id}@example.jp`, subject: `Your poll: ${title}` });
    log("jobSent", { id });
    await polls.add(poll);
    log("pollCreated", { id });
    return c.json(poll, 201);
  });
  app.get("/polls", async (c) => {
    const { limit } = valid(page, c.req.query());
    const [newestOwner, newest] = await Promise.all([users.newest(), polls.newest(limit)]);
    const shown = fault === "wrongAnswer" ? newest.map((poll) => ({ ...poll, title: `not ${poll.title}` })) : newest;
    return c.json({ polls: shown, newestOwner });
  });
  app.delete("/polls/:id", async (c) => {
    const id = c.req.param("id");
    if (!ID.test(id) || !(await polls.remove(id))) refuse(404, "no such poll");
    await users.remove(id);
    return c.body(null, 204);
  });
  return app;
}

function valid<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  return success
    ? data
    : refuse(400, error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; "));
}

function refuse(status: 400 | 404 | 409 | 413, message: string): never {
  throw new HTTPException(status, { message });
}

const tooLarge = () => refuse(413, `the body must be at most ${MAX_BODY_BYTES} bytes`);
