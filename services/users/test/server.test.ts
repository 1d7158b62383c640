import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import WebSocket from "ws";
import { NO_DATABASE, openMigrated, setVariables } from "../../../test/database";
import { type FAULTS, usersApp } from "../app";
import { Database } from "../database";
import { liveCount } from "../live-count";
import { MemoryUsers } from "../memory-users";
import { PostgresUsers } from "../postgres-users";
import { type Running, serve } from "../serve";
import type { UserStore } from "../user-store";

const stops: (() => Promise<void>)[] = [];

type Fault = (typeof FAULTS)[number];

async function start(
  fault: Fault = "none",
  users: UserStore = new MemoryUsers(),
): Promise<{ server: Running; created: string[]; url: string }> {
  const created: string[] = [];
  const app = usersApp(fault, users, ({ id }) => created.push(id));
  const onUpgrade = liveCount("r1", () => users.count());
  const server = await serve(app, "r1", 0, "127.0.0.1", { onUpgrade });
  stops.push(server.stop);
  return { server, created, url: `http://127.0.0.1:${server.port}` };
}

async function ask(url: string, init?: RequestInit) {
  const response = await fetch(url, init);
  expect(response.headers.get("x-release")).to.equal("r1");
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown };
}

const post = (body: string): RequestInit => ({ method: "POST", body });

/** Sends bytes as they are and gives back all that comes until the server closes. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}

const upgrade = (target: string) =>
  `GET ${target} HTTP/1.1\r\nhost: u\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`;

let closeDatabase = async () => {};

/** A new database with the service's tables. */
async function openDatabase(): Promise<Database> {
  const file = join(__dirname, "../migrations/1_users.sql");
  const { database, close } = await openMigrated(() => new Database(undefined), file);
  closeDatabase = close;
  return database;
}

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

describe("users API", () => {
  it("creates, gets and lists", async () => {
    const { url, created } = await start();
    const made = await ask(`${url}/users`, post('{"id":"u1","name":"Aoi"}'));
    expect(made).to.deep.include({ status: 201, body: { id: "u1", name: "Aoi" } });
    expect(made.headers.get("location")).to.equal("/users/u1");
    const generated = (await ask(`${url}/users`, post('{"name":"Ren"}'))).body as { id: string };
    expect(generated.id).to.match(/^[0-9a-f-]{36}$/);
    expect(await ask(`${url}/users/u1`)).to.deep.include({ status: 200, body: { id: "u1", name: "Aoi" } });
    expect((await ask(`${url}/users?limit=1`)).body).to.deep.equal({ users: [{ id: generated.id, name: "Ren" }] });
    expect((await ask(`${url}/users?limit=1&after=${generated.id}`)).body).to.deep.equal({
      users: [{ id: "u1", name: "Aoi" }],
    });
    expect(created).to.deep.equal(["u1", generated.id]);
    expect((await ask(`${url}/healthz`)).status).to.equal(200);
    expect((await fetch(`${url}/users/u1`, { method: "DELETE" })).status).to.equal(204);
    expect((await ask(`${url}/users/u1`, { method: "DELETE" })).status).to.equal(404);
    expect((await ask(`${url}/users/u1`)).status).to.equal(404);
  });

  it("says that it is to be tried again while its database does not answer", async () => {
    const leave = setVariables(NO_DATABASE);
    const database = new Database(undefined);
    stops.push(() => database.close().then(leave));
    const { url } = await start("none", new PostgresUsers(database));
    const { status, headers, body } = await ask(`${url}/users`, post('{"name":"Aoi"}'));
    expect([status, headers.get("retry-after")]).to.deep.equal([503, "1"]);
    expect(body).to.deep.equal({ error: "the database does not answer, try again" });
    expect((await ask(`${url}/healthz`)).status).to.equal(200);
  });

  it("lists slowly, one part after the other, for as long as asked", async () => {
    const { url } = await start();
    await ask(`${url}/users`, post('{"id":"u1","name":"Aoi"}'));
    const startedMs = performance.now();
    const response = await fetch(`${url}/users.ndjson?seconds=0.3`);
    let parts = 0;
    let body = "";
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      parts += 1;
      body += part;
    }
    expect(performance.now() - startedMs).to.be.at.least(299);
    expect(parts).to.be.at.least(2);
    expect(body.trim()).to.equal('{"id":"u1","name":"Aoi"}');
    expect(await (await fetch(`${url}/users.ndjson`)).text()).to.equal('{"id":"u1","name":"Aoi"}\n');
  });

  it("takes a large file, and says how much of it came", async () => {
    const imported: unknown[] = [];
    const app = usersApp(
      "none",
      new MemoryUsers(),
      () => {},
      (file) => imported.push(file),
    );
    const server = await serve(app, "r1", 0, "127.0.0.1");
    stops.push(server.stop);
    const body = Buffer.alloc(10_000_000);
    const made = await ask(`http://127.0.0.1:${server.port}/imports/f1`, { method: "POST", body });
    expect(made).to.deep.include({ status: 201, body: { id: "f1", bytes: 10_000_000 } });
    expect(imported).to.deep.equal([{ id: "f1", bytes: 10_000_000 }]);
  });

  it("tells the number of users in an event stream, from where the page was", async () => {
    const { url } = await start();
    await ask(`${url}/users`, post('{"id":"u1","name":"Aoi"}'));
    const leave = new AbortController();
    const headers = { "last-event-id": "7" };
    const response = await fetch(`${url}/events?every=0.1`, { headers, signal: leave.signal });
    expect(response.headers.get("content-type")).to.equal("text/event-stream");
    let events = "";
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      events += part;
      if (events.includes("id: 9\n")) break;
    }
    leave.abort();
    expect(events).to.match(/^event: users\ndata: 1\nid: 8\nretry: 3000\n\n/);
  });

  it("tells the number of users in a WebSocket", async () => {
    const { server } = await start();
    const page = new WebSocket(`ws://127.0.0.1:${server.port}/live?every=0.1`);
    const [first] = await once(page, "message");
    expect(String(first)).to.equal('{"users":0}');
    await once(page, "message");
    page.close();
    await once(page, "close");
    const refused = new WebSocket(`ws://127.0.0.1:${server.port}/nowhere`);
    expect(String((await once(refused, "error"))[0])).to.include("404");
  });

  const refusals: [what: string, path: string, init: RequestInit | undefined, status: number, error: string][] = [
    ["a taken id", "/users", post('{"id":"taken","name":"x"}'), 409, "id taken is taken"],
    ["no JSON", "/users", post("{"), 400, "the body is not JSON"],
    ["no object", "/users", post("[]"), 400, "Invalid input: expected object, received array"],
    ["no name", "/users", post("{}"), 400, "name: Invalid input: expected string, received undefined"],
    ["a bad id", "/users", post('{"id":"a/b","name":"x"}'), 400, "id: wanted 1 to 64 letters, digits, _ or -"],
    ["a NUL in a name", "/users", post('{"name":"a\\u0000"}'), 400, "name: wanted no control characters"],
    ["an unknown key", "/users", post('{"name":"x","age":1}'), 400, 'Unrecognized key: "age"'],
    ["a large body", "/users", post(`{"name":"${"x".repeat(65536)}"}`), 413, "the body must be at most 65536 bytes"],
    ["a large file", "/imports/f1", post("x".repeat(16_777_217)), 413, "the body must be at most 16777216 bytes"],
    ["a bad time", "/users.ndjson?seconds=x", undefined, 400, "seconds: Invalid input: expected number, received NaN"],
    ["an unknown user", "/users/nobody", undefined, 404, "no such user"],
    ["a user of no id", "/users/%00", undefined, 404, "no such user"],
    ["to remove a user of no id", "/users/%00", { method: "DELETE" }, 404, "no such user"],
    ["a bad limit", "/users?limit=0", undefined, 400, "limit: Too small: expected number to be >=1"],
    ["a bad after", "/users?after=nobody", undefined, 400, "after: wanted the id of a known user"],
    ["an after of no id", "/users?after=%00", undefined, 400, "after: wanted the id of a known user"],
    [
      "an unknown page",
      "/",
      undefined,
      404,
      "no such page; there are /users, /users/:id, /users.ndjson, /events, /live, /imports/:id and /healthz",
    ],
    [
      "an unknown method",
      "/users/taken",
      { method: "PUT" },
      404,
      "no such page; there are /users, /users/:id, /users.ndjson, /events, /live, /imports/:id and /healthz",
    ],
  ];
  const stores: Record<string, () => Promise<UserStore>> = {
    "in memory": async () => new MemoryUsers(),
    "in PostgreSQL": async () => new PostgresUsers(await openDatabase()),
  };
  for (const [where, open] of Object.entries(stores)) {
    describe(`of users ${where}`, () => {
      let users: UserStore;
      before(async () => {
        users = await open();
        await users.add({ id: "taken", name: "x" });
      });
      after(closeDatabase);

      for (const [what, path, init, status, error] of refusals) {
        it(`refuses ${what} with ${status}`, async () => {
          const { url, created } = await start("none", users);
          expect(await ask(url + path, init)).to.deep.include({ status, body: { error } });
          expect(created).to.deep.equal([]);
        });
      }
    });
  }

  it("refuses a large body that does not say its length", async () => {
    const { server } = await start();
    const chunk = `8000\r\n${"x".repeat(0x8000)}\r\n`;
    const answer = await raw(
      server.port,
      `POST /users HTTP/1.1\r\nhost: u\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(3)}`,
    );
    expect(answer).to.match(/^HTTP\/1.1 413 /);
  });

  it("answers what is not HTTP, with its release", async () => {
    const { server } = await start();
    expect(await raw(server.port, "nonsense\r\n\r\n")).to.match(/^HTTP\/1.1 400 [\s\S]*x-release: r1\r\n/);
  });

  for (const [target, status] of [
    ["//", 400],
    ["/\\", 400],
    ["/live?every=x", 400],
    ["//live", 404],
    ["/nowhere", 404],
  ] as const) {
    it(`refuses a WebSocket at ${target} with ${status}, and goes on`, async () => {
      const { server, url } = await start();
      expect(await raw(server.port, upgrade(target))).to.match(new RegExp(`^HTTP/1.1 ${status} [^]*x-release: r1\r\n`));
      expect((await ask(`${url}/healthz`)).status).to.equal(200);
    });
  }

  it("goes on when a page resets the connection on which it was refused a WebSocket", async () => {
    let closed!: Promise<unknown>;
    let asked!: () => void;
    const inUpgrade = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const refuse = liveCount("r1", async () => 0);
    const app = usersApp("none", new MemoryUsers(), () => {});
    const server = await serve(app, "r1", 0, "127.0.0.1", {
      onUpgrade(request, socket, head) {
        closed = new Promise((resolve) => socket.once("close", resolve));
        refuse(request, socket, head);
        asked();
      },
    });
    stops.push(server.stop);
    const page = connect(server.port, "127.0.0.1");
    page.write(upgrade("/nowhere"));
    await inUpgrade;
    page.resetAndDestroy();
    await closed;
    expect((await ask(`http://127.0.0.1:${server.port}/healthz`)).status).to.equal(200);
  });

  it("plays the faults it is told to", async () => {
    const unhealthy = await start("unhealthy");
    expect((await ask(`${unhealthy.url}/healthz`)).status).to.equal(503);
    const wrong = await start("wrongAnswer");
    await ask(`${wrong.url}/users`, post('{"id":"u1","name":"Aoi"}'));
    expect((await ask(`${wrong.url}/users/u1`)).body).to.deep.equal({ id: "u1", name: "not Aoi" });
    expect((await ask(`${wrong.url}/healthz`)).status).to.equal(200);
  });
});

describe("users stop", () => {
  it("closes idle connections, silent ones too, and takes no new one", async () => {
    const { server, url } = await start();
    const silent = connect(server.port, "127.0.0.1");
    silent.resume();
    await once(silent, "connect");
    const agent = new Agent({ keepAlive: true });
    const [answer] = await once(httpRequest(`${url}/healthz`, { agent }).end(), "response");
    answer.resume();
    await once(answer, "end");
    const startedAt = Date.now();
    await server.stop();
    // Connections that are in use would get 25 s.
    expect(Date.now() - startedAt).to.be.below(20_000);
    const refused = await fetch(`${url}/healthz`).catch((error: Error) => error.cause as NodeJS.ErrnoException);
    expect(refused).to.have.property("code", "ECONNREFUSED");
    silent.destroy();
    agent.destroy();
  });

  it("waits for the WebSockets that are open, and for no event stream beyond its limit", async () => {
    const app = usersApp("none", new MemoryUsers(), () => {});
    const server = await serve(app, "r1", 0, "127.0.0.1", {
      onUpgrade: liveCount("r1", async () => 0),
      stopLimitMs: 100,
    });
    const page = new WebSocket(`ws://127.0.0.1:${server.port}/live?every=0.1`);
    await once(page, "message");
    const events = await fetch(`http://127.0.0.1:${server.port}/events?every=0.1`);
    let isStopped = false;
    const stopped = server.stop().then(() => {
      isStopped = true;
    });
    // The event stream is cut at the limit; the WebSocket outlives it, and the time that silent connections get.
    await events.text().catch(() => "");
    const silentLimitMs = 1_000;
    for (let waitedMs = 0; waitedMs < silentLimitMs + 200; waitedMs += 100) await once(page, "message");
    expect(isStopped).to.equal(false);
    page.close();
    await stopped;
  });

  it("finishes a request in flight and closes its connection", async () => {
    const { server, url, created } = await start();
    const agent = new Agent({ keepAlive: true });
    const request = httpRequest(`${url}/users`, { agent, method: "POST" });
    request.write('{"id":"late",');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = server.stop();
    request.end('"name":"Aoi"}');
    const [answer] = await once(request, "response");
    expect(answer.statusCode).to.equal(201);
    expect(answer.headers.connection).to.equal("close");
    await text(answer);
    await stopped;
    expect(created).to.deep.equal(["late"]);
    agent.destroy();
  });
});
