import { once } from "node:events";
import { expect } from "chai";
import { awsEnvironment, fakeSqs, fakeUsers, type Neighbour, QUEUE_URL } from "./neighbours";
import { endAll, ended, runFile, startService } from "./service-process";

describe("doodle process", () => {
  let users: Neighbour;
  let sqs: Neighbour;
  before(async () => {
    [users, sqs] = await Promise.all([fakeUsers(), fakeSqs()]);
  });
  after(() => {
    endAll();
    users.close();
    sqs.close();
  });
  const environment = () => ({ USERS_URL: users.url, MAILER_QUEUE_URL: QUEUE_URL, ...awsEnvironment(sqs.url) });

  it("calls users, sends the message to the queue with the SDK, and ends with 0 on SIGTERM", async () => {
    const { child, port, events } = await startService(environment());
    const url = `http://127.0.0.1:${port}/polls`;
    const created = await fetch(url, { method: "POST", body: '{"id":"p1","title":"Lunch"}' });
    expect([created.status, await created.json()]).to.deep.equal([201, { id: "p1", title: "Lunch" }]);
    const listed = (await (await fetch(url)).json()) as unknown;
    expect(listed).to.deep.equal({
      polls: [{ id: "p1", title: "Lunch" }],
      newestOwner: { id: "p1", name: "owner of p1" },
    });
    const refused = await fetch(url, { method: "POST", body: '{"id":"p2","title":"refused"}' });
    expect([refused.status, await refused.json()]).to.deep.equal([
      502,
      { error: "a message for mailer failed: AccessDenied: sqs:SendMessage is not allowed" },
    ]);
    child.kill("SIGTERM");
    expect(await once(child, "close")).to.deep.equal([0, null]);
    expect(events.map(({ at, port: _, host: __, ...event }) => event)).to.deep.equal([
      { event: "listening", release: "r1" },
      { event: "jobSent", id: "p1" },
      { event: "pollCreated", id: "p1" },
      { event: "sendFailed", service: "mailer", reason: "AccessDenied: sqs:SendMessage is not allowed" },
    ]);
    const { QueueUrl, MessageBody } = JSON.parse(sqs.requests[0]!.slice("POST / ".length));
    expect([QueueUrl, JSON.parse(MessageBody)]).to.deep.equal([
      QUEUE_URL,
      { id: "p1", to: "owner-of-p1@example.jp", subject: "Your poll: Lunch" },
    ]);
  });

  it("ends with 2 and one line when its environment is wrong, with 1 when it is told to crash", async () => {
    expect(
      await ended(runFile("main.ts", { ...environment(), PORT: "80", USERS_URL: "users", FAULT: "slow" })),
    ).to.deep.equal({
      code: 2,
      stdout: "",
      stderr:
        "doodle: RELEASE: wanted 1 to 200 visible ASCII characters; USERS_URL: wanted the URL of users; " +
        "FAULT: wanted one of none, crashOnStart, unhealthy, wrongAnswer\n",
    });
    const crashed = { ...environment(), PORT: "0", RELEASE: "r1", STORE: "memory", FAULT: "crashOnStart" };
    expect(await ended(runFile("main.ts", crashed))).to.include({
      code: 1,
      stderr: "doodle: FAULT=crashOnStart: this release crashes on start, on purpose\n",
    });
  });
});
