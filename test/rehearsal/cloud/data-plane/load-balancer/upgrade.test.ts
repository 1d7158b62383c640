import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { group, named, Scene, startTarget, type TestTarget, target } from "./scene";

const ADDRESS = "127.66.4.1";

function upgradeRequest(protocol: string): string {
  return `GET /socket HTTP/1.1\r\nHost: users.example.jp\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Key: abc\r\n\r\n`;
}

/** Reads until the text has arrived. */
async function read(socket: Socket, text: string): Promise<string> {
  let got = "";
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    got += piece;
    if (got.includes(text)) return got;
  }
  throw new Error(`the connection ended with "${got}", "${text}" never came`);
}

describe("rehearsal/cloud/data-plane/load-balancer/upgrade", () => {
  let scene: Scene;
  let echo: TestTarget;
  const seen: string[] = [];

  before(async () => {
    echo = await startTarget(named("plain"));
    echo.server.on("upgrade", (request, socket, head) => {
      seen.push(`${request.url} ${request.headers["sec-websocket-key"]} ${request.headers["x-forwarded-for"]}`);
      socket.on("error", () => socket.destroy());
      if (request.url === "/refused") {
        socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        return;
      }
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Mine: 1\r\n\r\n",
      );
      socket.write(`hello${head}`);
      socket.on("data", (piece) => socket.write(`<${piece}>`));
      socket.on("end", () => socket.end());
    });
    scene = await Scene.open(ADDRESS);
    await configure();
    await scene.untilState("g/i-1", "healthy");
  });
  after(async () => {
    await scene.plane.stop();
    await echo.close();
  });

  async function configure(draining = false, deregistrationDelaySeconds = 3600): Promise<void> {
    const groups = [group("g", [target("i-1", echo.endpoint, { draining })], { deregistrationDelaySeconds })];
    await scene.plane.configure(scene.config({ targetGroups: groups, idleTimeoutSeconds: 4000 }));
  }

  it("joins the two connections and keeps them over configuration changes, until the deregistration delay is over", async () => {
    const socket = connect(scene.port, ADDRESS);
    socket.write(upgradeRequest("websocket"));
    const opening = await read(socket, "hello");
    expect(opening)
      .to.match(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
      .and.to.include("X-Mine: 1\r\n");
    expect(seen).to.deep.equal(["/socket abc 127.0.0.1"]);
    socket.write("one");
    expect(await read(socket, "<one>")).to.equal("<one>");

    await configure(true);
    expect(scene.drained).to.deep.equal([]);
    socket.write("two");
    expect(await read(socket, "<two>")).to.equal("<two>");
    const closed = once(socket, "close");
    await configure(false);
    await configure(true, 1);
    await closed;
    await scene.until(() => scene.drained.length > 0);
    await configure(false);
    await scene.untilState("g/i-1", "healthy");
  });

  it("tells which release of which service a WebSocket leads to, if it is asked", async () => {
    const endpoint = { ...echo.endpoint, release: "v9", service: "users" };
    const groups = [group("g", [target("i-1", endpoint)])];
    await scene.plane.configure(scene.config({ targetGroups: groups, idleTimeoutSeconds: 4000 }));
    for (const [asks, told] of [
      ["", false],
      ["x-rehearsal-release: tell\r\n", true],
    ] as const) {
      const socket = connect(scene.port, ADDRESS);
      socket.write(upgradeRequest("websocket").replace("\r\n\r\n", `\r\n${asks}\r\n`));
      const headers = "\r\nx-rehearsal-release: v9\r\nx-rehearsal-service: users\r\n";
      expect((await read(socket, "hello")).includes(headers)).to.equal(told);
      socket.destroy();
    }
    await configure();
  });

  it("forwards a refusal", async () => {
    const socket = connect(scene.port, ADDRESS);
    socket.write(upgradeRequest("websocket").replace("/socket", "/refused"));
    const answer = await read(socket, "\r\n\r\nno");
    expect(answer).to.match(/^HTTP\/1\.1 403 Forbidden\r\n/);
    await once(socket, "close");
  });

  it("closes the target's connection when the client closes its own", async () => {
    const ended = new Promise<void>((resolve) => {
      echo.server.once("upgrade", (_request, targetSocket) => targetSocket.once("close", () => resolve()));
    });
    const socket = connect(scene.port, ADDRESS);
    socket.write(upgradeRequest("websocket"));
    await read(socket, "hello");
    socket.destroy();
    await ended;
  });

  it("handles every other upgrade as plain HTTP", async () => {
    const socket = connect(scene.port, ADDRESS);
    socket.write(upgradeRequest("h2c"));
    expect(await read(socket, "plain /socket")).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    await once(socket, "close");
  });

  it("answers 503 and 502 as for any request", async () => {
    for (const [targets, status] of [
      [[], 503],
      [[target("i-2", null)], 502],
    ] as const) {
      await scene.plane.configure(scene.config({ targetGroups: [group("other", [...targets])] }));
      for (const { id } of targets) await scene.untilState(`other/${id}`, "unhealthy");
      const socket = connect(scene.port, ADDRESS);
      socket.write(upgradeRequest("websocket"));
      expect(await read(socket, "</html>")).to.match(new RegExp(`^HTTP/1\\.1 ${status} `));
    }
  });
});
