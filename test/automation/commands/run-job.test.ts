import { expect } from "chai";
import { endText, type JobRun, ranOnce } from "../../../automation/commands/run-job";
import type { NewTask, StandaloneTask, TaskRunner } from "../../../automation/ports/run-task";
import type { StackOutputs } from "../../../components/live/outputs";
import { live, outputsOf } from "../deploy/worlds";
import { VirtualClock } from "../observe/virtual-clock";

const JOB = { schedule: "users", scheduleGroup: "shop", subnetIds: ["subnet-a"], securityGroupId: "sg-a" };
const ENDED: StandaloneTask = {
  id: "cluster/0123",
  container: "users",
  status: "STOPPED",
  exitCode: 3,
  reason: "it ended",
  wasStopped: false,
};

describe("ranOnce", () => {
  let started: NewTask[];
  let streams: string[];
  let stopped: string[];
  let notices: string[];

  const taskRunner: TaskRunner = {
    find: async () => [],
    start: async (task) => {
      started.push(task);
      return ENDED;
    },
    look: async () => ENDED,
    stop: async (_, id) => void stopped.push(id),
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

  const run = (of: StackOutputs, job = "users", runner: Partial<TaskRunner> = {}, stop = new AbortController()) =>
    ranOnce({ ...taskRunner, ...runner }, of, job, {
      signal: stop.signal,
      onLines: () => {},
      onNotice: (line) => notices.push(line),
      clock: new VirtualClock(0),
    }).catch((error: Error) => error.message);
  const refused = async () => {
    throw new Error("not authorized");
  };
  const running = async () => ({ ...ENDED, status: "RUNNING", exitCode: null });

  beforeEach(() => {
    started = [];
    streams = [];
    stopped = [];
    notices = [];
  });

  it("runs the active release on Fargate, in the job's network, and returns how it ended", async () => {
    expect(await run(outputs("job"))).to.deep.include({
      ...{ job: "users", release: "v1", task: "0123", exitCode: 3, reason: "it ended", tail: ["one", "two"] },
    });
    expect(started[0]).to.deep.include({ network: JOB });
    expect(started[0]!.startedBy).to.match(/^run-[0-9a-f]{12}$/);
    expect(streams).to.deep.equal(["blue/v1/users/0123"]);
  });

  it("says of one that was stopped that it was, also where it ended with 0", async () => {
    const start = async () => ({ ...ENDED, exitCode: 0, wasStopped: true, reason: "Task stopped by user" });
    const stoppedRun = (await run(outputs("job"), "users", { start })) as JobRun;
    expect(stoppedRun).to.deep.include({ exitCode: 0, wasStopped: true });
    expect(endText(stoppedRun)).to.equal("users v1 was stopped after 0 s: Task stopped by user (task 0123)");
  });

  it("returns how it ended if its log cannot be read, says so once, and does not stop it", async () => {
    expect(await run(outputs("job"), "users", { log: refused })).to.deep.include({ exitCode: 3, tail: [] });
    expect(notices).to.deep.equal(["what the task writes cannot be read: not authorized"]);
    expect(stopped).to.deep.equal([]);
  });

  it("leaves a task alone that it cannot look at any more, and says that it may still run", async () => {
    expect(await run(outputs("job"), "users", { start: running, look: refused })).to.equal("not authorized");
    expect(notices).to.deep.equal(["task 0123 was not stopped and may still run"]);
    expect(stopped).to.deep.equal([]);
  });

  it("stops it on a signal, and says so if that fails", async () => {
    const interrupted = (runner: Partial<TaskRunner>) => {
      const stop = new AbortController();
      const look = async () => {
        stop.abort(new Error("stopped by SIGINT"));
        return running();
      };
      return run(outputs("job"), "users", { start: running, look, ...runner }, stop);
    };
    expect(await interrupted({})).to.equal("stopped by SIGINT");
    expect({ stopped, notices }).to.deep.equal({ stopped: ["cluster/0123"], notices: [] });
    expect(await interrupted({ stop: refused })).to.equal("stopped by SIGINT");
    expect(notices).to.deep.equal(["task 0123 was not stopped and may still run"]);
  });

  it("refuses what is no job, and a job without a release", async () => {
    expect(await run(outputs("api"))).to.equal("users is no job: the stack has no jobs");
    expect(await run(outputs("job"), "other")).to.equal('unknown job "other": the stack has the jobs users');
    expect(await run(outputs("job", false))).to.equal("users has no release yet: deploy one first, such as users=v1");
    expect(started).to.deep.equal([]);
  });
});
