import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { FakeAws, jobText, QUEUE_URL } from "./fake-aws";
import { endAll, ended, runFile, startService } from "./service-process";

describe("mailer process", () => {
  let aws: FakeAws;
  beforeEach(async () => {
    aws = await new FakeAws().start();
  });
  afterEach(() => {
    endAll();
    aws.close();
  });
  const environment = () => ({ QUEUE_URL, ...aws.environment });

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await sleep(5);
  }

  it("handles messages with the SDK, and on SIGTERM finishes those in hand, takes no new one and ends with 0", async () => {
    const { child, events, line } = await startService(environment());
    aws.add(jobText("j1"), "no mail");
    const { at, ...done } = await line("jobDone", "j1");
    expect(done).to.deep.equal({ event: "jobDone", id: "j1", bytes: 67, release: "r1" });
    await line("jobFailed");
    await until(() => aws.polls === 1);

    aws.add(...Array.from({ length: 10 }, (_, index) => jobText(`last${index}`)));
    aws.waiting.push(jobText("for another worker"));
    child.kill("SIGTERM");
    expect(await once(child, "close")).to.deep.equal([0, null]);
    const ids = events.filter(({ event }) => event === "jobDone").map(({ id }) => id);
    expect(ids).to.have.members(["j1", ...Array.from({ length: 10 }, (_, index) => `last${index}`)]);
    expect(aws.deleted).to.have.length(11).and.not.to.include("no mail");
    expect(aws.waiting).to.deep.equal([jobText("for another worker")]);
  });

  it("ends with 0 soon when it has nothing to do", async () => {
    const { child } = await startService(environment());
    await until(() => aws.polls === 1);
    child.kill("SIGTERM");
    expect(await once(child, "close")).to.deep.equal([0, null]);
    await until(() => aws.polls === 0);
  });

  it("ends with 1 when it may not receive", async () => {
    aws.denied = true;
    const { code, stderr } = await ended(runFile("main.ts", { ...environment(), RELEASE: "r1" }));
    expect([code, stderr]).to.deep.equal([1, "mailer: sqs:ReceiveMessage is not allowed\n"]);
  });

  it("ends with 2 and one line when its environment is wrong, with 1 when it is told to crash", async () => {
    expect(await ended(runFile("main.ts", { QUEUE_URL: "queue" }))).to.deep.equal({
      code: 2,
      stdout: "",
      stderr: "mailer: RELEASE: wanted 1 to 200 visible ASCII characters; QUEUE_URL: wanted the URL of a queue\n",
    });
    expect(await ended(runFile("main.ts", { ...environment(), RELEASE: "r1", FAULT: "crashOnStart" }))).to.include({
      code: 1,
      stderr: "mailer: FAULT=crashOnStart: this release crashes on start, on purpose\n",
    });
  });

  it("starts and crashes after 2 s, if it is told to", async () => {
    const beforeStart = performance.now();
    // Whether it handles a message before that is up to the machine.
    const { child } = await startService({ ...environment(), FAULT: "crashAfter2s" });
    if (child.exitCode === null) await once(child, "exit");
    expect(child.exitCode).to.equal(1);
    // Its timer begins after this process has started it, however late this process hears of it.
    expect(performance.now() - beforeStart).to.be.at.least(1_999);
  });
});
