import { expect } from "chai";
import { FakeAws, QUEUE_URL } from "./fake-aws";
import { endAll, ended, runFile, startService } from "./service-process";

const LOG_GROUP = "/aoshingo/prod/mailer";

describe("mailer's deploy test", () => {
  let aws: FakeAws;
  beforeEach(async () => {
    aws = await new FakeAws().start();
  });
  afterEach(() => {
    endAll();
    aws.close();
  });

  /** Workers whose lines go to the log group, as ECS's log driver does it. */
  async function startWorker(env: Record<string, string>): Promise<void> {
    const { child } = await startService({ QUEUE_URL, ...aws.environment, ...env });
    child.stdout!.on("data", (chunk: Buffer) => aws.log.push(...chunk.toString().trim().split("\n")));
  }

  const deployTest = (release: string, limitSeconds = "30") =>
    ended(
      runFile("deploy-test/main.ts", {
        QUEUE_URL,
        LOG_GROUP,
        RELEASE: release,
        LIMIT_SECONDS: limitSeconds,
        ...aws.environment,
      }),
    );

  it("passes when the new release does a probe beside the old one", async () => {
    await Promise.all([startWorker({ RELEASE: "r1" }), startWorker({ RELEASE: "r2" })]);
    const { code, stdout, stderr } = await deployTest("r2");
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout).to.match(/^deploy test: release r2 handled message deploy-test-\S+\n$/);
  });

  it("fails when the new release does its work wrong", async () => {
    await startWorker({ RELEASE: "r2", FAULT: "wrongAnswer" });
    const { code, stderr } = await deployTest("r2");
    expect(code).to.equal(1);
    expect(stderr).to.match(/^deploy test: message deploy-test-\S+: wanted a mail of \d+ bytes, got \d+\n$/);
  });

  it("passes when the new release works on what waits before the probes, and adds few to it", async () => {
    // One of another release, and one that only has the words in it.
    aws.log.push(JSON.stringify({ event: "jobDone", id: "m1", release: "r1" }));
    aws.log.push(JSON.stringify({ event: "jobFailed", id: "m2", release: "r2", reason: "no jobDone" }));
    aws.log.push(JSON.stringify({ event: "jobDone", id: "m3", release: "r2" }));
    const { code, stdout, stderr } = await deployTest("r2", "2");
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout).to.equal("deploy test: release r2 handled message m3; the probes wait behind other messages\n");
    expect(aws.waiting).to.have.length(5);
  });

  it("fails when only the old release works, and says so", async () => {
    await startWorker({ RELEASE: "r1" });
    const { code, stderr } = await deployTest("r2", "4");
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /^deploy test: release r2 handled no message within 4 s; of 5 probe messages others handled \d+: r1 \d+\n$/,
    );
  });

  it("says in one line what it may not do, and what it needs", async () => {
    const lost = { QUEUE_URL, LOG_GROUP, RELEASE: "r2", ...aws.environment, AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
    const { code, stderr } = await ended(runFile("deploy-test/main.ts", lost));
    expect(code).to.equal(1);
    expect(stderr).to.equal("deploy test: connect ECONNREFUSED 127.0.0.1:1\n");
    expect(await ended(runFile("deploy-test/main.ts", { RELEASE: "r2" }))).to.deep.equal({
      code: 2,
      stdout: "",
      stderr: "deploy test: QUEUE_URL, LOG_GROUP and RELEASE must be set; LIMIT_SECONDS, if set, to a number above 0\n",
    });
  });
});
