import { once } from "node:events";
import { connect as connectHttp2, createServer, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { Client, type ClientOptions, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { expect } from "chai";
import type {
  ListenerConfig,
  LoadBalancerConfig,
  ProtocolVersion,
  TargetConfig,
  TargetGroupConfig,
} from "../../../../../rehearsal/cloud/data-plane/load-balancer/types";
import { Authority } from "../../../../../rehearsal/cloud/services/acm/model/authority";
import { CHECK, ECHO, SERVING, startHealthServer, WATCH, WHOLE } from "../../../grpc-service/health-server";
import { ask, group, named, Scene, startTarget, target } from "./scene";

const ADDRESS = "127.66.12.1";
const TARGETS = "127.66.12.2";
const HOST = "users.example.jp";
const PATHS: Record<ProtocolVersion, string> = { HTTP1: "/up", HTTP2: "/up", GRPC: CHECK.path };
const MATCHERS: Record<ProtocolVersion, string> = { HTTP1: "200", HTTP2: "200", GRPC: "0" };

type Answer = { message: Buffer } | { error: ServiceError };

describe("rehearsal/cloud/data-plane/load-balancer/forward-http2", () => {
  const opened: { close(): Promise<unknown> }[] = [];
  let authority: Authority;
  let listener: ListenerConfig;

  before(async () => {
    authority = await Authority.create();
    const certificate = { ...(await authority.sign([HOST])), hostNames: [HOST] };
    listener = {
      ...{ arn: "tls", port: 443, protocol: "HTTPS", internet: true, certificates: [certificate], rules: [] },
      defaultAction: { type: "forward", targetGroups: [{ arn: "g", weight: 1 }] },
    };
  });
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });

  function groupOf(
    protocolVersion: ProtocolVersion,
    targets: TargetConfig[],
    more: Partial<TargetGroupConfig> = {},
  ): TargetGroupConfig {
    const plain = group("g", targets, { protocolVersion });
    const check = { path: PATHS[protocolVersion], matcher: MATCHERS[protocolVersion] };
    return { ...plain, healthCheck: { ...plain.healthCheck, ...check }, ...more };
  }

  async function started(groups: TargetGroupConfig[], more: Partial<LoadBalancerConfig> = {}): Promise<Scene> {
    const scene = await Scene.open(ADDRESS);
    opened.push({ close: () => scene.plane.stop() });
    await scene.plane.configure(scene.config({ listeners: [listener], targetGroups: groups, ...more }));
    return scene;
  }

  /** A load balancer before a server of gRPC, once that is healthy, and a client of it. */
  async function grpc(more: Partial<LoadBalancerConfig> = {}, options: ClientOptions = {}) {
    const server = await startHealthServer(TARGETS, 0);
    opened.push(server);
    const targets = [target("i-1", server.endpoint)];
    const scene = await started([groupOf("GRPC", targets)], more);
    await scene.untilState("g/i-1", "healthy");
    return { server, scene, client: clientOf(scene, options) };
  }

  function portOf(scene: Scene): number {
    return 443 + scene.start.portOffset;
  }

  function clientOf(scene: Scene, options: ClientOptions = {}): Client {
    const client = new Client(`${ADDRESS}:${portOf(scene)}`, credentials.createSsl(Buffer.from(authority.pem)), {
      "grpc.ssl_target_name_override": HOST,
      "grpc.default_authority": HOST,
      "grpc.enable_http_proxy": 0,
      "grpc.enable_retries": 0,
      ...options,
    });
    opened.push({ close: async () => client.close() });
    return client;
  }

  function call(client: Client, method = CHECK, metadata = new Metadata()): Promise<Answer> {
    const { path, requestSerialize, responseDeserialize } = method;
    return new Promise((resolve) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, WHOLE, metadata, (error, message) =>
        resolve(error ? { error } : { message: message! }),
      ),
    );
  }

  function watch(client: Client) {
    const { path, requestSerialize, responseDeserialize } = WATCH;
    const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, WHOLE);
    const ended = new Promise<ServiceError>((resolve) => stream.on("error", resolve as (error: Error) => void));
    return { stream, ended };
  }

  /** Sends one request over HTTP/2 and reads its whole response. */
  async function askHttp2(scene: Scene, headers: Record<string, string>, body?: string) {
    const session = connectHttp2(`https://${ADDRESS}:${portOf(scene)}`, { ca: authority.pem, servername: HOST });
    const stream = session.request({ ":authority": HOST, ...headers }, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    const [head] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status": number }];
    let text = "";
    for await (const piece of stream.setEncoding("utf8")) text += piece;
    session.close();
    return { status: head[":status"], head, text };
  }

  it("outlives headers that are given twice, as clients may and Node does not by default", async () => {
    const { scene } = await grpc();
    const twice: Record<string, string | string[]> = { authorization: ["a", "b"] };
    const options = { ca: authority.pem, servername: HOST, strictSingleValueFields: false };
    const session = connectHttp2(`https://${ADDRESS}:${portOf(scene)}`, options);
    const stream = session.request({ ":authority": HOST, ":path": CHECK.path, ...twice }, { endStream: true });
    stream.on("error", () => undefined);
    const [head] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status": number }];
    stream.close();
    session.close();
    expect(head[":status"]).to.be.within(200, 499);
    expect(await call(clientOf(scene))).to.deep.equal({ message: SERVING });
  });

  describe("gRPC", () => {
    it("passes on answers, and errors with their codes and texts", async () => {
      const { client } = await grpc();
      expect(await call(client)).to.deep.equal({ message: SERVING });
      const metadata = new Metadata();
      metadata.set("fail-with", String(status.RESOURCE_EXHAUSTED));
      const failed = await call(client, CHECK, metadata);
      expect(failed).to.have.property("error").that.deep.includes({ code: 8, details: "asked for 8" });
      const unknown = await call(client, { ...CHECK, path: "/no.Such/Method" });
      expect(unknown).to.have.property("error").with.property("code", status.UNIMPLEMENTED);
    });

    it("passes on messages in both directions while neither side has ended", async () => {
      const { client } = await grpc();
      const { path, requestSerialize, responseDeserialize } = ECHO;
      const both = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      for (const word of ["one", "two"]) {
        both.write(Buffer.from(word));
        const [message] = await once(both, "data");
        expect(String(message)).to.equal(word);
      }
      both.end();
      const [ended] = await once(both.resume(), "status");
      expect(ended.code).to.equal(status.OK);
    });

    it("tells the target when the client ends a stream", async () => {
      const { client, server } = await grpc({ idleTimeoutSeconds: 4000 });
      const { stream, ended } = watch(client);
      await once(stream, "data");
      const [call] = server.watching;
      stream.cancel();
      expect((await ended).code).to.equal(status.CANCELLED);
      if (server.watching.size > 0) await once(call!, "cancelled");
    });

    it("lets a stream live after the target is deregistered, until the delay is over (E37)", async () => {
      const { client, server, scene } = await grpc({ idleTimeoutSeconds: 4000 });
      const { stream, ended } = watch(client);
      await once(stream, "data");
      const draining = [target("i-1", server.endpoint, { draining: true })];
      const targetGroups = [groupOf("GRPC", draining, { deregistrationDelaySeconds: 100 })];
      await scene.plane.configure(scene.config({ listeners: [listener], targetGroups, idleTimeoutSeconds: 4000 }));
      await scene.untilState("g/i-1", "draining");
      expect(scene.drained).to.deep.equal([]);
      server.ping();
      await once(stream, "data");
      expect((await ended).code).to.equal(status.INTERNAL);
      await scene.until(() => scene.drained.length > 0);
    });

    it("cuts a silent stream after the idle timeout, in spite of the client's pings (E59)", async () => {
      const pings = { "grpc.keepalive_time_ms": 100, "grpc.keepalive_timeout_ms": 5_000 };
      const { client } = await grpc({}, pings);
      const { stream, ended } = watch(client);
      await once(stream, "data");
      expect((await ended).code).to.equal(status.INTERNAL);
      expect(await call(client)).to.deep.equal({ message: SERVING });
    });

    it("answers with its own errors, which clients take for UNAVAILABLE", async () => {
      const scene = await started([groupOf("GRPC", [])]);
      const client = clientOf(scene);
      const nobody = await call(client);
      expect(nobody).to.have.property("error").with.property("code", status.UNAVAILABLE);
      const gone = await startHealthServer(TARGETS, 0);
      await gone.close();
      const targetGroups = [groupOf("GRPC", [target("i-1", gone.endpoint)])];
      await scene.plane.configure(scene.config({ listeners: [listener], targetGroups }));
      await scene.untilState("g/i-1", "unhealthy");
      const head = { ":method": "POST", ":path": CHECK.path, "content-type": "application/grpc" };
      expect((await askHttp2(scene, head, "")).status).to.equal(502);
      scene.plane.counts.take();
      await call(client);
      expect(scene.plane.counts.take()!.buckets[0]!.groups[0]).to.include({ requests: 1, connectionErrors: 1 });
    });
  });

  describe("HTTP/2 to a target", () => {
    it("carries bodies both ways, with the client's host and where it came from", async () => {
      const seen: IncomingHttpHeaders[] = [];
      const server = createServer((request, response) => {
        if (request.url === "/up") return response.end();
        seen.push(request.headers);
        response.setHeader("x-mine", ["1", "2"]);
        request.pipe(response);
      }).listen(0, TARGETS);
      await once(server, "listening");
      opened.push({ close: async () => server.close() });
      const endpoint = { address: TARGETS, port: (server.address() as AddressInfo).port };
      const scene = await started([groupOf("HTTP2", [target("i-1", endpoint)])]);
      await scene.untilState("g/i-1", "healthy");
      const { status, head, text } = await askHttp2(
        scene,
        { ":method": "POST", ":path": "/echo" },
        "x".repeat(100_000),
      );
      expect([status, text.length, head["x-mine"]]).to.deep.equal([200, 100_000, "1, 2"]);
      const [headers] = seen;
      expect(headers).to.include({ ":authority": HOST, "x-forwarded-proto": "https", "x-forwarded-port": "443" });
      expect(headers).to.not.have.any.keys("host", "transfer-encoding", "te");
      expect((await askHttp2(scene, { ":method": "GET", ":path": "/get" })).status).to.equal(200);
    });
  });

  describe("protocols that do not fit", () => {
    const POST = { ":method": "POST", ":path": "/", "content-type": "application/json" };
    const cases: [ProtocolVersion, string, Record<string, string> | undefined, number][] = [
      ["HTTP1", "HTTP/2", { ...POST }, 200],
      ["HTTP1", "gRPC", { ...POST, "content-type": "application/grpc+proto" }, 464],
      ["HTTP1", "gRPC-Web", { ...POST, "content-type": "application/grpc-web" }, 200],
      ["HTTP2", "HTTP/1.1", undefined, 464],
      ["HTTP2", "gRPC", { ...POST, "content-type": "application/grpc" }, 200],
      ["GRPC", "HTTP/1.1", undefined, 464],
      ["GRPC", "HTTP/2 with GET", { ":method": "GET", ":path": "/" }, 464],
      ["GRPC", "HTTP/2 with POST", { ...POST }, 200],
    ];
    for (const [protocolVersion, client, headers, wanted] of cases) {
      it(`answers ${wanted} to a client of ${client} before a target group with ${protocolVersion} (E58)`, async () => {
        let endpoint: { address: string; port: number };
        if (protocolVersion === "HTTP1") {
          const made = await startTarget(named("one"), TARGETS);
          opened.push(made);
          endpoint = made.endpoint;
        } else {
          const server = createServer((_, response) => response.end()).listen(0, TARGETS);
          await once(server, "listening");
          opened.push({ close: async () => server.close() });
          endpoint = { address: TARGETS, port: (server.address() as AddressInfo).port };
        }
        const scene = await started([groupOf(protocolVersion, [target("i-1", endpoint)])]);
        await scene.until(() => ["healthy", "unhealthy"].includes(scene.health.get("g/i-1")?.state ?? ""));
        const at = { address: ADDRESS, port: portOf(scene), ca: authority.pem, serverName: HOST };
        const got = headers
          ? await askHttp2(scene, headers, headers[":method"] === "GET" ? undefined : "")
          : await ask(at);
        expect(got.status).to.equal(wanted);
      });
    }
  });

  describe("health checks", () => {
    const unhealthy: [string, Partial<TargetGroupConfig["healthCheck"]>, string][] = [
      ["a code that the matcher has not", { path: "/no.Such/Method" }, "Health checks failed with these codes: [12]"],
      ["a matcher of another code", { matcher: "12" }, "Health checks failed with these codes: [0]"],
    ];
    for (const [what, check, wanted] of unhealthy) {
      it(`say ${what} (E57)`, async () => {
        const server = await startHealthServer(TARGETS, 0);
        opened.push(server);
        const made = groupOf("GRPC", [target("i-1", server.endpoint)]);
        const scene = await started([{ ...made, healthCheck: { ...made.healthCheck, ...check } }]);
        await scene.untilState("g/i-1", "unhealthy");
        expect(scene.health.get("g/i-1")?.description).to.equal(wanted);
      });
    }

    it("pass with the code of a method that nobody has, if the matcher says so", async () => {
      const server = await startHealthServer(TARGETS, 0);
      opened.push(server);
      const made = groupOf("GRPC", [target("i-1", server.endpoint)]);
      const healthCheck = { ...made.healthCheck, path: "/AWS.ALB/healthcheck", matcher: "12" };
      await (await started([{ ...made, healthCheck }])).untilState("g/i-1", "healthy");
    });

    it("fail with a server of HTTP/1.1", async () => {
      const made = await startTarget(named("one"), TARGETS);
      opened.push(made);
      for (const version of ["HTTP2", "GRPC"] as const) {
        const scene = await started([groupOf(version, [target("i-1", made.endpoint)])]);
        await scene.untilState("g/i-1", "unhealthy");
        expect(scene.health.get("g/i-1")?.reason).to.equal("Target.FailedHealthChecks");
        await scene.plane.stop();
      }
    });
  });
});
