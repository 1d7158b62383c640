import { once } from "node:events";
import { expect } from "chai";
import { ended, runFile, startService } from "./service-process";

describe("users process", () => {
  it("logs created users only, and ends with 0 on SIGTERM", async () => {
    const { child, port, events } = await startService();
    const url = `http://127.0.0.1:${port}/users`;
    const before = Date.now();
    await (await fetch(url, { method: "POST", body: '{"id":"u1","name":"Aoi"}' })).text();
    await (await fetch(`${url}/u1`)).text();
    child.kill("SIGTERM");
    expect(await once(child, "close")).to.deep.equal([0, null]);
    expect(events.map(({ event }) => event)).to.deep.equal(["listening", "userCreated"]);
    expect(events[1]).to.have.keys("event", "id", "at").and.to.include({ id: "u1" });
    expect(events[1]?.at).to.be.within(before, Date.now());
  });

  it("ends with 2 and one line when its environment is wrong", async () => {
    expect(await ended(runFile("main.ts", { PORT: "http", FAULT: "slow" }))).to.deep.equal({
      code: 2,
      stdout: "",
      stderr:
        "users: PORT: wanted a port from 0 to 65535; RELEASE: wanted 1 to 200 visible ASCII characters; " +
        "FAULT: wanted one of none, crashOnStart, unhealthy, wrongAnswer, contractTooEarly\n",
    });
  });

  it("ends with 2 and one line when it has no database", async () => {
    const { code, stderr } = await ended(runFile("main.ts", { PORT: "0", RELEASE: "r1", PGHOST: "db.example.jp" }));
    expect(code).to.equal(2);
    expect(stderr).to.equal(
      "users: PGDATABASE, PGUSER, PGPASSWORD: wanted the database, or STORE=memory to try without one\n",
    );
  });

  it("ends with 1 and one line when the port is taken or it is told to crash", async () => {
    const { child, port } = await startService();
    const taken = await ended(
      runFile("main.ts", { PORT: String(port), HOST: "127.0.0.1", RELEASE: "r1", STORE: "memory" }),
    );
    expect(taken).to.include({
      code: 1,
      stderr: `users: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
    });
    child.kill("SIGTERM");
    await once(child, "close");
    const crashed = await ended(
      runFile("main.ts", { PORT: "0", RELEASE: "r1", STORE: "memory", FAULT: "crashOnStart" }),
    );
    expect(crashed).to.include({
      code: 1,
      stderr: "users: FAULT=crashOnStart: this release crashes on start, on purpose\n",
    });
  });
});
