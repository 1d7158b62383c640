import "../../automation/core/silent-aws-sdk";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DescribeTasksCommand, ECSClient } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import type { DeployEvent } from "../../automation/ports/events";
import { previewUnchanged } from "./expectations";
import { changeSettings, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const SIDECARS = ["config", "aoshingo:services", "users", "sidecars"];
const SOURCE = join(__dirname, "sidecar");

describe("a service with a sidecar", () => {
  let stack: RunningStack;

  before(async () => {
    stack = await sharedStack({ from: "release" });
  });
  after(async () => {
    if (!stack) return;
    await changeSettings(stack.settingsFile, SIDECARS, undefined);
    await stack.up();
    await deploy("users");
  });

  const setAgent = (tag: string) =>
    changeSettings(stack.settingsFile, SIDECARS, { agent: { image: `users:${tag}`, env: { LEVEL: "warn" } } });

  async function deploy(...args: string[]): Promise<string> {
    const { exitCode, errors, events } = await stack.deployAll(args);
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
    return detailOf(events, "preflight");
  }

  function detailOf(events: readonly DeployEvent[], step: string): string {
    return events.flatMap((event) => (event.type === "stepEnded" && event.step === step ? [event.detail] : [])).join();
  }

  /** Of production's tasks: the containers that run, each with the digest of its image. */
  async function containers(): Promise<string[][]> {
    const { active } = (await stack.production())!;
    const { cluster } = (await stack.outputs()).services.users!.colours[active];
    const ecs = new ECSClient(stack.clientOptions);
    try {
      const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: await stack.tasksOf(active) }));
      return tasks!.map((task) => task.containers!.map(({ name, imageDigest }) => `${name} ${imageDigest}`));
    } finally {
      ecs.destroy();
    }
  }

  async function linesOf(container: string): Promise<string[]> {
    const logs = join(stack.directory, "cloud", "logs");
    const files = await readdir(logs, { recursive: true, withFileTypes: true });
    const own = files.filter((file) => file.isFile() && file.parentPath.endsWith(`/${container}`));
    const texts = await Promise.all(own.map((file) => readFile(join(file.parentPath, file.name), "utf8")));
    return texts.join("").trimEnd().split("\n");
  }

  it("is refused as long as its image is not there, and nothing changes", async () => {
    await setAgent("agent-1");
    await stack.up();
    const before = await stack.production();
    const { exitCode, errors } = await stack.deployAll(["users"]);
    expect(exitCode).to.equal(2);
    expect(errors).to.contain(
      'aoshingo:services.users.sidecars.agent.image: given "users:agent-1", wanted an image that is in its repository',
    );
    expect(await stack.production()).to.deep.equal(before);
  });

  it("is deployed with it, pinned by digest, and the stack has nothing left to change", async () => {
    for (const tag of ["agent-1", "agent-2"]) await stack.push(tag, "none", "users", SOURCE);
    expect(await deploy("users")).to.contain("(sidecar agent added)");
    const seen = await containers();
    expect(seen.length).to.be.greaterThan(0);
    for (const [own, agent] of seen) {
      expect(own).to.match(/^users sha256:/);
      expect(agent).to.match(/^agent sha256:/);
    }
    expect((await linesOf("agent")).join("\n")).to.match(/^agent of users \S+, level warn$/m);
    const preview = await previewUnchanged(stack);
    expect(preview.exitCode, preview.text).to.equal(0);
  });

  it("has another one with the next release, and the first one again after a rollback", async () => {
    const first = await containers();
    await setAgent("agent-2");
    expect(await deploy("users")).to.contain("(sidecar agent: image users:agent-1 -> users:agent-2)");
    const second = await containers();
    expect(second[0]![1]).not.to.equal(first[0]![1]);
    expect(second[0]![0]).to.equal(first[0]![0]);
    const back = await stack.run("rollback", ["users"]);
    expect(back.exitCode, back.errors).to.equal(0);
    expect(await containers()).to.deep.equal(first);
    // The retired colour's agents had their time to end.
    expect((await linesOf("agent")).join("\n")).to.match(/^counted 0$/m);
  });
});
