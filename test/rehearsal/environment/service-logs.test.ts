import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { emptyServiceLogs, readServiceLogs, unfinishedJobs } from "../../../rehearsal/environment/service-logs";

describe("readServiceLogs", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aoshingo-logs-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (stream: string, ...lines: string[]) => {
    const file = join(folder, "aoshingo", "rehearsal", `${stream}.log`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, lines.join("\n"));
  };

  const at = 1_795_577_975_155;
  const deed = { id: "p-1", atMs: at, colour: "blue" as const, release: "" };
  const lines: [string, string, object][] = [
    ["a bare event", '{"event":"userCreated","id":"p-1","at":1795577975155}', { usersCreated: [deed] }],
    [
      "keys in any order, with spaces",
      '{"id": "p-1", "event": "pollCreated", "at": 1795577975155}',
      { pollsCreated: [deed] },
    ],
    ["without a time", '{"event":"jobSent","id":"p-1"}', { jobsSent: [{ ...deed, atMs: null }] }],
    [
      "the cloud's time in milliseconds",
      `${at} {"event":"jobDone","id":"p-1","release":"v2"}`,
      { jobsDone: [{ ...deed, release: "v2" }] },
    ],
    [
      "the cloud's time by ISO 8601, before the event's own",
      '2026-11-25T03:39:35.155Z\t{"event":"jobSent","id":"p-1","at":1}',
      { jobsSent: [deed] },
    ],
    [
      "a failed call",
      `${at} {"event":"callFailed","service":"users","reason":"403 add \\"calls: [users]\\""}`,
      { callsFailed: [{ atMs: at, service: "users", reason: '403 add "calls: [users]"' }] },
    ],
    [
      "a job that could not be sent",
      '{"event":"sendFailed","service":"mailer"}',
      { sendsFailed: [{ atMs: null, service: "mailer", reason: "" }] },
    ],
    ["another event", '{"event":"listening","port":1}', {}],
    ["an event without an id", '{"event":"jobDone"}', {}],
    ["no event", "Error: {something} else", {}],
    ["a line that broke off", '{"event":"userCreated","id":"p-', {}],
    ["nothing", "", {}],
  ];
  for (const [what, line, expected] of lines) {
    it(`understands ${what}`, async () => {
      await write("users/blue/users/task-1", "starting", line);
      expect(await readServiceLogs(folder)).to.deep.equal({ ...emptyServiceLogs(), ...expected });
    });
  }

  it("is empty while no task has written anything", async () => {
    expect(await readServiceLogs(join(folder, "logs"))).to.deep.equal(emptyServiceLogs());
  });

  it("puts the tasks of all services together, each with its colour", async () => {
    await write("evergreen/green/evergreen/1", '{"event":"jobDone","id":"a"}');
    await write("evergreen/blue/evergreen/2", '{"event":"jobDone","id":"b"}', '{"event":"jobDone","id":"c"}');
    await write("odd/3", '{"event":"jobDone","id":"d"}');
    const { jobsDone } = await readServiceLogs(folder);
    expect(new Map(jobsDone.map(({ id, colour }) => [id, colour]))).to.deep.equal(
      new Map([
        ["a", "green"],
        ["b", "blue"],
        ["c", "blue"],
        ["d", null],
      ]),
    );
  });
});

describe("unfinishedJobs", () => {
  it("are those that were sent and not done, each once", () => {
    const jobs = (...ids: string[]) => ids.map((id) => ({ id, atMs: null, colour: null, release: "" }));
    expect(unfinishedJobs({ jobsSent: jobs("a", "b", "b", "c"), jobsDone: jobs("a", "a", "x") })).to.deep.equal([
      "b",
      "c",
    ]);
  });
});
