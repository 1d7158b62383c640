import { expect } from "chai";
import { ranOnce } from "../../../automation/commands/run-job";
import type { NewTask, StandaloneTask, TaskRunner } from "../../../automation/ports/run-task";
import type { StackOutputs } from "../../../components/live/outputs";
import { live, outputsOf } from "../deploy/worlds";

const JOB = { schedule: "users", scheduleGroup: "shop", subnetIds: ["subnet-a"], securityGroupId: "sg-a" };
const ENDED: StandaloneTask = {
  id: "cluster/0123",
  container: "users",
  status: "STOPPED",
  exitCode: 3,
  reason: "it ended",
};

describe("ranOnce", () => {
  let started: NewTask[];
  let streams: string[];

  const taskRunner: TaskRunner = {
    find: async () => [],
    start: async (task) => {
      started.push(task);
      return ENDED;
    },
    look: async () => ENDED,
    stop: async () => {},
    log: async (_, stream) => {
      streams.push(stream);
      return { lines: ["one", "two"], next: null };
    },
  };

  function outputs(kind: "job" | "api", isReleased = true): StackOutputs {
    const all = outputsOf(live({ active: "blue", blue: isReleased ? ["v1", 1] : null, green: null }));
    all.services.users = { ...all.services.users!, kind, ...(kind === "job" ? { job: JOB } : {}) };
    return all;
  }

  const run = (of: StackOutputs, job = "users") =>
    ranOnce(taskRunner, of, job, { signal: new AbortController().signal, onLines: () => {} }).catch(
      (error: Error) => error.message,
    );

  beforeEach(() => {
    started = [];
    streams = [];
  });

  it("runs the active release on Fargate, in the job's network, and returns how it ended", async () => {
    expect(await run(outputs("job"))).to.deep.include({
      ...{ job: "users", release: "v1", task: "0123", exitCode: 3, reason: "it ended", tail: ["one", "two"] },
    });
    expect(started[0]).to.deep.include({ network: JOB });
    expect(started[0]!.startedBy).to.match(/^run-[0-9a-f]{12}$/);
    expect(streams).to.deep.equal(["blue/v1/users/0123"]);
  });

  it("refuses what is no job, and a job without a release", async () => {
    expect(await run(outputs("api"))).to.equal("users is no job: the stack has no jobs");
    expect(await run(outputs("job"), "other")).to.equal('unknown job "other": the stack has the jobs users');
    expect(await run(outputs("job", false))).to.equal("users has no release yet: deploy one first, such as users=v1");
    expect(started).to.deep.equal([]);
  });
});
