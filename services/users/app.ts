import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { stream, streamSSE } from "hono/streaming";
import { z } from "zod";
import { DatabaseUnavailable } from "./database";
import { every } from "./live-count";
import type { User, UserStore } from "./user-store";

/** What a rehearsal can order, to show that a bad release never gets production's traffic (README.md says what each does). */
export const FAULTS = ["none", "crashOnStart", "unhealthy", "wrongAnswer", "contractTooEarly"] as const;
const MAX_BODY_BYTES = 64 * 1024;
const MAX_IMPORT_BYTES = 16 * 1024 * 1024;
/** Users in a slow list, and how often it sends a part. */
const MAX_LINES = 1000;
const PARTS_PER_SECOND = 10;
const PART_MS = 1000 / PARTS_PER_SECOND;
/** After which a page opens an event stream again that has ended. */
const RETRY_MS = 3_000;

/** Every id has this form. No other text is looked for, because PostgreSQL answers U+0000 with an error. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

const newUser = z.strictObject({
  id: z
    .string()
    .regex(ID, "wanted 1 to 64 letters, digits, _ or -")
    .default(() => randomUUID()),
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, "wanted no control characters"),
});
const NO_USER = "no such user";
const UNKNOWN_AFTER = "wanted the id of a known user";
const slowly = z.object({ seconds: z.coerce.number().min(0).max(900).default(0) });
const page = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: z.string().regex(ID, UNKNOWN_AFTER).optional(),
});

/**
 * @param onCreated called once for each user, before the answer is sent
 * @param onImported called once for each file that was received completely, before the answer is sent
 */
export function usersApp(
  fault: (typeof FAULTS)[number],
  users: UserStore,
  onCreated: (user: User) => void,
  onImported: (file: { id: string; bytes: number }) => void = () => {},
): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof HTTPException) return c.json({ error: error.message }, error.status);
    if (error instanceof DatabaseUnavailable) {
      console.error(`the database does not answer: ${error.message}`);
      return c.json({ error: "the database does not answer, try again" }, 503, { "retry-after": "1" });
    }
    console.error(error);
    return c.json({ error: "internal error" }, 500);
  });
  app.notFound((c) =>
    c.json(
      { error: "no such page; there are /users, /users/:id, /users.ndjson, /events, /live, /imports/:id and /healthz" },
      404,
    ),
  );

  app.get("/healthz", (c) => (fault === "unhealthy" ? c.json({ status: "unhealthy" }, 503) : c.json({ status: "ok" })));
  app.post("/users", bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge(MAX_BODY_BYTES) }), async (c) => {
    const body = await c.req.json().catch(() => refuse(400, "the body is not JSON"));
    const user = valid(newUser, body);
    if (!(await users.add(user))) refuse(409, `id ${user.id} is taken`);
    onCreated(user);
    return c.json(user, 201, { location: `/users/${user.id}` });
  });
  app.get("/users", async (c) => {
    const { limit, after } = valid(page, c.req.query());
    return c.json({ users: (await users.list(limit, after)) ?? refuse(400, `after: ${UNKNOWN_AFTER}`) });
  });
  app.get("/users.ndjson", async (c) => {
    const { seconds } = valid(slowly, c.req.query());
    const lines = (await users.list(MAX_LINES))!.map((user) => `${JSON.stringify(user)}\n`);
    return stream(c, async (out) => {
      const endsAtMs = performance.now() + seconds * 1000;
      for (let part = 0; performance.now() < endsAtMs && !out.aborted; part += 1) {
        await out.write(lines[part] ?? "\n");
        await out.sleep(Math.min(PART_MS, Math.max(0, endsAtMs - performance.now())));
      }
      await out.write(lines.slice(seconds * PARTS_PER_SECOND).join(""));
    });
  });
  app.get("/events", (c) => {
    const seconds = valid(every, c.req.query()).every;
    return streamSSE(c, async (out) => {
      // A page that comes again says which event it had last.
      for (let id = Number(c.req.header("last-event-id") ?? 0) || 0; !out.aborted; ) {
        id += 1;
        await out.writeSSE({ event: "users", data: String(await users.count()), id: String(id), retry: RETRY_MS });
        await out.sleep(seconds * 1000);
      }
    });
  });
  app.post("/imports/:id", bodyLimit({ maxSize: MAX_IMPORT_BYTES, onError: tooLarge(MAX_IMPORT_BYTES) }), async (c) => {
    let bytes = 0;
    for await (const part of c.req.raw.body ?? []) bytes += part.length;
    onImported({ id: c.req.param("id"), bytes });
    return c.json({ id: c.req.param("id"), bytes }, 201);
  });
  app.get("/users/:id", async (c) => {
    const user = (await users.get(known(c.req.param("id")))) ?? refuse(404, NO_USER);
    return c.json(fault === "wrongAnswer" ? { ...user, name: `not ${user.name}` } : user);
  });
  app.delete("/users/:id", async (c) =>
    (await users.remove(known(c.req.param("id")))) ? c.body(null, 204) : refuse(404, NO_USER),
  );
  return app;
}

function valid<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  return success
    ? data
    : refuse(400, error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; "));
}

/** Refuses what no id can be. */
function known(id: string): string {
  return ID.test(id) ? id : refuse(404, NO_USER);
}

function refuse(status: 400 | 404 | 409 | 413, message: string): never {
  throw new HTTPException(status, { message });
}

const tooLarge = (most: number) => () => refuse(413, `the body must be at most ${most} bytes`);
