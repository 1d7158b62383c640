import { once } from "node:events";
import { Agent, type IncomingMessage, request as openRequest } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { expect } from "chai";
import type { TargetConfig } from "../../../../../rehearsal/cloud/data-plane/load-balancer/types";
import { group, named, Scene, startTarget, type TestTarget, target } from "./scene";

const ADDRESS = "127.66.2.1";

describe("rehearsal/cloud/data-plane/load-balancer/forward", () => {
  const opened: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });

  /** A load balancer with one group of these targets, once they are in the given state. */
  async function scene(targets: TargetConfig[], state: string, speed = 100): Promise<Scene> {
    const made = await Scene.open(ADDRESS, { speed });
    opened.push({ close: () => made.plane.stop() });
    await made.plane.configure(made.config({ targetGroups: [group("g", targets)] }));
    for (const { id } of targets) await made.untilState(`g/${id}`, state);
    return made;
  }

  async function started(...given: Parameters<typeof startTarget>): Promise<TestTarget> {
    const made = await startTarget(...given);
    opened.push(made);
    return made;
  }

  describe("errors of the load balancer", () => {
    it("answers 503 without any target", async () => {
      const { status, headers, body } = await (await scene([], "")).ask();
      expect(status).to.equal(503);
      expect(headers.server).to.equal("awselb/2.0");
      expect(body).to.include("<title>503 Service Temporarily Unavailable</title>");
    });

    it("answers 503 while the only targets are new", async () => {
      const made = await Scene.open(ADDRESS);
      opened.push({ close: () => made.plane.stop() });
      const slow = { ...group("g", []).healthCheck, unhealthyThreshold: 10, intervalSeconds: 300 };
      const groups = [group("g", [target("i-1", null)], { healthCheck: slow })];
      await made.plane.configure(made.config({ targetGroups: groups }));
      await made.until(() => made.health.get("g/i-1")?.reason === "Elb.InitialHealthChecking");
      expect((await made.ask()).status).to.equal(503);
    });

    it("answers 503 when every weight is 0", async () => {
      const { endpoint } = await started(named("one"));
      const made = await scene([target("i-1", endpoint)], "healthy");
      const config = made.config({ targetGroups: [group("g", [target("i-1", endpoint)])] });
      config.listeners[0]!.defaultAction = { type: "forward", targetGroups: [{ arn: "g", weight: 0 }] };
      await made.plane.configure(config);
      expect((await made.ask()).status).to.equal(503);
      expect(made.health.get("g/i-1")?.state).to.equal("healthy");
    });

    it("answers 502 when nothing listens", async () => {
      const made = await scene([target("i-1", null)], "unhealthy");
      expect((await made.ask()).status).to.equal(502);
      expect(made.health.get("g/i-1")?.reason).to.equal("Target.FailedHealthChecks");
    });

    it("answers 502 when the connection is refused", async () => {
      const gone = await startTarget(named("gone"));
      await gone.close();
      const made = await scene([target("i-1", gone.endpoint)], "unhealthy");
      expect((await made.ask()).status).to.equal(502);
    });

    it("answers 502 when the target closes or resets the connection before its response", async () => {
      const { endpoint } = await started((request) => {
        if (request.url === "/reset") request.socket.resetAndDestroy();
        else request.socket.end();
      });
      const made = await scene([target("i-1", endpoint)], "healthy");
      expect((await made.ask({ path: "/close" })).status).to.equal(502);
      expect((await made.ask({ path: "/reset" })).status).to.equal(502);
      expect((await made.ask({ path: "/reset", method: "POST", body: "x" })).status).to.equal(502);
    });

    it("answers 502 when the target does not speak HTTP", async () => {
      const server = createTcpServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.6\r\n"));
      server.listen(0, "127.66.9.2");
      await once(server, "listening");
      opened.push({ close: async () => server.close() });
      const endpoint = { address: "127.66.9.2", port: (server.address() as AddressInfo).port };
      const made = await scene([target("i-1", endpoint)], "unhealthy");
      expect((await made.ask()).status).to.equal(502);
    });

    it("answers 504 when packets are dropped", async () => {
      const made = await scene([target("i-1", null, { reachable: false })], "unhealthy");
      expect(made.health.get("g/i-1")?.reason).to.equal("Target.Timeout");
      const { status, body } = await made.ask();
      expect(status).to.equal(504);
      expect(body).to.include("504 Gateway Time-out");
      expect(made.gatewayTimeouts).to.have.length(1);
      expect(made.gatewayTimeouts[0]).to.include({ missing: "connection", method: "GET", path: "/" });
    });

    it("answers 504 when there is no answer within the idle timeout", async () => {
      const { endpoint } = await started(() => {});
      const made = await scene([target("i-1", endpoint)], "healthy");
      expect((await made.ask({ path: "/slow?token=1" })).status).to.equal(504);
      const [found, ...more] = made.gatewayTimeouts;
      expect(more).to.deep.equal([]);
      expect(found).to.include({ targetGroupArn: "g", targetId: "i-1", missing: "response", path: "/slow" });
      expect(found!.waitedSeconds).to.be.above(7);
    });

    it("waits for an answer that takes seconds of a real clock, as services count them, at any speed", async () => {
      const { endpoint } = await started((_, response) => void setTimeout(() => response.end("late"), 2_000));
      const made = await scene([target("i-1", endpoint)], "healthy");
      expect(await made.ask()).to.include({ status: 200, body: "late" });
      expect(made.gatewayTimeouts).to.deep.equal([]);
    });

    it("breaks off a response that is silent for the idle timeout", async () => {
      const { endpoint } = await started((_, response) => void response.writeHead(200).write("begun"));
      const made = await scene([target("i-1", endpoint)], "healthy");
      const sinceMs = performance.now();
      expect(await made.ask().catch(({ code }: NodeJS.ErrnoException) => code)).to.equal("ECONNRESET");
      expect(performance.now() - sinceMs).to.be.above(7_900);
      expect(made.gatewayTimeouts).to.deep.equal([]);
    });

    it("closes the connection when the target breaks off its response", async () => {
      const { endpoint } = await started((request, response) => {
        response.writeHead(200, { "Content-Length": 1000 });
        response.write("half", () => request.socket.destroy());
      });
      const made = await scene([target("i-1", endpoint)], "healthy");
      const error = await made.ask().catch((error) => error);
      expect(error).to.have.property("code", "ECONNRESET");
    });
  });

  it("tells the target about the client, and forwards no header of one connection", async () => {
    let seen: IncomingMessage | undefined;
    const { endpoint } = await started((request, response) => {
      seen = request;
      response.writeHead(201, "Made", [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["Connection", "close, x-hop"],
        ["X-Hop", "secret"],
      ]);
      response.end("made");
    });
    const made = await scene([target("i-1", endpoint)], "healthy");
    const agent = new Agent({ keepAlive: true });
    opened.push({ close: async () => agent.destroy() });
    const { status, headers } = await made.ask({
      method: "POST",
      agent,
      headers: {
        Host: "users.example.jp",
        Connection: "keep-alive, x-mine",
        "X-Mine": "1",
        "Proxy-Authorization": "secret",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "gopher",
        "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
        "X-Other": "kept",
      },
    });
    expect(status).to.equal(201);
    expect(headers["set-cookie"]).to.deep.equal(["a=1", "b=2"]);
    // A target that closes its own connection does not close the client's.
    expect(headers.connection).to.equal("keep-alive");
    expect(headers).not.to.have.property("x-hop");
    expect(seen?.headers).to.deep.include({
      host: "users.example.jp",
      "x-other": "kept",
      "x-forwarded-for": "203.0.113.7, 127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-port": "80",
      "content-length": "0",
    });
    expect(seen?.headers).not.to.have.any.keys("x-mine", "proxy-authorization", "transfer-encoding");
    expect(seen?.headers["x-amzn-trace-id"]).to.match(
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678$/,
    );
    await made.ask();
    expect(seen?.headers["x-amzn-trace-id"]).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  for (const [drops, names] of [
    [false, ["api_key", "x.id", "x-request-id"]],
    [true, ["x-request-id"]],
  ] as const) {
    it(`${drops ? "drops" : "forwards"} headers whose names are not valid, in a WebSocket's request, too (E61)`, async () => {
      const given = { api_key: "1", "x.id": "2", "x-request-id": "3" };
      const seen: string[][] = [];
      const { endpoint } = await started(({ headers }, response) => {
        // Health checks have none of them.
        if ("x-request-id" in headers) seen.push(Object.keys(given).filter((name) => name in headers));
        response.end();
      });
      const made = await scene([target("i-1", endpoint)], "healthy");
      const targetGroups = [group("g", [target("i-1", endpoint)])];
      await made.plane.configure(made.config({ targetGroups, dropInvalidHeaderFields: drops }));
      expect((await made.ask({ headers: given })).status).to.equal(200);
      await made.ask({ headers: { ...given, Connection: "Upgrade", Upgrade: "websocket" } });
      expect(seen).to.deep.equal([names, names]);
    });
  }

  it("streams requests and responses", async () => {
    const { endpoint } = await started((request, response) => {
      request.on("data", (text) => response.write(`<${text}>`));
      request.on("end", () => response.end("."));
    });
    const made = await scene([target("i-1", endpoint)], "healthy");
    const request = openRequest({ host: ADDRESS, port: made.port, method: "POST", agent: false });
    request.write("one");
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    answer.setEncoding("utf8");
    expect(await once(answer, "data")).to.deep.equal(["<one>"]);
    request.write("two");
    expect(await once(answer, "data")).to.deep.equal(["<two>"]);
    const ended = once(answer, "end");
    request.end();
    expect(await once(answer, "data")).to.deep.equal(["."]);
    await ended;
  });

  it("forwards a large body completely, at any speed of the client", async () => {
    const size = 5_000_000;
    const { endpoint } = await started((_, response) => response.end(Buffer.alloc(size, "x")));
    const made = await scene([target("i-1", endpoint)], "healthy");
    // With the usual idle timeout, a machine that gives this process no time for a second breaks the answer off.
    const groups = [group("g", [target("i-1", endpoint)])];
    await made.plane.configure(made.config({ targetGroups: groups, idleTimeoutSeconds: 4000 }));
    expect((await made.ask()).body).to.have.length(size);
  });

  it("closes the target's connection when the client has gone", async () => {
    let gone: () => void = () => {};
    const noticed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const { endpoint } = await started((_, response) => response.once("close", gone));
    const made = await scene([target("i-1", endpoint)], "healthy");
    const request = openRequest({ host: ADDRESS, port: made.port, agent: false }).on("error", () => {});
    request.end();
    while ((await connections(made)) === 0) await new Promise(setImmediate);
    request.destroy();
    await noticed;
  });

  describe("kept-alive connections to the target", () => {
    it("sends no request again, not even a GET, when the target closes a reused connection (E34)", async () => {
      const answered = new WeakSet<Socket>();
      const received: string[] = [];
      // The target closes the connection exactly when its second request arrives.
      const { endpoint } = await started((request, response) => {
        received.push(`${request.method} ${request.url}`);
        if (answered.has(request.socket)) request.socket.resetAndDestroy();
        else {
          answered.add(request.socket);
          response.end("ok");
        }
      });
      const made = await scene([target("i-1", endpoint)], "healthy");
      const statuses: number[] = [];
      for (const method of ["GET", "GET", "GET", "HEAD", "GET", "POST"]) {
        const path = `/${statuses.length}`;
        statuses.push((await made.ask({ path, method, ...(method === "POST" && { body: "x" }) })).status);
      }
      expect(statuses).to.deep.equal([200, 502, 200, 502, 200, 502]);
      expect(received).to.deep.equal(["GET /0", "GET /1", "GET /2", "HEAD /3", "GET /4", "POST /5"]);
    });

    it("keeps an idle connection for its own real idle timeout, whatever the target announces and the speed is", async () => {
      const sockets = new Set<Socket>();
      const { endpoint } = await started((request, response) => {
        sockets.add(request.socket);
        // An announcement that a client would heed at once; the target does not keep to it.
        response.setHeader("Connection", "keep-alive").setHeader("Keep-Alive", "timeout=1").end("ok");
      });
      // At this speed 60 AWS seconds are over in 0.6 ms.
      const made = await scene([target("i-1", endpoint)], "healthy", 100_000);
      for (let i = 0; i < 3; i += 1) expect((await made.ask()).status).to.equal(200);
      expect(sockets.size).to.equal(1);
    });

    it("reports a target that announces a shorter timeout than its own, once for each task", async () => {
      const { endpoint } = await started((_, response) => {
        response.setHeader("Connection", "keep-alive").setHeader("Keep-Alive", "timeout=5, max=100").end("ok");
      });
      const made = await scene([target("i-1", endpoint)], "healthy");
      for (let i = 0; i < 3; i += 1) await made.ask();
      await made.until(() => made.shortKeepAlives.length > 0);
      const [found] = made.shortKeepAlives;
      expect(found).to.include({ targetGroupArn: "g", targetId: "i-1", idleTimeoutSeconds: 60, evidence: "announced" });
      expect(found!.targetSeconds).to.equal(5);
      expect(made.shortKeepAlives).to.have.length(1);
    });

    it("reports a target that closes idle connections earlier without a word, and lives on", async () => {
      const { endpoint, server } = await started((_, response) => response.end("ok"));
      // Closes each connection when it has been idle for a moment, and announces nothing.
      server.keepAliveTimeout = 0;
      server.on("connection", (socket: Socket) => socket.setTimeout(200, () => socket.end()));
      const made = await scene([target("i-1", endpoint)], "healthy");
      await made.until(() => made.shortKeepAlives.length > 0);
      const [found] = made.shortKeepAlives;
      expect(found).to.include({ targetGroupArn: "g", targetId: "i-1", idleTimeoutSeconds: 60, evidence: "observed" });
      expect(found!.targetSeconds).to.be.within(0.1, 60);
    });

    it("leaves a connection idle for longer than its own timeout, to see whether the target keeps it", async () => {
      const { endpoint, server } = await started((_, response) => response.end("ok"));
      server.keepAliveTimeout = 0;
      const made = await Scene.open(ADDRESS);
      opened.push({ close: () => made.plane.stop() });
      const targetGroups = [group("g", [target("i-1", endpoint)])];
      await made.plane.configure(made.config({ targetGroups, idleTimeoutSeconds: 1 }));
      await made.until(() => made.idleConnections.length > 1);
      const [left, kept] = made.idleConnections;
      // Not the whole 3 s: a timer counts from the time at which its turn of the event loop began.
      expect(kept!.atMs - left!.atMs).to.be.at.least(2000);
      expect(made.idleConnections.map(({ targetId, state }) => `${targetId} ${state}`)).to.deep.equal([
        ...["i-1 left", "i-1 kept"],
      ]);
      expect(made.shortKeepAlives).to.deep.equal([]);
    });

    it("reports none that keeps connections longer, closes them after their response, or has ended", async () => {
      const [longer, closing, ended] = await Promise.all([
        started((_, response) => response.setHeader("Keep-Alive", "timeout=75").end("ok")),
        started((_, response) => response.setHeader("Connection", "close").end("ok")),
        started((_, response) => response.end("ok")),
      ]);
      for (const { server } of [longer, closing, ended]) server.keepAliveTimeout = 75_000;
      const targets = [target("i-1", longer.endpoint), target("i-2", closing.endpoint), target("i-3", ended.endpoint)];
      const made = await scene(targets, "healthy");
      for (let i = 0; i < 6; i += 1) await made.ask();
      await ended.close();
      await made.untilState("g/i-3", "unhealthy");
      expect(made.shortKeepAlives).to.deep.equal([]);
    });
  });

  it("has a Connection header, and no Keep-Alive header of its own or the target's, in answers to clients", async () => {
    const { endpoint } = await started((_, response) => response.setHeader("Keep-Alive", "timeout=75").end("ok"));
    const made = await scene([target("i-1", endpoint)], "healthy");
    const agent = new Agent({ keepAlive: true });
    const kept = await made.ask({ agent });
    agent.destroy();
    expect(kept.headers).to.include({ connection: "keep-alive" }).and.not.have.property("keep-alive");
    expect((await made.ask()).headers).to.include({ connection: "close" });
    await made.plane.configure(made.config());
    const own = await made.ask();
    expect([own.status, own.headers["keep-alive"]]).to.deep.equal([503, undefined]);
  });

  it("closes a client's connection after its keep-alive time and one more response", async () => {
    const { endpoint } = await started(named("one"));
    const made = await scene([target("i-1", endpoint)], "healthy");
    const keepAliveMs = 600;
    const config = made.config({ targetGroups: [group("g", [target("i-1", endpoint)])], clientKeepAliveSeconds: 60 });
    // Node's clients do not keep a connection that the server announces to keep for only a second.
    config.idleTimeoutSeconds = 4000;
    await made.plane.configure(config);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    opened.push({ close: async () => agent.destroy() });
    const startedAtMs = Date.now();
    let answers = 0;
    while ((await made.ask({ agent })).headers.connection === "keep-alive") answers += 1;
    expect(Date.now() - startedAtMs).to.be.at.least(keepAliveMs);
    expect(answers).to.be.greaterThan(1);
  });

  describe("metrics", () => {
    /** Of the one group, and the load balancer's own 5xx, over all buckets. */
    function counted(made: Scene) {
      const { buckets } = made.plane.counts.take()!;
      const groups = buckets.flatMap((bucket) => bucket.groups);
      const sum = (key: "requests" | "target5xx" | "connectionErrors" | "responses") =>
        groups.reduce((total, one) => total + one[key], 0);
      return {
        requests: sum("requests"),
        target5xx: sum("target5xx"),
        connectionErrors: sum("connectionErrors"),
        responses: sum("responses"),
        elb5xx: buckets.reduce((total, one) => total + one.elb5xx, 0),
      };
    }

    it("counts a 503 without a target for no group", async () => {
      const { endpoint } = await started((_, response) => {
        response.statusCode = 500;
        response.end();
      });
      const made = await scene([target("i-1", endpoint), target("i-2", endpoint)], "healthy");
      await made.ask();
      await made.ask();
      await made.plane.configure(made.config());
      await made.ask();
      expect(counted(made)).to.deep.equal({ requests: 2, target5xx: 2, connectionErrors: 0, responses: 2, elb5xx: 1 });
      expect(made.plane.counts.take()).to.equal(undefined);
    });

    it("distinguishes a connection that is not made from one that breaks", async () => {
      const gone = await startTarget(named("gone"));
      await gone.close();
      for (const { to, connectionErrors } of [
        { to: target("i-1", null), connectionErrors: 1 },
        { to: target("i-1", null, { reachable: false }), connectionErrors: 1 },
        { to: target("i-1", gone.endpoint), connectionErrors: 1 },
        { to: target("i-1", (await started((request) => request.socket.end())).endpoint), connectionErrors: 0 },
      ]) {
        const made = await scene([to], connectionErrors ? "unhealthy" : "healthy");
        await made.ask();
        expect(counted(made)).to.deep.equal({ requests: 1, target5xx: 0, connectionErrors, responses: 0, elb5xx: 1 });
        await made.plane.stop();
      }
    });

    it("does not count an error of the client as a 5xx", async () => {
      const { endpoint } = await started(() => {});
      const made = await scene([target("i-1", endpoint)], "healthy");
      expect((await made.ask({ method: "POST", headers: { "content-length": "5" } })).status).to.equal(408);
      expect(counted(made)).to.include({ requests: 1, elb5xx: 0 });
    });
  });

  it("answers 400 to what is not HTTP", async () => {
    const made = await scene([], "");
    const socket = connect(made.port, ADDRESS);
    socket.write("hello\r\n\r\n");
    expect(String((await once(socket, "data"))[0])).to.match(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  async function connections(made: Scene): Promise<number> {
    await new Promise(setImmediate);
    return made.plane.counts.activeConnections;
  }
});
