import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import type { HttpRequest } from "../../../automation/ports/http-client";
import { type ForwardProxy, startForwardProxy } from "../../../rehearsal/cloud/data-plane/egress/forward-proxy";
import { authorityEnvironment } from "../../../rehearsal/cloud/kernel/client-environment";
import { Authority } from "../../../rehearsal/cloud/services/acm/model/authority";
import { CHECK } from "../../rehearsal/grpc-service/health-server";

const HOST = "users.example.test";
const ADDRESS = "127.66.13.1";
/** What the tests' own environment says of proxies does not count. */
const NO_VARIABLES = { HTTPS_PROXY: "", https_proxy: "", http_proxy: "", NO_PROXY: "", no_proxy: "" };
const PING = { ...CHECK, path: "/shop.v1.Orders/Ping" };

/** Real servers of gRPC and of HTTP/2 behind TLS, as a load balancer is. */
describe("httpsClient", () => {
  let directory: string;
  let authorityFile: string;
  let grpc: Server;
  let grpcPort: number;
  let http2: Http2SecureServer;
  let proxy: ForwardProxy;
  let health = Buffer.from([8, 1]);
  const proxied: string[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-https-client-"));
    const authority = await Authority.create();
    authorityFile = join(directory, "authority.pem");
    writeFileSync(authorityFile, authority.pem);
    const { certificate, privateKey } = await authority.sign([HOST]);
    grpc = new Server();
    grpc.addService({ check: CHECK, ping: PING }, {
      check: (_, answer) => answer(null, health),
      ping: (_, answer) => answer({ code: status.PERMISSION_DENIED, details: "who are you" }),
    } satisfies Record<string, handleUnaryCall<Buffer, Buffer>>);
    const credentials = ServerCredentials.createSsl(null, [
      { cert_chain: Buffer.from(certificate), private_key: Buffer.from(privateKey) },
    ]);
    grpcPort = await new Promise<number>((resolve, reject) =>
      grpc.bindAsync(`${ADDRESS}:0`, credentials, (error, port) => (error ? reject(error) : resolve(port))),
    );
    http2 = createSecureServer({ cert: certificate, key: privateKey }, (request, response) => {
      response.writeHead(request.url === "/up" ? 200 : 464, { "x-release": `v1 by ${request.httpVersion}` });
      response.end();
    }).listen(0, ADDRESS);
    await once(http2, "listening");
    proxy = await startForwardProxy({
      ...{ name: "The test's proxy", address: ADDRESS, port: 0 },
      route: (host, port) => {
        proxied.push(host);
        return { address: ADDRESS, port };
      },
    });
  });
  after(async () => {
    grpc.forceShutdown();
    http2.close();
    await proxy.close();
    rmSync(directory, { recursive: true });
  });

  async function ask(request: Partial<HttpRequest>, variables: Record<string, string> = {}) {
    const asked = JSON.stringify({ via: null, ...request });
    const { stdout } = await execa(process.execPath, [...NODE_ARGUMENTS, require.resolve("./ask-once"), asked], {
      env: { ...authorityEnvironment(authorityFile), ...NO_VARIABLES, ...variables },
    });
    return JSON.parse(stdout);
  }

  const called = (path: string, more: Partial<HttpRequest> = {}): Partial<HttpRequest> => ({
    ...{ url: `https://${HOST}:${grpcPort}${path}`, address: ADDRESS, protocol: "grpc" },
    ...more,
  });

  it("calls a method of gRPC, and takes OK for a good answer", async () => {
    expect(await ask(called(CHECK.path))).to.deep.equal({ status: 200, release: "" });
  });

  it("says what gRPC's errors are, and that the health service does not say SERVING", async () => {
    expect((await ask(called(PING.path))).grpcError).to.equal("7 PERMISSION_DENIED: who are you");
    expect((await ask(called("/no.Such/Method"))).grpcError).to.match(/^12 UNIMPLEMENTED: /);
    health = Buffer.from([8, 2]);
    expect((await ask(called(CHECK.path))).grpcError).to.equal("0 OK: the health service does not say SERVING");
    health = Buffer.from([8, 1]);
  });

  it("goes through a proxy, to the address and with the name that it is given", async () => {
    const variables = { HTTPS_PROXY: proxy.url };
    expect(await ask(called(CHECK.path), variables)).to.deep.equal({ status: 200, release: "" });
    const { address: _, ...byName } = called(CHECK.path);
    expect(await ask(byName, variables)).to.deep.equal({ status: 200, release: "" });
    expect(proxied).to.deep.equal([ADDRESS, HOST]);
  });

  it("goes past the proxy to a service that NO_PROXY names, whatever it connects to", async () => {
    const variables = { HTTPS_PROXY: "http://127.66.13.9:1", no_proxy: ".example.test" };
    const { port } = http2.address() as AddressInfo;
    expect(await ask(called(CHECK.path), variables)).to.deep.equal({ status: 200, release: "" });
    for (const to of [{ address: ADDRESS }, { via: ADDRESS }])
      expect(await ask({ url: `https://${HOST}:${port}/up`, ...to, protocol: "http2" }, variables)).to.deep.equal({
        status: 200,
        release: "v1 by 2.0",
      });
  });

  it("says that nobody answers, and why", async () => {
    const nobody = await ask(called(CHECK.path, { address: "127.66.13.9" }));
    expect(nobody.error).to.match(/^No connection established\..*ECONNREFUSED/);
  });

  it("speaks HTTP/2 with a service that does, also through a proxy", async () => {
    const { port } = http2.address() as AddressInfo;
    const request = { url: `https://${HOST}:${port}/up`, address: ADDRESS, protocol: "http2" } as const;
    expect(await ask(request)).to.deep.equal({ status: 200, release: "v1 by 2.0" });
    expect(await ask(request, { HTTPS_PROXY: proxy.url })).to.deep.equal({ status: 200, release: "v1 by 2.0" });
  });
});
