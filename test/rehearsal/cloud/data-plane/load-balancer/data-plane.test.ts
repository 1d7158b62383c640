import { once } from "node:events";
import { Agent } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTls } from "node:tls";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import type {
  ActionConfig,
  ListenerConfig,
  LoadBalancerConfig,
} from "../../../../../rehearsal/cloud/data-plane/load-balancer/types";
import { Authority } from "../../../../../rehearsal/cloud/services/acm/model/authority";
import { ask, group, INSIDE, named, Scene, startTarget, type TestTarget, target } from "./scene";

const ADDRESS = "127.66.1.1";
const OTHER_ADDRESS = "127.66.1.2";

function forward(...weights: [arn: string, weight: number][]): ActionConfig {
  return { type: "forward", targetGroups: weights.map(([arn, weight]) => ({ arn, weight })) };
}

describe("rehearsal/cloud/data-plane/load-balancer/data-plane", () => {
  let blue: TestTarget;
  let green: TestTarget;
  let scene: Scene;

  before(async () => {
    blue = await startTarget(named("blue"));
    green = await startTarget(named("green"));
  });
  after(() => Promise.all([blue.close(), green.close()]));
  afterEach(() => scene.plane.stop());

  function config(action: ActionConfig, more: Partial<LoadBalancerConfig> = {}): LoadBalancerConfig {
    const targetGroups = [
      group("blue", [target("i-1", blue.endpoint)]),
      group("green", [target("i-2", green.endpoint)]),
    ];
    const made = scene.config({ targetGroups, ...more });
    for (const listener of made.listeners) listener.defaultAction = action;
    return made;
  }

  async function bothHealthy(): Promise<void> {
    await scene.untilState("blue/i-1", "healthy");
    await scene.untilState("green/i-2", "healthy");
  }

  it("drops no request while its configuration changes under load, on kept-alive and on new connections", async () => {
    scene = await Scene.open(ADDRESS);
    await scene.plane.configure(config(forward(["blue", 1], ["green", 1])));
    await bothHealthy();
    const agents = [undefined, new Agent({ keepAlive: true }), new Agent({ keepAlive: true })];
    const statuses = new Map<number, number>();
    let answered = 0;
    let changing = true;
    const clients = agents.map(async (agent) => {
      for (let i = 0; changing; i += 1) {
        const post = i % 2 === 1 ? { method: "POST", body: "x".repeat(1000) } : {};
        const { status } = await scene.ask({ agent, ...post });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        answered += 1;
      }
    });
    // On a slow machine a hundred changes are over before as many requests are answered.
    for (let i = 0; i < 100 || answered <= 100; i += 1) {
      const made = config(forward(["blue", i % 7], ["green", 1 + (i % 3)]));
      // Rules, limits and listeners change.
      made.idleTimeoutSeconds = i % 2 === 0 ? 300 : 600;
      if (i % 5 === 0) made.listeners.push({ ...made.listeners[0]!, arn: "more", port: 81 });
      await scene.plane.configure(made);
      await new Promise(setImmediate);
    }
    changing = false;
    await Promise.all(clients);
    for (const agent of agents) agent?.destroy();
    expect([...statuses.keys()]).to.deep.equal([200]);
    expect(statuses.get(200)).to.be.greaterThan(100);
  });

  it("applies a rule change to each node at a different moment, and keeps the old targets until then", async () => {
    scene = await Scene.open(ADDRESS, { spreadSeconds: 100, seed: 3 });
    const nodes = [
      { zone: "a", address: ADDRESS, internet: true },
      { zone: "c", address: OTHER_ADDRESS, internet: true },
    ];
    await scene.plane.configure(config(forward(["blue", 1]), { nodes }));
    await scene.untilState("blue/i-1", "healthy");
    await scene.plane.configure(config(forward(["blue", 1], ["green", 0]), { nodes }));
    await bothHealthy();

    const seen: string[] = [];
    let done = false;
    const toGreen = config(forward(["green", 1]), { nodes });
    // The same configuration removes the group that no rule names any more.
    toGreen.targetGroups = toGreen.targetGroups.filter(({ arn }) => arn === "green");
    const followed = scene.plane.configure(toGreen).then(() => {
      done = true;
    });
    // A change of targets while the rule change spreads does not make it faster.
    const again = scene.plane.configure(toGreen);
    while (!done) {
      const [one, other] = await Promise.all(
        nodes.map(async ({ address }) => {
          const answer = await ask({ address, port: scene.port });
          return answer.headers["x-release"] ?? String(answer.status);
        }),
      );
      const pair = `${one} ${other}`;
      if (seen.at(-1) !== pair) seen.push(pair);
    }
    await followed;
    await again;
    expect(scene.followed).to.include.members([ADDRESS, OTHER_ADDRESS]);
    expect(seen).to.include.oneOf(["blue green", "green blue"]);
    expect(new Set(seen.flatMap((pair) => pair.split(" ")))).to.deep.equal(new Set(["blue", "green"]));
    for (const { address } of nodes) {
      expect((await ask({ address, port: scene.port })).headers["x-release"]).to.equal("green");
    }
  });

  it("takes its own share of the spread, so that one load balancer is done before another (E24)", async () => {
    const done: string[] = [];
    const slow = await Scene.open(OTHER_ADDRESS, { spreadSeconds: 100 });
    scene = await Scene.open(ADDRESS, { spreadSeconds: 100 });
    const change = async (name: string, { plane, address }: Scene, spreadShare?: number) => {
      const at = (group: string) => {
        const nodes = [{ zone: "a", address, internet: true }];
        return config(forward([group, 1]), { nodes, ...(spreadShare !== undefined && { spreadShare }) });
      };
      await plane.configure(at("blue"));
      await plane.configure(at("green"));
      done.push(name);
    };
    await Promise.all([change("all of it", slow), change("a hundredth", scene, 0.01)]);
    expect(done).to.deep.equal(["a hundredth", "all of it"]);
    await slow.plane.stop();
  });

  describe("targets, which nodes learn one after the other (E24)", () => {
    const nodes = [
      { zone: "a", address: ADDRESS, internet: true },
      { zone: "c", address: OTHER_ADDRESS, internet: true },
    ];

    /** What the nodes answered from one moment to the next, such as "blue 503"; ends when both answer `last`. */
    async function untilBoth(last: string): Promise<string[]> {
      const seen: string[] = [];
      for (;;) {
        const answers = await Promise.all(nodes.map(({ address }) => ask({ address, port: scene.port })));
        const pair = answers.map(({ headers, status }) => headers["x-release"] ?? String(status)).join(" ");
        if (seen.at(-1) !== pair) seen.push(pair);
        if (pair === `${last} ${last}`) return seen;
      }
    }

    function withBlue(more: Parameters<typeof target>[2] | null): LoadBalancerConfig {
      const targets = more === null ? [] : [target("i-1", blue.endpoint, more)];
      return config(forward(["blue", 1]), { nodes, targetGroups: [group("blue", targets)] });
    }

    it("a registered one gets requests from each node at another moment", async () => {
      scene = await Scene.open(ADDRESS, { spreadSeconds: 100 });
      await scene.plane.configure(withBlue(null));
      await scene.plane.configure(withBlue({}));
      await scene.untilState("blue/i-1", "healthy");
      const seen = await untilBoth("blue");
      expect(seen).to.include.oneOf(["blue 503", "503 blue"]);
    });

    it("a deregistered one still gets requests from some, and is drained only when none sends to it", async () => {
      scene = await Scene.open(ADDRESS, { spreadSeconds: 100 });
      await scene.plane.configure(withBlue({}));
      await scene.untilState("blue/i-1", "healthy");
      await untilBoth("blue");
      await scene.plane.configure(withBlue({ draining: true }));
      await scene.untilState("blue/i-1", "draining");
      expect(scene.drained).to.deep.equal([]);
      const seen = await untilBoth("503");
      expect(seen).to.include.oneOf(["blue 503", "503 blue"]);
      await scene.until(() => scene.drained.length > 0);
      expect(scene.drained).to.deep.equal(["blue/i-1"]);
    });

    it("a node that follows new rules knows the targets of their groups; a new node knows everything", async () => {
      scene = await Scene.open(ADDRESS, { spreadSeconds: 100, seed: 3 });
      const [first] = nodes;
      await scene.plane.configure(config(forward(["blue", 1], ["green", 0]), { nodes: [first!] }));
      await bothHealthy();
      // Nothing waits for the node to learn the targets of green.
      await scene.plane.configure(config(forward(["green", 1]), { nodes: [first!] }));
      expect((await scene.ask()).headers["x-release"]).to.equal("green");
      await scene.plane.configure(config(forward(["green", 1]), { nodes }));
      expect(await untilBoth("green")).to.deep.equal(["green green"]);
    });
  });

  it("answers redirects and fixed responses by rule", async () => {
    scene = await Scene.open(ADDRESS);
    const made = scene.config();
    const redirect: ActionConfig = {
      type: "redirect",
      protocol: "HTTPS",
      host: "#{host}",
      port: "443",
      path: "/#{path}",
      query: "#{query}",
      statusCode: 301,
    };
    made.listeners[0]!.defaultAction = {
      type: "fixed-response",
      statusCode: 404,
      contentType: "",
      messageBody: "none",
    };
    made.listeners[0]!.rules = [
      {
        arn: "r",
        priority: 1,
        hostHeaders: ["users.example.jp"],
        hostRegexes: [],
        pathPatterns: [],
        httpHeaders: [],
        action: redirect,
      },
    ];
    await scene.plane.configure(made);
    const moved = await scene.ask({ path: "/a?b=c", headers: { Host: "users.example.jp" } });
    expect(moved).to.include({ status: 301 });
    expect(moved.headers).to.include({ location: "https://users.example.jp:443/a?b=c", server: "awselb/2.0" });
    expect(await scene.ask()).to.include({ status: 404, body: "none" });
  });

  describe("TLS", () => {
    let authority: Authority;
    before(async () => {
      authority = await Authority.create();
    });

    async function listener(...hostNames: string[][]): Promise<ListenerConfig> {
      const certificates = await Promise.all(
        hostNames.map(async (names) => ({ ...(await authority.sign(names)), hostNames: names })),
      );
      const defaultAction = forward(["blue", 1]);
      return { arn: "tls", port: 443, protocol: "HTTPS", internet: true, certificates, rules: [], defaultAction };
    }

    function port(): number {
      return 443 + scene.start.portOffset;
    }

    /** The subject of the certificate that the server shows. */
    async function subject(servername: string | undefined, more: object = {}): Promise<string> {
      const socket = connectTls({ host: ADDRESS, port: port(), servername, rejectUnauthorized: false, ...more });
      await once(socket, "secureConnect");
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      return String(CN);
    }

    it("chooses certificates by name, with the first as default (M2)", async () => {
      scene = await Scene.open(ADDRESS);
      const names = [["example.jp"], ["users.example.jp"], ["*.example.jp"]];
      await scene.plane.configure(config(forward(["blue", 1]), { listeners: [await listener(...names)] }));
      expect(await subject("users.example.jp")).to.equal("users.example.jp");
      expect(await subject("USERS.example.jp")).to.equal("users.example.jp");
      expect(await subject("doodle.example.jp")).to.equal("*.example.jp");
      expect(await subject("a.b.example.jp")).to.equal("example.jp");
      expect(await subject("example.com")).to.equal("example.jp");
      expect(await subject(undefined)).to.equal("example.jp");
    });

    it("serves verified HTTPS and tells the target in X-Forwarded-Proto", async () => {
      let protocol: unknown;
      const seeing = await startTarget((request, response) => {
        protocol = `${request.headers["x-forwarded-proto"]} ${request.headers["x-forwarded-port"]}`;
        response.end("ok");
      });
      scene = await Scene.open(ADDRESS);
      const made = config(forward(["blue", 1]), { listeners: [await listener(["users.example.jp"])] });
      made.targetGroups = [group("blue", [target("i-1", seeing.endpoint)])];
      await scene.plane.configure(made);
      await scene.untilState("blue/i-1", "healthy");
      const serverName = "users.example.jp";
      const answer = await ask({ address: ADDRESS, port: port(), ca: authority.pem, serverName });
      await seeing.close();
      expect(answer.status).to.equal(200);
      expect(protocol).to.equal("https 443");
    });

    it("speaks HTTP/2 with clients that ask for it, and HTTP/1.1 with the target (E42)", async () => {
      const seen: unknown[] = [];
      const seeing = await startTarget((request, response) => {
        let bytes = 0;
        request.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
        });
        request.on("end", () => {
          const { host, cookie } = request.headers;
          seen.push([request.method, request.httpVersion, host, cookie, bytes]);
          if (request.url === "/cut") {
            response.writeHead(200, { "Content-Length": "9" });
            response.write("ab", () => request.socket.destroy());
            return;
          }
          response.setHeader("Set-Cookie", ["a=1", "b=2"]).setHeader("Keep-Alive", "timeout=5").end(request.url);
        });
      });
      scene = await Scene.open(ADDRESS);
      const made = config(forward(["blue", 1]), { listeners: [await listener(["users.example.jp"])] });
      made.targetGroups = [group("blue", [target("i-1", seeing.endpoint)])];
      await scene.plane.configure(made);
      await scene.untilState("blue/i-1", "healthy");
      const origin = `https://users.example.jp:${port()}`;
      const socket = connectTls({
        ...{ host: ADDRESS, port: port(), ca: authority.pem, servername: "users.example.jp" },
        ALPNProtocols: ["h2", "http/1.1"],
      });
      const session = connectHttp2(origin, { createConnection: () => socket });
      const send = async (path: string, more: Record<string, string | string[]> = {}, body?: Buffer) => {
        const stream = session.request({ ":path": path, ...more }, { endStream: body === undefined });
        if (body) stream.end(body);
        const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
        let text = "";
        stream.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        await once(stream, "end");
        return { headers, text };
      };
      const [one, two, posted] = await Promise.all([
        send("/1", { cookie: ["a=1", "b=2"] }),
        send("/2"),
        send("/3", { ":method": "POST" }, Buffer.alloc(300_000)),
      ]);
      expect([socket.alpnProtocol, one.text, two.text, posted.text]).to.deep.equal(["h2", "/1", "/2", "/3"]);
      expect(one.headers).to.include({ ":status": 200 }).and.not.have.any.keys("keep-alive", "connection");
      expect(one.headers["set-cookie"]).to.deep.equal(["a=1", "b=2"]);
      const host = `users.example.jp:${port()}`;
      expect(seen).to.have.deep.members([
        ["GET", "1.1", host, "a=1; b=2", 0],
        ["GET", "1.1", host, undefined, 0],
        ["POST", "1.1", host, undefined, 300_000],
      ]);
      // A response that the target breaks off is broken off for the client, too.
      const error = await send("/cut").catch((caught) => caught);
      expect(error.code).to.equal("ERR_HTTP2_STREAM_ERROR");
      // The end of the node is announced to HTTP/2 clients.
      const goaway = once(session, "goaway");
      const stopped = scene.plane.stop();
      await goaway;
      await stopped;
      await seeing.close();
    });

    it("writes to access logs what clients got that close their connections at once", async () => {
      scene = await Scene.open(ADDRESS);
      const made = config(forward(["blue", 1]), { listeners: [await listener(["users.example.jp"])] });
      await scene.plane.configure({ ...made, accessLogName: "app/public-blue/0123456789abcdef" });
      await scene.untilState("blue/i-1", "healthy");
      const servername = "users.example.jp";
      await ask({ address: ADDRESS, port: port(), ca: authority.pem, serverName: servername, path: "/1" });
      const socket = connectTls({
        ...{ host: ADDRESS, port: port(), ca: authority.pem, servername, ALPNProtocols: ["h2"] },
      });
      const session = connectHttp2(`https://${servername}:${port()}`, { createConnection: () => socket });
      await once(session.request({ ":path": "/2" }).end(), "response");
      session.destroy();
      const lines: string[] = [];
      while (lines.length < 2) {
        await new Promise(setImmediate);
        for (const { body } of await scene.plane.accessLog.take())
          lines.push(...gunzipSync(body).toString().trimEnd().split("\n"));
      }
      const fields = lines.map((line) => line.match(/"[^"]*"|\S+/g)!);
      expect(fields.map((all) => [all[0], all[8], all[12], all[18]])).to.deep.equal([
        ["https", "200", `"GET https://${ADDRESS}:443/1 HTTP/1.1"`, `"${servername}"`],
        ["h2", "200", `"GET https://${servername}:443/2 HTTP/2.0"`, `"${servername}"`],
      ]);
      for (const all of fields) expect(all.slice(14, 16).join(" ")).to.match(/^TLS_\w+ TLSv1\.3$/);
    });

    it("answers one more request of an HTTP/2 connection that is too old, and then says that it closes (E36)", async () => {
      scene = await Scene.open(ADDRESS);
      const listeners = [await listener(["users.example.jp"])];
      await scene.plane.configure(config(forward(["blue", 1]), { listeners, clientKeepAliveSeconds: 0 }));
      await scene.untilState("blue/i-1", "healthy");
      const session = connectHttp2(`https://${ADDRESS}:${port()}`, { rejectUnauthorized: false });
      await once(session, "connect");
      // Old enough: no connection may live for a whole millisecond.
      await new Promise((resolve) => setTimeout(resolve, 5));
      const seen: string[] = [];
      const closed = once(session, "close");
      session.once("goaway", () => void seen.push("goaway"));
      const stream = session.request({ ":path": "/", ":authority": "users.example.jp" });
      stream.once("response", (headers) => void seen.push(String(headers[":status"])));
      stream.once("end", () => void seen.push("end")).resume();
      await closed;
      expect(seen).to.deep.equal(["200", "end", "goaway"]);
    });

    it("uses new certificates without closing connections", async () => {
      scene = await Scene.open(ADDRESS);
      const before = config(forward(["blue", 1]), { listeners: [await listener(["old.example.jp"])] });
      await scene.plane.configure(before);
      const socket = connectTls({ host: ADDRESS, port: port(), rejectUnauthorized: false });
      await once(socket, "secureConnect");
      await scene.plane.configure({ ...before, listeners: [await listener(["new.example.jp"])] });
      expect(await subject("new.example.jp")).to.equal("new.example.jp");
      expect(await subject(undefined)).to.equal("new.example.jp");
      socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      expect(String((await once(socket, "data"))[0])).to.match(/^HTTP\/1\.1 /);
      socket.destroy();
    });

    it("resets connections from the internet while it is closed to it, and accepts those from inside", async () => {
      scene = await Scene.open(ADDRESS);
      const open = await listener(["example.jp"]);
      const closed = { ...open, internet: false };
      await scene.plane.configure(config(forward(["blue", 1]), { listeners: [open] }));
      const early = connectTls({ host: ADDRESS, port: port(), rejectUnauthorized: false });
      await once(early, "secureConnect");
      await scene.plane.configure(config(forward(["blue", 1]), { listeners: [closed] }));
      const error = await subject("example.jp").catch((caught) => caught);
      expect(error.code).to.equal("ECONNRESET");
      expect(await subject("example.jp", { localAddress: INSIDE })).to.equal("example.jp");
      expect(scene.plane.counts.activeConnections).to.be.at.most(2);
      early.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      expect(String((await once(early, "data"))[0])).to.match(/^HTTP\/1\.1 /);
      early.destroy();
      await scene.plane.configure(config(forward(["blue", 1]), { listeners: [open] }));
      expect(await subject("example.jp")).to.equal("example.jp");
    });

    it("refuses TLS 1.1", async () => {
      scene = await Scene.open(ADDRESS);
      await scene.plane.configure(config(forward(["blue", 1]), { listeners: [await listener(["example.jp"])] }));
      const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" };
      const error = await subject("example.jp", old).catch((error) => error);
      expect(error.code).to.match(/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
    });
  });
});
