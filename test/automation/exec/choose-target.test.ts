import { expect } from "chai";
import { chooseTarget, type WantedTask } from "../../../automation/exec/choose-target";
import type { ObservedTask } from "../../../automation/ports/observer";
import type { StackOutputs } from "../../../components/live/outputs";
import { Scene } from "../deploy/scene";
import { live, outputsOf, release } from "../deploy/worlds";

const AGENT = { agent: { image: "users:agent-1" } };
const TASKS: Pick<ObservedTask, "id" | "startedMs">[] = [
  { id: "arn:aws:ecs:r:1:task/c/old", startedMs: 1 },
  { id: "arn:aws:ecs:r:1:task/c/new", startedMs: 3 },
  { id: "arn:aws:ecs:r:1:task/c/other", startedMs: 2 },
];

describe("automation/exec/choose-target", () => {
  let scene: Scene;
  let outputs: StackOutputs;
  let agent: string | undefined;

  beforeEach(() => {
    agent = "RUNNING";
    const state = live({ active: "green", blue: ["v1", 1], green: ["v2", 3] });
    const { colours } = state.services.users!;
    colours.green = { ...colours.green, release: release("v2", "users", { exec: true, sidecars: AGENT }) };
    scene = new Scene(state);
    outputs = outputsOf(state);
    scene.look = (cluster, seen) => ({
      ...seen,
      tasks: seen.tasks.map((task, place) => ({
        ...task,
        ...(cluster === "users-green" ? TASKS[place] : { id: "arn:aws:ecs:r:1:task/c/blue" }),
        ...(cluster === "users-green" && agent ? { exec: { users: agent, agent } } : {}),
      })),
    });
  });
  afterEach(() => scene.close());

  const choose = (wanted: Partial<WantedTask> = {}) =>
    chooseTarget(scene.context.observer, outputs, { stack: "prod", service: "users", ...wanted });
  const refusal = async (wanted: Partial<WantedTask> = {}) => {
    const refused = await choose(wanted).then(
      () => null,
      (error: { message: string; exitCode: number }) => error,
    );
    expect(refused).to.deep.include({ name: "UserError", exitCode: 1 });
    expect(refused!.message).not.to.contain("\n");
    return refused!.message;
  };

  it("takes the service's own container in the newest task of the active colour", async () => {
    expect(await choose()).to.deep.equal({
      cluster: "users-green",
      colour: "green",
      release: "v2",
      task: "new",
      container: "users",
    });
  });

  it("looks for a job's run on both colours: one of the release before goes on after the cutover", async () => {
    const { blue, green } = outputs.live.services.users!.colours;
    blue.release = green.release;
    outputs.services.users!.job = { schedule: "", scheduleGroup: "", subnetIds: [], securityGroupId: "" };
    scene.look = (cluster, seen) => ({
      ...seen,
      tasks: cluster === "users-blue" ? [{ ...seen.tasks[0]!, exec: { users: "RUNNING" } }] : [],
    });
    expect(await choose()).to.deep.include({ colour: "blue", cluster: "users-blue" });
  });

  it("prefers a healthy task to a newer one", async () => {
    const look = scene.look;
    scene.look = (cluster, seen) => {
      const { targets, ...others } = look(cluster, seen);
      const state = (instanceId: string) => (instanceId === seen.tasks[1]?.instanceId ? "unhealthy" : "healthy");
      return { ...others, targets: targets.map((target) => ({ ...target, state: state(target.instanceId) })) };
    };
    expect((await choose()).task).to.equal("other");
  });

  it("takes what is named: a task by the beginning of its id, a sidecar, a release", async () => {
    expect((await choose({ task: "ol" })).task).to.equal("old");
    expect((await choose({ container: "agent" })).container).to.equal("agent");
    expect((await choose({ release: "v2", colour: "green" })).task).to.equal("new");
  });

  it("says in one line what is not there", async () => {
    expect(await refusal({ release: "v9" })).to.equal("users has no release v9: it has v1 on blue and v2 on green");
    expect(await refusal({ release: "v1", colour: "green" })).to.equal(
      "users has no release v1 on green: it has v1 on blue and v2 on green",
    );
    expect(await refusal({ task: "abc" })).to.equal(
      "users has no running task abc: `npx aoshingo tasks --stack prod users` lists them",
    );
    expect(await refusal({ container: "proxy" })).to.equal("task new has no container proxy: it has users, agent");
  });

  it("says in one line that no task runs", async () => {
    scene.look = (_, seen) => ({ ...seen, tasks: [] });
    expect(await refusal()).to.equal("no task of users runs on green (v2)");
  });

  it("says in one line that there is no release yet", async () => {
    outputs = outputsOf(live({ active: "blue", blue: null, green: null }));
    expect(await refusal()).to.equal("users has no release yet: deploy one first, such as users=v1");
  });

  it("says in one line which setting and which commands a release without ECS Exec needs", async () => {
    expect(await refusal({ colour: "blue" })).to.equal(
      "users v1 was deployed without ECS Exec: set `exec: true` in its block of Pulumi.prod.yaml, then run `pulumi up --stack prod` and `npx aoshingo deploy --stack prod users`",
    );
  });

  it("says in one line that the agent does not run", async () => {
    agent = "PENDING";
    expect(await refusal()).to.equal(
      "the agent of ECS Exec in container users of task new is PENDING: it starts some seconds after the task; try again",
    );
    agent = "STOPPED";
    expect(await refusal()).to.match(/is STOPPED: it did not start or has ended; `restart` brings new tasks$/);
  });
});
