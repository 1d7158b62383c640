import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, request as openRequest } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { promisify } from "node:util";
import { expect } from "chai";
import { EnvHttpProxyAgent, fetch } from "undici";
import { type DnsServers, startDnsServers } from "../../../../../rehearsal/cloud/data-plane/dns/server";
import type { DnsSoa, DnsZoneSource } from "../../../../../rehearsal/cloud/data-plane/dns/types";
import { startEgressProxy } from "../../../../../rehearsal/cloud/data-plane/egress/egress-proxy";
import type { ForwardProxy } from "../../../../../rehearsal/cloud/data-plane/egress/forward-proxy";
import { CloudClock } from "../../../../../rehearsal/cloud/kernel/clock";
import type { LoadBalancerNodes } from "../../../../../rehearsal/cloud/kernel/ports";
import { Authority } from "../../../../../rehearsal/cloud/services/acm/model/authority";

const ADDRESS = "127.66.30.1";
/** A node of an internal load balancer, and one whose security group opens nothing but port 443. */
const INSIDE = "127.66.30.21";
const CLOSED = "127.66.30.22";
const nodes: LoadBalancerNodes = {
  at(address) {
    const reasons: Record<string, (port: number) => string | undefined> = {
      [INSIDE]: () => "load balancer internal-blue is internal: only its VPC vpc-1 reaches it",
      [CLOSED]: (port) => (port === 443 ? undefined : `no security group lets the internet in on port ${port}`),
    };
    const closedToInternet = reasons[address];
    if (!closedToInternet) return undefined;
    return { loadBalancer: "a", internal: address === INSIDE, vpcId: "vpc-1", securityGroupIds: [], closedToInternet };
  },
};
const SOA: DnsSoa = {
  zone: "example.jp",
  nameServer: "ns.example.jp",
  hostmaster: "hostmaster.example.jp",
  serial: 1,
  ttlSeconds: 900,
  minimumSeconds: 86400,
};

/** Names that have got an address after they were asked for. */
const added = new Set<string>();

const source: DnsZoneSource = {
  lookup(_, name, type) {
    if (added.has(name)) return { kind: "answer", records: [{ name, type: "A", ttlSeconds: 60, data: ADDRESS }] };
    if (!name.endsWith(".example.jp")) return { kind: "refused" };
    const data = {
      "users.example.jp": ADDRESS,
      "down.example.jp": "127.66.30.9",
      "far.example.jp": "203.0.113.1",
      "inside.example.jp": INSIDE,
      "closed.example.jp": CLOSED,
    }[name];
    if (name === "text.example.jp") return { kind: "noData", soa: SOA };
    if (!data) return { kind: "noSuchName", soa: SOA };
    if (type !== "A") return { kind: "noData", soa: SOA };
    return { kind: "answer", records: [{ name, type, ttlSeconds: 60, data }] };
  },
};

describe("rehearsal/cloud/data-plane/egress/egress-proxy", () => {
  let names: DnsServers;
  let proxy: ForwardProxy;
  let authority: Authority;
  let portOffset: number;
  let settings: Parameters<typeof startEgressProxy>[0];
  const clock = new CloudClock(1);
  const secure = createSecureServer();
  const plain = createServer();
  const connections = new Set<Socket>();

  before(async () => {
    authority = await Authority.create();
    const { certificate, privateKey } = await authority.sign(["users.example.jp"]);
    secure.setSecureContext({ cert: certificate, key: privateKey });
    secure.listen(0, ADDRESS);
    await once(secure, "listening");
    portOffset = (secure.address() as AddressInfo).port - 443;
    plain.listen(80 + portOffset, ADDRESS);
    await once(plain, "listening");
    for (const server of [secure, plain]) {
      server.on("connection", (socket) => connections.add(socket));
      server.on("request", (request: IncomingMessage, response) => {
        request.setEncoding("utf8");
        let body = "";
        request.on("data", (text) => {
          body += text;
        });
        request.on("end", () => response.end(`${request.method} ${request.headers.host}${request.url} ${body}`));
      });
    }
    names = await startDnsServers({ addresses: ["127.66.30.2", "127.66.30.3"], port: 0, source });
    settings = { address: ADDRESS, port: 0, nameServers: names.nameServers, clock, nodes, portOffset };
    proxy = await startEgressProxy(settings);
  });

  after(async () => {
    await proxy.close();
    await names.close();
    secure.close();
    plain.close();
    for (const socket of connections) socket.destroy();
  });

  /** A CONNECT to the proxy: the status, the status text, and the body of a refusal. */
  async function connectTo(place: string): Promise<{ status: number; text: string }> {
    const { hostname, port } = new URL(proxy.url);
    const request = openRequest({ host: hostname, port, method: "CONNECT", path: place, agent: false });
    request.end();
    const [answer, socket] = (await once(request, "connect")) as [IncomingMessage, Socket];
    socket.destroy();
    return { status: answer.statusCode ?? 0, text: answer.statusMessage ?? "" };
  }

  it("connects undici's EnvHttpProxyAgent to production names and ports", async () => {
    const dispatcher = new EnvHttpProxyAgent({
      httpProxy: proxy.url,
      httpsProxy: proxy.url,
      requestTls: { ca: authority.pem },
    });
    const https = await fetch("https://users.example.jp/a?b=c", { dispatcher, method: "POST", body: "x" });
    expect(await https.text()).to.equal("POST users.example.jp/a?b=c x");
    const http = await fetch("http://users.example.jp/a", { dispatcher });
    expect(await http.text()).to.equal("GET users.example.jp/a ");
    await dispatcher.close();
  });

  it("connects curl over HTTPS and HTTP", async function () {
    const curl = (...more: string[]) => promisify(execFile)("curl", ["-sS", "--proxy", proxy.url, ...more]);
    const installed = await curl("--version").then(
      () => true,
      () => false,
    );
    if (!installed) this.skip();
    const { stdout } = await curl("--insecure", "https://users.example.jp/a");
    expect(stdout).to.equal("GET users.example.jp/a ");
    expect((await curl("-d", "x=1", "http://users.example.jp/b")).stdout).to.equal("POST users.example.jp/b x=1");
    const error = await curl("https://example.com/").catch((error) => error);
    expect(error.stderr).to.include("403");
  });

  const refusals: [place: string, status: number, text: RegExp][] = [
    [
      "example.com:443",
      403,
      /^example\.com is outside the cloud's hosted zones; a rehearsal never leaves this machine$/,
    ],
    ["nobody.example.jp:443", 502, /^nobody\.example\.jp does not exist \(NXDOMAIN\)/],
    ["text.example.jp:443", 502, /^text\.example\.jp has no address/],
    ["far.example.jp:443", 403, /^far\.example\.jp is at 203\.0\.113\.1, outside this machine/],
    ["203.0.113.1:443", 403, /^203\.0\.113\.1 is outside this machine/],
    ["[2001:db8::1]:443", 403, /outside this machine/],
    [
      "inside.example.jp:443",
      403,
      /^inside\.example\.jp cannot be reached from the internet: load balancer internal-blue is internal: only its VPC/,
    ],
    [`${INSIDE}:4711`, 403, /cannot be reached from the internet: load balancer internal-blue is internal/],
    ["closed.example.jp:80", 403, /no security group lets the internet in on port 80$/],
    [
      "down.example.jp:443",
      502,
      /^down\.example\.jp is at 127\.66\.30\.9:\d+, where no connection can be made: ECONNREFUSED$/,
    ],
  ];
  for (const [place, status, text] of refusals) {
    it(`refuses ${place} with ${status} and one line`, async () => {
      const answer = await connectTo(place);
      expect(answer.status).to.equal(status);
      expect(answer.text).to.match(text);

      const { hostname, port } = new URL(proxy.url);
      const request = openRequest({ host: hostname, port, path: `http://${place}/`, agent: false });
      request.end();
      const [plainAnswer] = (await once(request, "response")) as [IncomingMessage];
      plainAnswer.resume();
      expect(plainAnswer.statusCode).to.equal(status);
    });
  }

  it("refuses requests that are not for a proxy", async () => {
    const { hostname, port } = new URL(proxy.url);
    const request = openRequest({ host: hostname, port, path: "/", agent: false });
    request.end();
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).to.equal(400);
    expect((await connectTo("nonsense")).status).to.equal(403);
  });

  it("does not change explicit ports and loopback addresses", async () => {
    expect((await connectTo(`users.example.jp:${443 + portOffset}`)).status).to.equal(200);
    expect((await connectTo(`${ADDRESS}:${443 + portOffset}`)).status).to.equal(200);
  });

  it("connects to a node's own address as to its name, with the load balancer's ports", async () => {
    const node = createServer();
    node.listen(443 + portOffset, CLOSED);
    await once(node, "listening");
    expect((await connectTo(`${CLOSED}:443`)).status).to.equal(200);
    expect((await connectTo(`${CLOSED}:80`)).text).to.match(/no security group lets the internet in on port 80$/);
    expect((await connectTo(`${INSIDE}:443`)).text).to.match(/internal-blue is internal/);
    node.close();
    // Another address has its real ports.
    expect((await connectTo(`${ADDRESS}:443`)).text).to.match(/:443, where no connection can be made: ECONNREFUSED$/);
  });

  it("remembers a missing name for as long as its zone says, as resolvers do (R12)", async () => {
    const at = (name: string) => `${name}.example.jp:443`;
    expect((await connectTo(at("new"))).text).to.include("new.example.jp does not exist (NXDOMAIN)");
    added.add("new.example.jp");
    expect((await connectTo(at("new"))).text).to.match(
      /^new\.example\.jp does not exist .*; it was asked for too early, and that is remembered for (900|899) s$/,
    );
    expect((await connectTo(at("NEW"))).status).to.equal(502);
    added.add("fresh.example.jp");
    expect((await connectTo(at("fresh"))).status).to.equal(200);
    // At this speed the 900 s are over at once.
    const fast = await startEgressProxy({ ...settings, clock: new CloudClock(1e9) });
    const slow = proxy;
    proxy = fast;
    try {
      expect((await connectTo(at("later"))).status).to.equal(502);
      added.add("later.example.jp");
      expect((await connectTo(at("later"))).status).to.equal(200);
    } finally {
      proxy = slow;
      await fast.close();
    }
  });

  it("reports in one line that its port is taken", async () => {
    const { port } = new URL(proxy.url);
    const error = await startEgressProxy({ ...settings, port: Number(port) }).catch((error) => error);
    expect(error.message).to.match(
      /^The egress proxy cannot listen on 127\.66\.30\.1:\d+: another process already does/,
    );
  });
});
