import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import { createServer, type Server } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { ownVersion } from "../../../../automation/core/own-version";
import { NODE_ARGUMENTS } from "../../../../automation/core/package-directory";
import { HttpsProbeClient } from "../../../../automation/observe/probes/probe-client";
import type { ProbeAnswer } from "../../../../automation/ports/probe-client";
import { type ForwardProxy, startForwardProxy } from "../../../../rehearsal/cloud/data-plane/egress/forward-proxy";
import { Unreachable } from "../../../../rehearsal/cloud/data-plane/egress/unreachable";
import { authorityEnvironment } from "../../../../rehearsal/cloud/kernel/client-environment";
import { Authority } from "../../../../rehearsal/cloud/services/acm/model/authority";

const HOST = "localhost";
const ADDRESS = "127.0.0.1";
/** What the tests' own environment says of proxies does not count. */
const NO_VARIABLES = { HTTPS_PROXY: "", https_proxy: "", http_proxy: "", NO_PROXY: "", no_proxy: "" };
/** Longer than any server here takes that answers at all. */
const LONG_MS = 30_000;
/** A path whose request gets no answer, and how long one waits for it. */
const NEVER = "/never";
const SHORT_MS = 100;

/** Real servers behind TLS, as a load balancer is. */
describe("HttpsProbeClient", () => {
  let directory: string;
  let authorityFile: string;
  let server: Server;
  let http2: Http2SecureServer;
  /** Accepts connections, and says nothing. */
  let silent: TcpServer;
  let proxy: ForwardProxy;
  const seen: { url: string | undefined; agent: string | undefined; httpVersion: string }[] = [];
  const left: string[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-probe-client-"));
    const authority = await Authority.create();
    authorityFile = join(directory, "authority.pem");
    writeFileSync(authorityFile, authority.pem);
    const { certificate, privateKey } = await authority.sign([HOST]);
    const identity = { cert: certificate, key: privateKey };
    server = createServer(identity, (request, response) => {
      const { url = "", headers, httpVersion } = request;
      seen.push({ url, agent: headers["user-agent"], httpVersion });
      response.on("close", () => response.writableFinished || left.push(url));
      if (url === NEVER) return;
      if (url === "/hints") response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      if (url === "/cut") {
        response.socket!.destroy();
        return;
      }
      response.writeHead(url.startsWith("/moved") ? 302 : Number(/^\/(\d+)$/.exec(url)?.[1] ?? 200), {
        location: "/500",
      });
      response.end("x".repeat(url === "/large" ? 1_000_000 : 10));
    }).listen(0, ADDRESS);
    http2 = createSecureServer(identity, (request, response) => {
      seen.push({ url: request.url, agent: request.headers["user-agent"], httpVersion: request.httpVersion });
      if (request.url === NEVER) return;
      response.writeHead(503);
      response.end();
    }).listen(0, ADDRESS);
    silent = createTcpServer().listen(0, ADDRESS);
    await Promise.all([server, http2, silent].map((one) => once(one, "listening")));
    proxy = await startForwardProxy({
      ...{ name: "The test's proxy", address: ADDRESS, port: 0 },
      route: (host, port) => {
        if (host !== HOST) throw new Unreachable(403, `nobody may connect to ${host}`);
        return { address: ADDRESS, port };
      },
    });
  });
  beforeEach(() => {
    for (const list of [seen, left]) list.length = 0;
  });
  after(async () => {
    server.closeAllConnections();
    for (const one of [server, http2, silent]) one.close();
    await proxy.close();
    rmSync(directory, { recursive: true });
  });

  const urlAt = (of: { address(): AddressInfo | string | null }, path: string) =>
    `https://${HOST}:${(of.address() as AddressInfo).port}${path}`;

  async function ask(
    urls: readonly string[],
    { protocol = "http1", variables = {} as Record<string, string> } = {},
  ): Promise<ProbeAnswer[]> {
    const requests = urls.map((url) => ({ url, protocol, answerMs: url.endsWith(NEVER) ? SHORT_MS : LONG_MS }));
    const args = [...NODE_ARGUMENTS, require.resolve("./probe-once"), JSON.stringify(requests)];
    const { stdout } = await execa(process.execPath, args, {
      env: { ...authorityEnvironment(authorityFile), ...NO_VARIABLES, ...variables },
    });
    return JSON.parse(stdout);
  }

  const short = (answers: readonly ProbeAnswer[]) =>
    answers.map((answer) => (answer.kind === "answered" ? answer.status : answer.kind));

  it("answers with the status of whatever the service says, and says who it is", async () => {
    const paths = ["/users?limit=1", "/404", "/500", "/moved", "/hints", "/large"];
    const answers = await ask(paths.map((path) => urlAt(server, path)));
    expect(short(answers)).to.deep.equal([200, 404, 500, 302, 200, 200]);
    expect(seen).to.deep.equal(
      paths.map((url) => ({ url, agent: `aoshingo-probe/${ownVersion()}`, httpVersion: "1.1" })),
    );
    expect(left, "it reads what it was sent").to.deep.equal([]);
    for (const answer of answers)
      expect(answer)
        .to.have.property("seconds")
        .that.is.within(0, LONG_MS / 1000);
  });

  it("tells a request without an answer from one that could not be sent", async () => {
    // Nothing listens at port 1, and the system gives it to nobody who asks for a free one.
    const urls = [urlAt(server, NEVER), `https://${ADDRESS}:1/`, "https://nowhere.invalid/", urlAt(server, "/cut")];
    const answers = await ask(urls);
    expect(short(answers)).to.deep.equal(["late", "unreached", "unreached", "unreached"]);
    const reasons = answers.map((answer) => (answer.kind === "unreached" ? answer.reason : ""));
    expect(reasons[1]).to.contain("ECONNREFUSED");
    expect(reasons[2]).to.contain("nowhere.invalid");
  });

  it("takes a certificate that nobody vouches for as no answer", async () => {
    const [answer] = await ask([urlAt(server, "/500")], { variables: { NODE_EXTRA_CA_CERTS: "" } });
    expect(answer).to.include({ kind: "unreached" });
    expect(seen).to.deep.equal([]);
  });

  it("speaks HTTP/2 with a service that does", async () => {
    const urls = [urlAt(http2, "/users"), urlAt(http2, NEVER)];
    expect(short(await ask(urls, { protocol: "http2" }))).to.deep.equal([503, "late"]);
    expect(seen.map(({ httpVersion }) => httpVersion)).to.deep.equal(["2.0", "2.0"]);
  });

  it("goes through a proxy, whose own refusal is no answer of the service", async () => {
    const variables = { HTTPS_PROXY: proxy.url };
    const urls = [urlAt(server, "/500"), "https://elsewhere.invalid/", urlAt(server, NEVER)];
    expect(short(await ask(urls, { variables }))).to.deep.equal([500, "unreached", "late"]);
  });

  it("goes past the proxy to a service that NO_PROXY names", async () => {
    const variables = { HTTPS_PROXY: "http://127.66.13.9:1", no_proxy: HOST };
    expect(short(await ask([urlAt(server, "/500")], { variables }))).to.deep.equal([500]);
  });

  it("ends at once when nobody waits any more, also for a connection that never stands", async () => {
    for (const when of ["before", "meanwhile"]) {
      const stop = new AbortController();
      if (when === "before") stop.abort();
      const asked = new HttpsProbeClient(LONG_MS).ask({ url: urlAt(silent, "/"), protocol: "http1" }, stop.signal);
      stop.abort();
      expect(await asked).to.deep.equal({ kind: "unreached", reason: "stopped" });
    }
  });
});
