import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type Stack, type UpResult } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import type { Live, LiveService } from "../../components/live";
import program from "../../index";
import { OpenProvider } from "./open-provider";

const ROOT = join(__dirname, "../..");
const IMAGE = `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/test/users@sha256:${"a".repeat(64)}`;

const v1 = { image: IMAGE, name: "v1" };
const empty = { release: null, size: 0 };
const START: LiveService = { active: "green", colours: { blue: empty, green: empty } };
const WARM: LiveService = { active: "green", colours: { blue: { release: v1, size: 2 }, green: empty } };
const FLIPPED: LiveService = { ...WARM, active: "blue" };

interface StateResource {
  urn: string;
  type: string;
  dependencies?: string[];
}

describe("the program under the engine", () => {
  const provider = new OpenProvider();
  let directory: string;
  let awsx: ChildProcess;
  let stack: Stack;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-test-"));
    const pulumiCommand = await ensurePulumiCli();
    awsx = spawn(process.execPath, ["-r", "ts-node/register", "rehearsal/awsx/main.ts"], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const failed = once(awsx, "exit").then(() => Promise.reject(new Error("the awsx stand-in ended")));
    const [awsxPort] = await Promise.race([once(awsx.stdout!, "data"), failed]);
    stack = await LocalWorkspace.createStack(
      { stackName: "test", projectName: "aoshingo", program },
      {
        workDir: directory,
        pulumiCommand,
        projectSettings: { name: "aoshingo", runtime: "nodejs", backend: { url: `file://${directory}` } },
        envVars: {
          PULUMI_CONFIG_PASSPHRASE: "",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          PULUMI_DEBUG_PROVIDERS: `aws:${await provider.listen()},awsx:${String(awsxPort).trim()}`,
        },
      },
    );
    await stack.setConfig("aws:region", { value: "ap-northeast-1" });
    await stack.setConfig("aoshingo:domain", { value: "rehearsal.test" });
    await set("services", { users: { kind: "api" } });
    await stack.up();
  });

  after(async () => {
    awsx.removeAllListeners("exit").kill();
    provider.close();
    await rm(directory, { recursive: true, force: true });
  });

  const set = (key: string, value: unknown) => stack.setConfig(`aoshingo:${key}`, { value: JSON.stringify(value) });
  const setLive = (serial: number, users: LiveService) => set("live", { serial, services: { users } } satisfies Live);
  const changesOf = ({ summary }: UpResult) => {
    const { same: _, read: __, ...changes } = summary.resourceChanges ?? {};
    return changes;
  };
  const resources = async () => (await stack.exportStack()).deployment.resources as StateResource[];

  it("starts without a release, ready for the first one on blue", async () => {
    const outputs = await stack.outputs();
    expect(outputs.live?.value).to.deep.equal({ serial: 0, services: { users: START } });
    expect(outputs.services?.value.users.colours.blue).to.include({ ecsService: null, taskDefinition: null });
  });

  it("boots instances after the service, the rules, the policies and the security group's rules", async () => {
    await setLive(1, WARM);
    expect(changesOf(await stack.up())).to.deep.equal({ create: 2, update: 1 });
    const group = (await resources()).find(({ urn }) => urn.endsWith("::users-blue-instances"))!;
    const names = group.dependencies!.map((urn) => urn.split("::").at(-1));
    expect(names).to.include.members([
      "users-blue-service",
      "users-production-at-blue",
      "users-production-at-green",
      "users-test-at-blue",
      "users-test-at-green",
      "users-agent",
      "users-pull-and-log",
      "users-from-public",
      "public-to-users",
      "users-to-https",
    ]);
  });

  it("changes nothing in a run without live state, whatever the settings of a colour that runs", async () => {
    await stack.removeConfig("aoshingo:live");
    expect(changesOf(await stack.up())).to.deep.equal({});
    await set("services", { users: { kind: "api", port: 9000, cpu: 512, memory: 512, instanceType: "t4g.small" } });
    const changes = changesOf(await stack.up());
    await set("services", { users: { kind: "api" } });
    await stack.up();
    expect(changes, "only the launch template of green, which has no instances").to.deep.equal({ update: 1 });
  });

  it("flips rules before records, and nothing else", async () => {
    await setLive(2, FLIPPED);
    const order: string[] = [];
    const result = await stack.up({
      onEvent: ({ resourcePreEvent }) => {
        if (resourcePreEvent && resourcePreEvent.metadata.op !== "same" && resourcePreEvent.metadata.op !== "read") {
          order.push(resourcePreEvent.metadata.type);
        }
      },
    });
    expect(changesOf(result)).to.deep.equal({ update: 6 });
    expect(order).to.deep.equal([
      ...Array(4).fill("aws:lb/listenerRule:ListenerRule"),
      ...Array(2).fill("aws:route53/record:Record"),
    ]);
  });

  it("refuses a serial that does not follow, in one line", async () => {
    await setLive(7, FLIPPED);
    const error = await stack.up().then(() => "done", String);
    expect(error).to.contain("aoshingo:live.serial is 7, but the stack is at 2: wanted 2 or 3.");
    expect(error).not.to.contain("live-state.ts");
  });
});
