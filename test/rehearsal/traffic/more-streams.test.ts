import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readSamples, type TrafficSamples } from "../../../rehearsal/report/samples";
import { Generator } from "../../../rehearsal/traffic/generator";
import { streamsOf } from "../../../rehearsal/traffic/streams";
import type { TrafficStream } from "../../../rehearsal/traffic/types";
import { eventually } from "../../eventually";
import { type Certificates, createCertificates } from "./certificates";
import { NameServer } from "./name-server";
import { usersAnswer } from "./users-server";

const ADDRESS = "127.67.2.1";
/** A deregistration delay of 0.1 s of real time. */
const MORE = { deregistrationDelaySeconds: 3, speed: 30 };

describe("HTTP/2, slow answers and uploads", () => {
  const received: { version: string; url: string; bytes: number }[] = [];
  const sockets = new Set<Socket>();
  let certificates: Certificates;
  let names: NameServer;
  let folder: string;
  let server: Http2SecureServer | Server | undefined;

  before(async () => {
    certificates = await createCertificates("users.example.test");
    folder = await mkdtemp(join(tmpdir(), "aoshingo-more-streams-"));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    received.length = 0;
    names = await NameServer.listen("127.67.2.53", [ADDRESS]);
  });
  afterEach(async () => {
    names.close();
    for (const socket of sockets) socket.destroy();
    server?.close();
    if (server) await once(server, "close");
    server = undefined;
  });

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { httpVersion: version, url = "" } = request;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ version, url, bytes: body.length });
      response.writeHead(request.method === "POST" ? 201 : 200, { "x-release": "users:v1" });
      response.write(usersAnswer(request, body));
      setTimeout(() => response.end(), Number(/seconds=(.+)/.exec(url)?.[1] ?? 0) * 1000);
    });
  }

  async function record(made: Http2SecureServer | Server, until: () => boolean): Promise<TrafficSamples> {
    server = made.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    made.listen(0, ADDRESS);
    await once(made, "listening");
    const recordFile = join(folder, "traffic.ndjson");
    const streams = streamsOf({ ratePerSecond: 60, services: ["users"], domain: "example.test", more: MORE });
    const generator = new Generator(
      {
        // The slow ones come as often as the others, so that some come soon; uploads of 10 MB no faster than any machine takes them.
        streams: streams.map((stream): TrafficStream => ({ ...stream, ratePerSecond: 2, clients: 2 })),
        ...{ nameServers: [names.endpoint], portOffset: (made.address() as AddressInfo).port - 443 },
        ...{ certificateAuthority: certificates.authority, speed: MORE.speed, seed: 1, timeoutMs: 600_000, recordFile },
      },
      () => {},
    );
    generator.start();
    await eventually("requests of each class", until);
    await generator.stop();
    return readSamples(recordFile);
  }

  it("each is sent as its name says, and recorded in a class of its own", async () => {
    const has = (part: string) => received.some(({ url }) => url.includes(part));
    const made = createSecureServer({ cert: certificates.certificate, key: certificates.key, allowHTTP1: true });
    const { requests } = await record(
      made.on("request", (request, response) => answer(request as never, response as never)),
      () =>
        has("seconds=0.05") && has("seconds=0.15") && has("/imports/") && received.some((one) => one.version === "2.0"),
    );
    const of = (stream: string) => requests.filter((request) => request.stream === stream);
    expect(requests.filter(({ error }) => error !== "")).to.deep.equal([]);
    expect(new Set(received.map(({ version, url }) => `${version} ${/^\/\w+/.exec(url)}`))).to.deep.equal(
      new Set(["1.1 /users", "2.0 /users", "1.1 /imports"]),
    );
    expect(of("http2").length).to.be.greaterThan(0);
    const longest = of("long").map(({ latencyMs }) => latencyMs);
    expect(Math.min(...longest)).to.be.at.least(149);
    for (const { url, bytes } of received.filter(({ url }) => url.startsWith("/imports/"))) {
      expect(bytes).to.equal(10_000_000);
      expect(of("upload").map(({ postId }) => `/imports/${postId}`)).to.include(url);
    }
  });

  it("a server that does not speak HTTP/2 fails the clients that do, and no others", async () => {
    const made = createServer({ cert: certificates.certificate, key: certificates.key }, answer);
    const { requests } = await record(made, () => received.length > 20);
    const failed = requests.filter(({ error }) => error !== "");
    expect(new Set(failed.map(({ stream, error }) => `${stream} ${error}`))).to.deep.equal(new Set(["http2 noHttp2"]));
  });
});
