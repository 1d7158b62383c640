import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { ListenerConfig, RuleConfig } from "../../../rehearsal/cloud/data-plane/load-balancer/types";
import { readSamples } from "../../../rehearsal/report/samples";
import { Generator } from "../../../rehearsal/traffic/generator";
import { streamsOf } from "../../../rehearsal/traffic/streams";
import type { OpenStreams } from "../../../rehearsal/traffic/types";
import { eventually } from "../../eventually";
import { group, Scene, startTarget, type TestTarget, target } from "../cloud/data-plane/load-balancer/scene";
import { createCertificates } from "./certificates";
import { NameServer } from "./name-server";

const ADDRESS = "127.67.6.1";
const SERVICES = ["orders", "billing"] as const;
type Service = (typeof SERVICES)[number];

/** Services of a user's own, which all answer their health path alike and say nothing of who they are. */
describe("traffic through load balancers whose rules are swapped", () => {
  let names: NameServer;
  let folder: string;
  let scene: Scene;
  let targets: Record<Service, TestTarget>;
  let answered = 0;
  let streamed = 0;

  before(async () => {
    names = await NameServer.listen("127.67.6.53", [ADDRESS]);
    folder = await mkdtemp(join(tmpdir(), "aoshingo-swapped-"));
    const start = () =>
      startTarget((request, response) => {
        answered += 1;
        if (request.url?.startsWith("/events")) streamed += 1;
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end("ok");
      });
    targets = { orders: await start(), billing: await start() };
    scene = await Scene.open(ADDRESS);
  });
  after(async () => {
    names.close();
    await Promise.all([scene.plane.stop(), ...SERVICES.map((name) => targets[name].close())]);
    await rm(folder, { recursive: true });
  });

  /** Sends requests to both hosts, and returns what became of them. @param leadsTo the service behind each host */
  async function errorsOf(leadsTo: Record<Service, Service>): Promise<Record<string, string[]>> {
    const { authority, certificate, key } = await createCertificates("*.example.test");
    const listener: ListenerConfig = {
      ...{ arn: "tls", port: 443, protocol: "HTTPS", internet: true },
      certificates: [{ certificate, privateKey: key, hostNames: ["*.example.test"] }],
      rules: SERVICES.map((host, index) => ruleTo(leadsTo[host], `${host}.example.test`, index + 1)),
      defaultAction: { type: "fixed-response", statusCode: 404, contentType: "", messageBody: "" },
    };
    const groups = SERVICES.map((service) =>
      group(service, [target(`i-${service}`, { ...targets[service].endpoint, release: "v1", service })]),
    );
    await scene.plane.configure(scene.config({ listeners: [listener], targetGroups: groups }));
    for (const service of SERVICES) await scene.untilState(`${service}/i-${service}`, "healthy");
    const healthPaths = { orders: "/healthz", billing: "/healthz" };
    const openStreams: OpenStreams = {
      ...{ service: "orders", hostName: "orders.example.test", staySeconds: 1e6, reconnectSpeed: 30 },
      pages: { serverSentEvents: { count: 1, path: "/events" } },
    };
    const recordFile = join(folder, "traffic.ndjson");
    const generator = new Generator(
      {
        streams: streamsOf({ ratePerSecond: 20, services: SERVICES, healthPaths, domain: "example.test" }),
        openStreams,
        ...{ nameServers: [names.endpoint], portOffset: scene.start.portOffset, certificateAuthority: authority },
        ...{ speed: 30, seed: 1, timeoutMs: 600_000, recordFile },
      },
      () => {},
    );
    [answered, streamed] = [0, 0];
    generator.start();
    await eventually("answers", () => answered >= 40 && streamed >= 2);
    await generator.stop();
    const { requests, openStreams: streams = [] } = await readSamples(recordFile);
    const ended = requests.map(({ stream, status, release, error }) => [stream, `${status} ${release} ${error}`]);
    // A later one may be open when the traffic ends.
    const first = streams.slice(0, 1).map(({ end, error }) => ["stream", `${end} ${error}`]);
    const found: Record<string, string[]> = {};
    for (const [name, text] of [...ended, ...first] as [string, string][])
      found[name] = [...new Set([...(found[name] ?? []), text])];
    return found;
  }

  function ruleTo(arn: string, host: string, priority: number): RuleConfig {
    return {
      ...{ arn: host, priority, hostHeaders: [host], hostRegexes: [], pathPatterns: [], httpHeaders: [] },
      action: { type: "forward", targetGroups: [{ arn, weight: 1 }] },
    };
  }

  const CLASSES = ["honest", "sticky", "keepAlive", "billing requests"];

  it("counts no answer as wrong where each host leads to its service", async () => {
    const found = await errorsOf({ orders: "orders", billing: "billing" });
    expect(found).to.deep.equal({
      ...Object.fromEntries(CLASSES.map((name) => [name, ["200 v1 "]])),
      stream: ["closed "],
    });
  });

  it("counts every answer of the other service as wrong, and no stream to it as open", async () => {
    const found = await errorsOf({ orders: "billing", billing: "orders" });
    expect(found).to.deep.equal({
      ...Object.fromEntries(CLASSES.map((name) => [name, ["200  wrongAnswer"]])),
      stream: ["refused wrongAnswer"],
    });
  });
});
