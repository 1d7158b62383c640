import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { NO_DATABASE, openMigrated, setVariables } from "../../../test/database";
import { doodleApp, type Parts } from "../app";
import { Database } from "../database";
import { NeighbourFailed } from "../neighbours";
import { MemoryPolls, type PollStore, PostgresPolls } from "../poll-store";
import { type Running, serve } from "../serve";

interface Scene {
  server: Running;
  url: string;
  /** What the service did to its neighbours and said in its log. */
  deeds: unknown[];
}

const NO_USERS = { newest: async () => null, create: async () => {}, remove: async () => {} };

const stops: (() => Promise<void>)[] = [];

async function start(changes: Partial<Parts> = {}): Promise<Scene> {
  const deeds: unknown[] = [];
  const parts: Parts = {
    polls: new MemoryPolls(),
    users: {
      newest: async () => ({ id: "u9", name: "newest" }),
      create: async (user) => void deeds.push(["create", user]),
      remove: async (id) => void deeds.push(["remove", id]),
    },
    mailer: { send: async (job) => void deeds.push(["send", job]) },
    fault: "none",
    log: (event, details) => void deeds.push([event, details]),
    ...changes,
  };
  const server = await serve(doodleApp(parts), "r1", 0, "127.0.0.1");
  stops.push(server.stop);
  return { server, deeds, url: `http://127.0.0.1:${server.port}` };
}

async function ask(url: string, init?: RequestInit) {
  const response = await fetch(url, init);
  expect(response.headers.get("x-release")).to.equal("r1");
  return { status: response.status, body: (await response.json()) as unknown };
}

const NO_TITLE = "title: wanted no control characters, U+FFFE or U+FFFF";

const post = (body: string): RequestInit => ({ method: "POST", body });

let closeDatabase = async () => {};

/** A new database with the service's tables. */
async function openDatabase(): Promise<Database> {
  const file = join(__dirname, "../migrations/1_polls.sql");
  const { database, close } = await openMigrated(() => new Database(undefined), file);
  closeDatabase = close;
  return database;
}

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

describe("doodle API", () => {
  it("creates a poll: first its owner, then the message, then the poll", async () => {
    const { url, deeds } = await start();
    const made = await ask(`${url}/polls`, post('{"id":"p1","title":"Lunch"}'));
    expect(made).to.deep.equal({ status: 201, body: { id: "p1", title: "Lunch" } });
    expect(deeds).to.deep.equal([
      ["create", { id: "p1", name: "owner of p1" }],
      ["send", { id: "p1", to: "owner-of-p1@example.jp", subject: "Your poll: Lunch" }],
      ["jobSent", { id: "p1" }],
      ["pollCreated", { id: "p1" }],
    ]);
    const generated = (await ask(`${url}/polls`, post('{"title":"Tea"}'))).body as { id: string };
    expect(generated.id).to.match(/^[0-9a-f-]{36}$/);
    expect(await ask(`${url}/polls?limit=1`)).to.deep.equal({
      status: 200,
      body: { polls: [{ id: generated.id, title: "Tea" }], newestOwner: { id: "u9", name: "newest" } },
    });
    expect((await ask(`${url}/healthz`)).status).to.equal(200);
  });

  const failing = (event: "callFailed" | "sendFailed") => async () => {
    throw new NeighbourFailed(event, event === "callFailed" ? "users" : "mailer", "as told");
  };
  const broken: [what: string, changes: Partial<Parts>, init: RequestInit | undefined, error: string, log: unknown][] =
    [
      [
        "users does not create the owner",
        { users: { ...NO_USERS, create: failing("callFailed") } },
        post('{"id":"p1","title":"Lunch"}'),
        "a call to users failed: as told",
        ["callFailed", { service: "users", reason: "as told" }],
      ],
      [
        "users does not list",
        { users: { ...NO_USERS, newest: failing("callFailed") } },
        undefined,
        "a call to users failed: as told",
        ["callFailed", { service: "users", reason: "as told" }],
      ],
      [
        "the queue does not take the message",
        { mailer: { send: failing("sendFailed") } },
        post('{"id":"p1","title":"Lunch"}'),
        "a message for mailer failed: as told",
        ["sendFailed", { service: "mailer", reason: "as told" }],
      ],
    ];
  for (const [what, changes, init, error, log] of broken) {
    it(`answers 502 and stays without a poll when ${what}`, async () => {
      const { url, deeds } = await start(changes);
      expect(await ask(`${url}/polls`, init)).to.deep.equal({ status: 502, body: { error } });
      expect(deeds.at(-1)).to.deep.equal(log);
      expect(deeds.flat()).not.to.include.members(["pollCreated"]);
    });
  }

  const refusals: [what: string, path: string, init: RequestInit | undefined, status: number, error: string][] = [
    ["a taken id", "/polls", post('{"id":"taken","title":"x"}'), 409, "id taken is taken"],
    ["no JSON", "/polls", post("{"), 400, "the body is not JSON"],
    ["no object", "/polls", post("[]"), 400, "Invalid input: expected object, received array"],
    ["no title", "/polls", post("{}"), 400, "title: Invalid input: expected string, received undefined"],
    ["a bad id", "/polls", post('{"id":"a/b","title":"x"}'), 400, "id: wanted 1 to 64 letters, digits, _ or -"],
    ["a NUL in a title", "/polls", post('{"title":"a\\u0000"}'), 400, NO_TITLE],
    ["a title that no queue takes", "/polls", post('{"title":"a\\uffff"}'), 400, NO_TITLE],
    ["to remove a poll of no id", "/polls/%00", { method: "DELETE" }, 404, "no such poll"],
    ["an unknown key", "/polls", post('{"title":"x","age":1}'), 400, 'Unrecognized key: "age"'],
    ["a large body", "/polls", post(`{"title":"${"x".repeat(65536)}"}`), 413, "the body must be at most 65536 bytes"],
    ["a bad limit", "/polls?limit=0", undefined, 400, "limit: Too small: expected number to be >=1"],
    ["an unknown page", "/", undefined, 404, "no such page; there are /polls, /polls/:id and /healthz"],
    [
      "an unknown method",
      "/polls",
      { method: "DELETE" },
      404,
      "no such page; there are /polls, /polls/:id and /healthz",
    ],
    [
      "another method of the health check",
      "/healthz",
      post(""),
      404,
      "no such page; there are /polls, /polls/:id and /healthz",
    ],
  ];
  const stores: Record<string, () => Promise<PollStore>> = {
    "in memory": async () => new MemoryPolls(),
    "in PostgreSQL": async () => new PostgresPolls(await openDatabase()),
  };
  for (const [where, open] of Object.entries(stores)) {
    describe(`of polls ${where}`, () => {
      let polls: PollStore;
      before(async () => {
        polls = await open();
        await polls.add({ id: "taken", title: "x" });
      });
      after(closeDatabase);

      for (const [what, path, init, status, error] of refusals) {
        it(`refuses ${what} with ${status}, and asks nobody`, async () => {
          const { url, deeds } = await start({ polls });
          expect(await ask(url + path, init)).to.deep.equal({ status, body: { error } });
          expect(deeds).to.deep.equal([]);
        });
      }
    });
  }

  it("removes a poll, and its owner", async () => {
    const { url, deeds } = await start();
    await ask(`${url}/polls`, post('{"id":"p1","title":"Lunch"}'));
    expect((await fetch(`${url}/polls/p1`, { method: "DELETE" })).status).to.equal(204);
    expect(deeds.at(-1)).to.deep.equal(["remove", "p1"]);
    const again = await ask(`${url}/polls/p1`, { method: "DELETE" });
    expect(again).to.deep.equal({ status: 404, body: { error: "no such poll" } });
    expect((await ask(`${url}/polls`)).body).to.deep.include({ polls: [] });
  });

  it("says that it is to be tried again while its database does not answer", async () => {
    const leave = setVariables(NO_DATABASE);
    const database = new Database(undefined);
    stops.push(() => database.close().then(leave));
    const { url, deeds } = await start({ polls: new PostgresPolls(database) });
    const answer = await ask(`${url}/polls`, post('{"title":"Lunch"}'));
    expect(answer).to.deep.equal({ status: 503, body: { error: "the database does not answer, try again" } });
    expect(deeds).to.deep.equal([]);
  });

  it("answers what is not HTTP, with its release", async () => {
    const { server } = await start();
    const socket = connect(server.port, "127.0.0.1");
    socket.write("nonsense\r\n\r\n");
    expect(await text(socket)).to.match(/^HTTP\/1.1 400 [\s\S]*x-release: r1\r\n/);
  });

  it("plays the faults it is told to", async () => {
    const unhealthy = await start({ fault: "unhealthy" });
    expect((await ask(`${unhealthy.url}/healthz`)).status).to.equal(503);
    const wrong = await start({ fault: "wrongAnswer" });
    await ask(`${wrong.url}/polls`, post('{"id":"p1","title":"Lunch"}'));
    expect((await ask(`${wrong.url}/polls`)).body).to.deep.include({ polls: [{ id: "p1", title: "not Lunch" }] });
    expect((await ask(`${wrong.url}/healthz`)).status).to.equal(200);
  });
});

describe("doodle stop", () => {
  it("finishes a request that waits for users, and takes no new one", async () => {
    let called!: () => void;
    let answer!: () => void;
    const inCall = new Promise<void>((resolve) => {
      called = resolve;
    });
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const create = () => {
      called();
      return answered;
    };
    const { server, url } = await start({ users: { ...NO_USERS, create } });
    const response = fetch(`${url}/polls`, post('{"id":"late","title":"Lunch"}'));
    await inCall;
    const stopped = server.stop();
    const refused = await fetch(`${url}/healthz`).catch((error: Error) => error.cause as NodeJS.ErrnoException);
    expect(refused).to.have.property("code", "ECONNREFUSED");
    answer();
    const { status, headers } = await response;
    expect([status, headers.get("connection")]).to.deep.equal([201, "close"]);
    await stopped;
  });
});
