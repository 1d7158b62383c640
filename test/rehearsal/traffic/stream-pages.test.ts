import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { WebSocketServer } from "ws";
import { readSamples } from "../../../rehearsal/report/samples";
import { Generator } from "../../../rehearsal/traffic/generator";
import type { OpenStreamSample, OpenStreams } from "../../../rehearsal/traffic/types";
import { eventually } from "../../eventually";
import { type Certificates, createCertificates } from "./certificates";
import { NameServer } from "./name-server";

const ADDRESS = "127.67.3.1";
const HOST = "users.example.test";

describe("pages that keep streams open", () => {
  /** How the server ends the next stream; it leaves it open if there is nothing more. */
  let endings: ("refuse" | "close" | "cut")[] = [];
  const opened: { url: string; lastEventId: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  let certificates: Certificates;
  let names: NameServer;
  let folder: string;
  let server: Server;
  let generator: Generator;

  before(async () => {
    certificates = await createCertificates(HOST);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-pages-"));
    endings = [];
    opened.length = 0;
    names = await NameServer.listen("127.67.3.53", [ADDRESS]);
    server = createServer({ cert: certificates.certificate, key: certificates.key }, sendEvents);
    const webSockets = new WebSocketServer({ noServer: true });
    webSockets.on("headers", (headers) => headers.push("x-release: users:v1"));
    server.on("upgrade", (request, socket, head) => {
      const ending = endings.shift();
      opened.push({ url: request.url ?? "", lastEventId: undefined });
      if (ending === "refuse") {
        socket.end("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (page) => {
        if (ending === "close") page.close(1001);
        if (ending === "cut") socket.destroy();
      });
    });
    server.on("secureConnection", (socket) => sockets.add(socket));
    server.listen(0, ADDRESS);
    await once(server, "listening");
  });
  afterEach(async () => {
    names.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(folder, { recursive: true });
  });

  function sendEvents(request: IncomingMessage, response: ServerResponse): void {
    const ending = endings.shift();
    opened.push({ url: request.url ?? "", lastEventId: request.headers["last-event-id"] as string | undefined });
    if (ending === "refuse") {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream", "x-release": "users:v1" });
    response.write(`event: users\ndata: 1\nid: ${opened.length * 10}\n\n`);
    if (ending === "close") response.end();
    if (ending === "cut") setTimeout(() => response.socket?.destroy(), 50);
  }

  function start(count: Partial<Record<"webSocket" | "serverSentEvents", number>>, staySeconds = 1e6): void {
    const openStreams: OpenStreams = {
      ...{ service: "users", hostName: HOST, staySeconds, reconnectSpeed: 30 },
      pages: {
        webSocket: { count: count.webSocket ?? 0, path: "/live" },
        serverSentEvents: { count: count.serverSentEvents ?? 0, path: "/events" },
      },
    };
    generator = new Generator(
      {
        ...{ streams: [], openStreams, speed: 30, seed: 1, timeoutMs: 1_000 },
        nameServers: [names.endpoint],
        portOffset: (server.address() as AddressInfo).port - 443,
        certificateAuthority: certificates.authority,
        recordFile: join(folder, "traffic.ndjson"),
      },
      () => {},
    );
    generator.start();
  }

  async function samples(): Promise<OpenStreamSample[]> {
    await generator.stop();
    return (await readSamples(join(folder, "traffic.ndjson"))).openStreams ?? [];
  }

  const ends = (all: readonly OpenStreamSample[]) =>
    all.map(({ end, release, error }) => [end, release, error].join(" "));

  for (const protocol of ["webSocket", "serverSentEvents"] as const) {
    it(`opens ${protocol} again whenever it ends, and says how it ended`, async () => {
      endings = ["refuse", "close", "cut"];
      start({ [protocol]: 1 });
      await eventually("four openings", () => opened.length === 4);
      const all = await samples();
      expect(ends(all.slice(0, -1))).to.deep.equal(["refused  503", "closed users:v1 ", "cut users:v1 "]);
      expect(all.at(-1)).to.include({ protocol, end: "open" });
    });
  }

  it("says which event it had last", async () => {
    endings = ["close", "close"];
    start({ serverSentEvents: 1 });
    await eventually("three openings", () => opened.length === 3);
    await samples();
    expect(opened.map(({ lastEventId }) => lastEventId)).to.deep.equal([undefined, "10", "20"]);
  });

  it("asks for something to be sent well before an idle stream would be cut (E36)", async () => {
    start({ webSocket: 1 });
    await eventually("an opening", () => opened.length === 1);
    await samples();
    expect(opened[0]!.url).to.equal("/live?every=3.2");
  });

  it("leaves pages after a while, and opens new ones", async () => {
    start({ webSocket: 10 }, 3);
    await eventually("pages that come and go", () => opened.length > 20);
    const left = (await samples()).filter(({ end }) => end === "left");
    expect(left.length).to.be.above(5);
    expect(new Set(left.map(({ release }) => release))).to.deep.equal(new Set(["users:v1"]));
  });
});
