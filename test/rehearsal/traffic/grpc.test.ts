import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  status,
} from "@grpc/grpc-js";
import { expect } from "chai";
import { readSamples } from "../../../rehearsal/report/samples";
import { TOLD_RELEASE } from "../../../rehearsal/told-target";
import { Dialer } from "../../../rehearsal/traffic/dial";
import { Generator } from "../../../rehearsal/traffic/generator";
import { GrpcConnection } from "../../../rehearsal/traffic/grpc-connection";
import { InFlightRequest, type RequestEnd } from "../../../rehearsal/traffic/in-flight-request";
import { streamsOf } from "../../../rehearsal/traffic/streams";
import type { OpenStreams, TrafficSettings } from "../../../rehearsal/traffic/types";
import { eventually } from "../../eventually";
import { CHECK, SERVING, WATCH } from "../grpc-service/health-server";
import { type Certificates, createCertificates } from "./certificates";
import { NameServer } from "./name-server";

const ADDRESS = "127.67.5.1";
const HOST = "greeter.example.test";

describe("traffic to a gRPC service", () => {
  let certificates: Certificates;
  let folder: string;
  let names: NameServer;
  let server: Server;
  let port: number;
  let answered = 0;
  let watched = 0;
  let code: number = status.OK;
  let endings: ("refuse" | "close")[] = [];

  before(async () => {
    certificates = await createCertificates(HOST);
    folder = await mkdtemp(join(tmpdir(), "aoshingo-grpc-traffic-"));
    names = await NameServer.listen("127.67.5.53", [ADDRESS]);
    server = new Server();
    const check: handleUnaryCall<Buffer, Buffer> = (call, answer) => {
      answered += 1;
      const head = new Metadata();
      head.set(TOLD_RELEASE, String(call.metadata.get(TOLD_RELEASE)[0] === "tell" ? "greeter:v1" : "not asked"));
      call.sendMetadata(head);
      answer(code === status.OK ? null : { code, details: "no" }, SERVING);
    };
    const watch: handleServerStreamingCall<Buffer, Buffer> = (call) => {
      const head = new Metadata();
      head.set(TOLD_RELEASE, "greeter:v1");
      const ending = endings.shift();
      watched += 1;
      if (ending === "refuse") {
        call.emit("error", { code: status.UNAVAILABLE, details: "not yet" });
        return;
      }
      call.sendMetadata(head);
      call.write(SERVING);
      if (ending === "close") call.end();
    };
    server.addService({ check: CHECK, watch: WATCH }, { check, watch });
    const keys = { cert_chain: Buffer.from(certificates.certificate), private_key: Buffer.from(certificates.key) };
    const credentials = ServerCredentials.createSsl(null, [keys]);
    port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`${ADDRESS}:0`, credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
    );
  });
  after(async () => {
    names.close();
    server.forceShutdown();
    await rm(folder, { recursive: true });
  });

  /** Sends requests of all classes until the condition holds. @param more instead of the requests */
  async function record(isEnough: (failed: number) => boolean, more: Partial<TrafficSettings> = {}) {
    answered = 0;
    let failed = 0;
    const recordFile = join(folder, "traffic.ndjson");
    const asked = { healthPaths: { greeter: CHECK.path }, protocols: { greeter: "grpc" } as const };
    const streams = streamsOf({ ratePerSecond: 50, services: ["greeter"], domain: "example.test", ...asked });
    const generator = new Generator(
      {
        streams: streams.map((stream) => ({ ...stream, clients: 2 })),
        ...{ nameServers: [names.endpoint], portOffset: port - 443, certificateAuthority: certificates.authority },
        ...{ speed: 30, seed: 1, timeoutMs: 600_000, recordFile },
        ...more,
      },
      (message) => {
        if (message.type === "progress") failed = message.failed;
      },
    );
    generator.start();
    await eventually("calls", () => isEnough(failed));
    await generator.stop();
    return readSamples(recordFile);
  }

  it("calls the method by each class of clients, and hears which release answers", async () => {
    // Connections of the class `honest` are replaced on the way.
    const { requests } = await record(() => answered >= 100);
    expect(new Set(requests.map(({ stream }) => stream))).to.deep.equal(new Set(["honest", "sticky", "keepAlive"]));
    expect([...new Set(requests.map(({ status, release, error }) => `${status} ${release} ${error}`))]).to.deep.equal([
      "200 greeter:v1 ",
    ]);
  });

  it("keeps a connection that is slow to open for the call that waits for it", async () => {
    const idleMs = 20;
    const slow = createServer((socket) => {
      socket.once("data", (hello) =>
        setTimeout(() => {
          const onward = connect(port, ADDRESS);
          onward.write(hello);
          socket.pipe(onward).pipe(socket);
          onward.on("error", () => socket.destroy());
        }, 10 * idleMs),
      );
      socket.on("error", () => {});
    });
    slow.listen(0, ADDRESS);
    await once(slow, "listening");
    const secureContext = createSecureContext({ ca: certificates.authority });
    const dialer = new Dialer({ hostName: HOST, port: (slow.address() as AddressInfo).port, secureContext });
    const connection = new GrpcConnection(dialer, ADDRESS, { requests: 10, idleMs, http2: true, connected: () => {} });
    const asked = { healthPaths: { greeter: CHECK.path }, protocols: { greeter: "grpc" } as const };
    const [stream] = streamsOf({ ratePerSecond: 1, services: ["greeter"], domain: "example.test", ...asked });
    const call = () =>
      new Promise<RequestEnd>((resolve) => {
        const plan = { atMs: Date.now(), stream: stream!, method: "GET", postId: "" } as const;
        connection.carry(new InFlightRequest(plan, (_request, end) => resolve(end)), () => {});
      });
    try {
      expect(await call()).to.include({ status: 200, error: "" });
    } finally {
      connection.destroy();
      slow.close();
    }
  });

  it("counts each call as failed that gRPC calls an error, by its code", async () => {
    code = status.RESOURCE_EXHAUSTED;
    const { requests } = await record(() => answered >= 10);
    expect(new Set(requests.map(({ status, error }) => `${status} ${error}`))).to.deep.equal(new Set(["200 gRPC 8"]));
  });

  it("keeps calls open, leaves them before a load balancer would cut them, and says how they ended", async () => {
    endings = ["refuse", "close"];
    watched = 0;
    const openStreams: OpenStreams = {
      ...{ service: "greeter", hostName: HOST, staySeconds: 1e6, reconnectSpeed: 30 },
      pages: { grpc: { count: 1, path: WATCH.path } },
    };
    // A silent call may last eight real seconds at this speed: it is left after 3.2 to 6.4 s.
    const { openStreams: samples = [] } = await record(() => watched >= 4, { streams: [], openStreams });
    const ends = samples.map(({ end, release, error }) => [end, release, error].join(" "));
    expect(ends.slice(0, 2)).to.deep.equal(["refused  gRPC 14", "closed greeter:v1 "]);
    expect(samples.at(-1)).to.include({ protocol: "grpc", end: "open" });
    const left = samples.slice(2, -1);
    expect(left).to.not.be.empty;
    for (const { end, openedAtMs, endedAtMs } of left) {
      expect(end).to.equal("left");
      expect(endedAtMs - openedAtMs).to.be.at.least(3_190);
    }
  });

  it("counts calls that nobody answers as failed, by what went wrong", async () => {
    server.forceShutdown();
    const { requests } = await record((failed) => failed >= 10);
    expect(new Set(requests.map(({ status, error }) => `${status} ${error}`))).to.deep.equal(
      new Set(["0 ECONNREFUSED"]),
    );
  });
});
