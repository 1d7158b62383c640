import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { Client, Pool } from "pg";
import type { Call, Handler, MuseumPair, Routes } from "./pair";

/*
 * A release of a pair of the museum: `server.ts FILE PAIR old|new` serves it, and with `migrate` or the name of a command
 * behind it, it does that instead.
 */

const [, , file = "", name = "", which = "", action] = process.argv;
const pair = (require(file).default as Record<string, MuseumPair>)[name]!;
const release: Routes = which === "old" ? pair.old : { ...pair.old, ...pair.new };
const memory = new Map<string, unknown>();

async function answer(db: Pool, handler: Handler, call: Omit<Call, "db" | "memory">): Promise<unknown> {
  if (typeof handler === "function") return handler({ ...call, db, memory });
  const sql = typeof handler === "string" ? handler : handler.all;
  const values: unknown[] = [];
  const filled = sql.replace(/\$([a-z]\w*)/gi, (_, key: string) => `$${values.push(call.input[key] ?? null)}`);
  const { rows } = await db.query(filled, values);
  return typeof handler === "string" ? rows[0] : rows;
}

function routeOf(method: string, path: string): { handler: Handler; input: Record<string, string> } | undefined {
  for (const [route, handler] of Object.entries(release)) {
    const [wanted, pattern = ""] = route.split(" ");
    const match = new RegExp(`^${pattern.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`).exec(path);
    if (wanted === method && match) return { handler, input: { ...match.groups } };
  }
  return undefined;
}

async function inputOf(request: IncomingMessage, url: URL): Promise<Record<string, unknown>> {
  const body = await text(request);
  return { ...Object.fromEntries(url.searchParams), ...(body === "" ? {} : (JSON.parse(body) as object)) };
}

function serve(): void {
  const db = new Pool({ max: 4 });
  db.on("error", () => {});
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const end = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    try {
      const route = routeOf(request.method ?? "", url.pathname);
      if (!route) return end(url.pathname === "/" ? 200 : 404, {});
      const cookies = Object.fromEntries((request.headers.cookie ?? "").split("; ").map((one) => one.split("=")));
      const result = await answer(db, route.handler, {
        input: { ...route.input, ...(await inputOf(request, url)) },
        cookies,
        setCookie: (key, value) => response.appendHeader("set-cookie", `${key}=${value}`),
      });
      if (result === undefined) return end(404, { error: "not found" });
      end(request.method === "POST" ? 201 : 200, result);
    } catch (error) {
      console.error(String(error));
      end(500, { error: "internal error" });
    }
  });
  server.listen(Number(process.env.PORT), process.env.HOST);
  process.on("SIGTERM", () => process.exit(0));
}

async function migrate(): Promise<void> {
  const client = new Client();
  await client.connect();
  try {
    for (const sql of [pair.migrate ?? []].flat()) await client.query(sql);
  } finally {
    await client.end();
  }
}

async function command(handler: Handler): Promise<void> {
  const db = new Pool({ max: 1 });
  try {
    const result = await answer(db, handler, { input: {}, cookies: {}, setCookie: () => {} });
    console.log(JSON.stringify(result ?? null));
  } finally {
    await db.end();
  }
}

if (action === undefined) serve();
else {
  const doing = action === "migrate" ? migrate() : command(pair.commands![which as "old"][action]!);
  doing.catch((error: Error) => {
    console.error(String(error));
    process.exitCode = 1;
  });
}
