import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { ensurePulumiCli } from "../../../automation/pulumi-cli/ensure-pulumi-cli";
import { openAutomationStack } from "../../../automation/stack/automation-stack";

const ROUNDS = 50;

/** On the real engine, with resources that need no provider. */
describe("automation/stack/run-memory", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-test-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it("keeps nothing that an `up` declared, whether it succeeded or not", async () => {
    const declared: WeakRef<pulumi.Resource>[] = [];
    let problem: Error | null = null;
    const program = async () => {
      declared.push(new WeakRef(new pulumi.ComponentResource("test:component:Component", "component")));
      if (problem) throw problem;
      return {};
    };
    const stack = await openAutomationStack({
      ...{ name: "test", directory, program, pulumi: await ensurePulumiCli(), create: true },
      secretsProvider: undefined,
      environment: {
        PULUMI_BACKEND_URL: `file://${directory}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
    await stack.up();
    await stack.up();
    problem = new Error("a problem");
    expect(await stack.up().catch(({ name }: Error) => name)).to.equal("EngineFailed");
    problem = null;
    await stack.up();
    expect(await collected(declared)).to.equal(true);
  });
});

/** Collects garbage until nothing is left of some objects, as connections and timers end in later turns of the event loop. */
async function collected(references: readonly WeakRef<object>[]): Promise<boolean> {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  for (let round = 0; round < ROUNDS; round += 1) {
    await new Promise(setImmediate);
    gc();
    if (references.every((reference) => reference.deref() === undefined)) return true;
  }
  return false;
}
