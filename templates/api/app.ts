import { Hono } from "hono";

/** The service's answers: the place to begin. */
export function app(): Hono {
  const app = new Hono();
  // It tells of this service alone: if it asked others, their failure would take down every instance of this one.
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/", (c) => c.json({ service: "__NAME__" }));
  app.notFound((c) => c.json({ error: "no such page; there are / and /healthz" }, 404));
  app.onError((error, c) => {
    console.error(error);
    return c.json({ error: "internal error" }, 500);
  });
  return app;
}
