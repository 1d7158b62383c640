import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect } from "chai";
import { ended, runFile, type Service, startService } from "./service-process";

const deployTest = (env: Record<string, string>) => ended(runFile("deploy-test/main.ts", env));

describe("deploy test", () => {
  const services: Service[] = [];
  async function startAt(env?: Record<string, string>): Promise<Service & { url: string }> {
    const service = await startService(env);
    services.push(service);
    return { ...service, url: `http://127.0.0.1:${service.port}` };
  }
  afterEach(async () => {
    for (const { child } of services.splice(0)) {
      child.kill("SIGTERM");
      await once(child, "close");
    }
  });

  it("passes against a good release, through a proxy too", async () => {
    const { url, port, events } = await startAt();
    expect(await deployTest({ TEST_URL: url, RELEASE: "r1" })).to.deep.equal({
      code: 0,
      stdout: `deploy test: ${url} works and runs release r1\n`,
      stderr: "",
    });
    expect(events.at(-1)).to.include({ event: "userCreated" });

    const tunnels: string[] = [];
    const proxy = createServer().listen(0, "127.0.0.1");
    proxy.on("connect", (request, client) => {
      tunnels.push(request.url ?? "");
      const server = connect(port, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
      client.pipe(server).pipe(client);
    });
    await once(proxy, "listening");
    const { port: proxyPort } = proxy.address() as AddressInfo;
    const throughProxy = await deployTest({
      TEST_URL: "http://users-test.rehearsal.test",
      RELEASE: "r1",
      HTTP_PROXY: `http://127.0.0.1:${proxyPort}`,
    });
    expect(throughProxy).to.include({ code: 0, stderr: "" });
    expect(new Set(tunnels)).to.deep.equal(new Set(["users-test.rehearsal.test:80"]));
    proxy.close();
  });

  it("fails against a wrong answer, an unhealthy service and another release", async () => {
    const wrong = await startAt({ FAULT: "wrongAnswer" });
    const wrongRun = await deployTest({ TEST_URL: wrong.url, RELEASE: "r1" });
    expect(wrongRun.code).to.equal(1);
    expect(wrongRun.stderr).to.match(
      /^deploy test: GET \/users\/deploy-test-\S+: wanted {"id":"\S+","name":"Aoi"}, got {"id":"\S+","name":"not Aoi"}\n$/,
    );
    const unhealthy = await startAt({ FAULT: "unhealthy" });
    expect(await deployTest({ TEST_URL: unhealthy.url, RELEASE: "r1" })).to.include({
      code: 1,
      stderr: "deploy test: GET /healthz: wanted 200, got 503\n",
    });
    const other = (await deployTest({ TEST_URL: unhealthy.url, RELEASE: "r2" })).stderr;
    expect(other).to.contain("deploy test: POST /users: wanted x-release r2, got r1 (status 201)\n");
  });

  it("says in one line where nobody answers, and what it needs", async () => {
    const { code, stderr } = await deployTest({ TEST_URL: "http://127.0.0.1:1", RELEASE: "r1" });
    expect(code).to.equal(1);
    expect(stderr).to.equal("deploy test: GET /healthz at http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\n");
    expect(await deployTest({ TEST_URL: "users" })).to.include({ code: 2 });
  });
});
