import { once } from "node:events";
import { expect } from "chai";
import { awsEnvironment, fakeProxy, fakeSqs, fakeUsers, type Neighbour, QUEUE_URL } from "./neighbours";
import { ended, runFile, type Service, startService } from "./service-process";

const deployTest = (env: Record<string, string>) => ended(runFile("deploy-test/main.ts", env));

describe("doodle's deploy test", () => {
  const services: Service[] = [];
  let users: Neighbour;
  let sqs: Neighbour;
  before(async () => {
    [users, sqs] = await Promise.all([fakeUsers(), fakeSqs()]);
  });
  after(() => {
    users.close();
    sqs.close();
  });
  async function startAt(env: Record<string, string> = {}): Promise<Service & { url: string }> {
    const neighbours = { USERS_URL: users.url, MAILER_QUEUE_URL: QUEUE_URL, ...awsEnvironment(sqs.url) };
    const service = await startService({ ...neighbours, ...env });
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
    expect(events.at(-1)).to.include({ event: "pollCreated" });

    const proxy = await fakeProxy(port);
    const environment = { TEST_URL: "http://doodle-test.rehearsal.test", RELEASE: "r1", HTTP_PROXY: proxy.url };
    expect(await deployTest(environment)).to.include({ code: 0, stderr: "" });
    expect(new Set(proxy.tunnels)).to.deep.equal(new Set(["doodle-test.rehearsal.test:80"]));
    proxy.close();
  });

  const bad: [what: string, environment: Record<string, string>, release: string, stderr: RegExp][] = [
    [
      "a wrong answer",
      { FAULT: "wrongAnswer" },
      "r1",
      /^deploy test: GET \/polls: wanted {"id":"\S+","title":"Lunch"}, got {"id":"\S+","title":"not Lunch"}\n$/,
    ],
    ["an unhealthy service", { FAULT: "unhealthy" }, "r1", /^deploy test: GET \/healthz: wanted 200, got 503\n$/],
    ["another release", {}, "r2", /^deploy test: POST \/polls: wanted x-release r2, got r1 \(status 201\)$/m],
    [
      "a call that is not possible",
      { USERS_URL: "http://127.0.0.1:1" },
      "r1",
      /^deploy test: POST \/polls: wanted 201, got 502 \(a call to users failed: POST \/users: connect ECONNREFUSED \S+\)\n$/,
    ],
  ];
  for (const [what, environment, release, stderr] of bad) {
    it(`fails against ${what}`, async () => {
      const { url } = await startAt(environment);
      const run = await deployTest({ TEST_URL: url, RELEASE: release });
      expect(run.code).to.equal(1);
      expect(run.stderr).to.match(stderr);
    });
  }

  it("says in one line where nobody answers, and what it needs", async () => {
    expect(await deployTest({ TEST_URL: "http://127.0.0.1:1", RELEASE: "r1" })).to.include({
      code: 1,
      stderr: "deploy test: GET /healthz at http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\n",
    });
    expect(await deployTest({ TEST_URL: "doodle" })).to.include({ code: 2 });
  });
});
