import { createServer } from "node:net";
import { expect } from "chai";
import { Users } from "../neighbours";
import { fakeProxy, fakeUsers, type Neighbour } from "./neighbours";

const failure = (call: Promise<unknown>) =>
  call.then(
    () => "no failure",
    (error: Error) => error.message,
  );

describe("Users", () => {
  const closes: (() => void)[] = [];
  async function start(statuses?: number[]): Promise<Neighbour> {
    const users = await fakeUsers(statuses);
    closes.push(users.close);
    return users;
  }
  afterEach(() => {
    for (const close of closes.splice(0)) close();
  });

  it("creates and asks for the newest", async () => {
    const users = await start();
    const client = new Users(users.url);
    expect(await client.newest()).to.equal(null);
    await client.create({ id: "u1", name: "Aoi" });
    expect(await client.newest()).to.deep.equal({ id: "u1", name: "Aoi" });
    expect(users.requests).to.deep.equal([
      "GET /users?limit=1",
      'POST /users {"id":"u1","name":"Aoi"}',
      "GET /users?limit=1",
    ]);
  });

  it("removes one, and takes no notice if it is gone", async () => {
    const users = await start([204, 404, 500]);
    const client = new Users(users.url);
    await client.remove("u1");
    await client.remove("u1");
    expect(await failure(client.remove("u1"))).to.contain("DELETE /users/u1: wanted 204,404, got 500");
  });

  it("keeps its connections, and its tunnels through a proxy of the environment", async () => {
    const users = await start();
    const proxy = await fakeProxy(Number(new URL(users.url).port));
    closes.push(proxy.close);
    const direct = new Users(users.url);
    process.env.HTTP_PROXY = proxy.url;
    const proxied = new Users("http://users.internal.example.jp:4711");
    delete process.env.HTTP_PROXY;
    for (let number = 1; number <= 10; number += 1) await direct.create({ id: `u${number}`, name: "Aoi" });
    // Not 1: a connection is free only after the turn in which its answer was read.
    expect(users.connections()).to.be.at.most(2);
    for (let number = 1; number <= 10; number += 1) await proxied.create({ id: `u${number}`, name: "Aoi" });
    expect(new Set(proxy.tunnels)).to.deep.equal(new Set(["users.internal.example.jp:4711"]));
    expect(proxy.tunnels.length).to.be.at.most(2);
    expect(users.requests).to.have.length(20);
  });

  it("says what went wrong, and tries nothing again", async () => {
    const users = await start([503, 409]);
    const client = new Users(users.url);
    expect(await failure(client.newest())).to.equal("a call to users failed: GET /users?limit=1: wanted 200, got 503");
    expect(await failure(client.create({ id: "u1", name: "Aoi" }))).to.equal(
      "a call to users failed: POST /users: wanted 201, got 409",
    );
    expect(users.requests).to.have.length(2);
    expect(await failure(new Users("http://127.0.0.1:1").newest())).to.equal(
      "a call to users failed: GET /users?limit=1: connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  it("does not send a POST again whose connection was lost", async () => {
    let posts = 0;
    const server = createServer((socket) => {
      socket.on("data", () => {
        posts += 1;
        socket.destroy();
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const client = new Users(`http://127.0.0.1:${port}`);
    expect(await failure(client.create({ id: "u1", name: "Aoi" }))).to.equal(
      "a call to users failed: POST /users: other side closed",
    );
    expect(posts).to.equal(1);
    server.close();
  });

  it("gives up when no answer comes", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const startedAt = Date.now();
    expect(await failure(new Users(`http://127.0.0.1:${port}`).newest())).to.equal(
      "a call to users failed: GET /users?limit=1: no answer within 5 s",
    );
    expect(Date.now() - startedAt).to.be.at.least(4900);
    server.close();
  });
});
