import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AwsMigrationObserver } from "../../automation/aws/migration-observer";
import { AwsObserver } from "../../automation/aws/observer";
import { AwsTaskRunner } from "../../automation/aws/run-task";
import { AwsScheduledEnds } from "../../automation/aws/scheduled-ends";
import { SecretValues } from "../../automation/aws/secret-values";
import { AwsTaskDrain } from "../../automation/aws/task-drain";
import { AwsTrafficSwitch } from "../../automation/aws/traffic-switch";
import { systemClock } from "../../automation/core/clock";
import { readStackSettings } from "../../automation/core/project";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { deploy } from "../../automation/deploy/deploy";
import { httpsClient } from "../../automation/observe/https-client";
import { HttpsProbeClient } from "../../automation/observe/probes/probe-client";
import type { DeployEvent } from "../../automation/ports/events";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import { WorkspaceStack } from "../../automation/stack/workspace-stack";
import { openStore } from "../../automation/store/open-store";
import { FaultsClient } from "../../rehearsal/cloud/faults/faults-client";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { changeSettings, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

import program = require("../../index");

const HEALTH_PATH = ["config", "aoshingo:services", "users", "healthCheck", "path"];

type Break = pulumi.ResourceTransformation;

interface Failure {
  /** What the command ends with. */
  message: string;
  /** All lines of the steps that failed, the first one's first. */
  details: string[];
  /** What the cloud said meanwhile: it knows what AWS would not tell. */
  cloudLog: string;
}

/**
 * The program is broken on purpose, one thing at a time, by changing what it declares on its way to the engine: the
 * rehearsal has to fail as AWS would, and say why. Each is a first release, so the next one starts from an empty
 * colour.
 */
describe("a broken program", () => {
  let stack: RunningStack;
  const own = { ...process.env };

  before(async () => {
    stack = await sharedStack({ from: "infrastructure" });
    await stack.push("v1");
    // The deploy runs in this process, because the broken program does.
    Object.assign(process.env, stack.environment);
  });
  after(() => {
    for (const key of Object.keys(process.env)) if (!(key in own)) delete process.env[key];
    Object.assign(process.env, own);
  });

  /**
   * Deploys the first release with a program in which `broken` changes what it wants to.
   * @param inTwoRuns the broken infrastructure is there before the release: what the engine deletes goes last in a run
   */
  async function fails(broken: Break, { inTwoRuns = false } = {}): Promise<Failure> {
    const { settings, region } = readStackSettings(STACK, stack.settingsFile);
    const details: string[] = [];
    const saidBefore = stack.cloudLog.length;
    const emit = (event: DeployEvent) => {
      if (event.type === "stepEnded" && !event.ok) details.push(event.detail);
    };
    const changed = async () => {
      pulumi.runtime.registerStackTransformation(broken);
      return program();
    };
    const workspace = await WorkspaceStack.open(STACK, stack.settingsFile, changed, () => ensurePulumiCli());
    // A broken program cannot take itself back either: its run would stay open, and refuse the next one.
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-broken-"));
    try {
      const context = {
        settings,
        stack: workspace,
        observer: new AwsObserver(region),
        httpClient: httpsClient,
        probeClient: new HttpsProbeClient(),
        taskRunner: new AwsTaskRunner(region),
        trafficSwitch: new AwsTrafficSwitch(region),
        secretReader: new SecretValues(region),
        migrationObserver: new AwsMigrationObserver(region),
        taskDrain: new AwsTaskDrain(region),
        scheduledEnds: new AwsScheduledEnds(region),
        clock: systemClock,
        signal: new AbortController().signal,
        halt: new AbortController().signal,
        keep: false,
        despiteAlarms: false,
        despiteUnhealthy: false,
        despiteFreeze: false,
        onLease: () => {},
        credentialsEndMs: null,
        projectDirectory: PROJECT_DIRECTORY,
        emit,
      };
      if (inTwoRuns) {
        const { live } = (await workspace.outputs())!;
        await workspace.up(live, { message: "break", signal: context.signal, onProgress: () => {} });
      }
      await deploy(context, openStore(STACK, { directory, outputs: null }), {
        command: "deploy",
        requests: [{ service: "users", image: "v1" }],
        reason: "",
        waitMs: 0,
      });
    } catch (error) {
      const cloudLog = stack.cloudLog.slice(saidBefore).join("\n");
      return { message: (error as Error).message, details, cloudLog };
    } finally {
      await workspace.close();
      await rm(directory, { recursive: true, force: true });
    }
    throw new Error("the broken program was deployed");
  }

  /** Changes the arguments of the one resource of this logical name. */
  const change =
    (name: string, changes: (props: Record<string, unknown>) => Record<string, unknown>): Break =>
    (args) =>
      args.name === name ? { props: { ...args.props, ...changes(args.props) }, opts: args.opts } : undefined;

  it("agent role without its policy: no instance joins, and the refused action is named", async () => {
    const nothing = { Effect: "Allow", Action: "ecs:DescribeClusters", Resource: "*" };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [nothing] });
    const { message, details, cloudLog } = await fails(change("users-agent", () => ({ policy })));
    expect(message).to.match(/^warm failed: users blue did not come up: none of 2 instances joined the ECS cluster/);
    expect(details[0]).to.match(/\nthe idle colour is not up: users: 0 of 2 targets are healthy in .*\(after 23 s\)$/);
    expect(cloudLog).to.match(
      /instance i-\w+ did not join an ECS cluster: role users-instance-\w+ may not ecs:DiscoverPollEndpoint on \*/,
    );
  });

  it("private subnets without NAT: no instance joins, and the missing route is named", async () => {
    const withoutNat = change("network-vpc", () => ({ natGateways: { strategy: "None" } }));
    const { message, cloudLog } = await fails(withoutNat, { inTwoRuns: true });
    expect(message)
      .to.contain("warm failed: users blue did not come up: none of 2 instances joined the ECS cluster")
      .and.contain("the way to ECS (NAT or endpoints)");
    expect(cloudLog).to.match(
      /no route to ECS: subnet subnet-\w+ has no route to the internet, and VPC vpc-\w+ has no endpoint for ecs/,
    );
  });

  it("security group without the load balancers' ingress: health checks time out", async () => {
    const { message, details } = await fails(change("users-from-public", () => ({ fromPort: 9999, toPort: 9999 })));
    expect(message).to.contain("users blue did not come up: target is: unhealthy, Target.Timeout: Request timed out");
    expect(details[0]).to.contain("Target.Timeout");
  });

  it("wrong ECS_CLUSTER in the user data: no instance joins, and the other cluster is named", async () => {
    const wrong = ({ userData }: Record<string, unknown>) => {
      const script = Buffer.from(userData as string, "base64").toString();
      return { userData: Buffer.from(script.replace(/ECS_CLUSTER=.*/, "ECS_CLUSTER=elsewhere")).toString("base64") };
    };
    const { message, cloudLog } = await fails(change("users-blue-instance", wrong));
    expect(message)
      .to.contain("none of 2 instances joined the ECS cluster aoshingo-rehearsal-users-blue")
      .and.contain("ECS_CLUSTER in the user data");
    // Before ECS looks for the cluster, IAM refuses: the role is for the service's own ones.
    expect(cloudLog).to.match(
      /role users-instance-\w+ may not ecs:RegisterContainerInstance on arn:aws:ecs:[\w:-]+:cluster\/elsewhere/,
    );
  });

  it("health path that answers 404: the code is named", async () => {
    await changeSettings(stack.settingsFile, HEALTH_PATH, "/nowhere");
    const { message } = await fails(() => undefined);
    await changeSettings(stack.settingsFile, HEALTH_PATH, undefined);
    expect(message).to.contain(
      "target is: unhealthy, Target.ResponseCodeMismatch: Health checks failed with these codes: [404]",
    );
  });

  it("a name over 32 characters: refused before anything changes", async () => {
    const { message } = await fails(change("users-blue-at-blue", () => ({ name: "a".repeat(33) })));
    expect(message).to.match(/^warm failed: users-blue-at-blue: .*name.* cannot be longer than 32 characters/);
    expect(await stack.tasksOf("blue")).to.deep.equal([]);
  });

  it("a target group on both load balancers: TargetGroupAssociationLimit", async () => {
    let atBlue: unknown;
    const { message } = await fails((args) => {
      if (args.name === "users-test-at-blue") atBlue = args.props.actions;
      if (args.name !== "users-test-at-green") return undefined;
      return { props: { ...args.props, actions: atBlue }, opts: args.opts };
    });
    expect(message)
      .to.contain("TargetGroupAssociationLimit")
      .and.contain("The following target groups cannot be associated with more than one load balancer: arn:aws:");
  });

  it("and the same program, whole, comes up", async () => {
    // The runs above had other settings, and a deploy in CI's role leaves those to `pulumi up`.
    await stack.up();
    const { exitCode, events } = await stack.deploy("v1");
    expect(exitCode, JSON.stringify(events.at(-1))).to.equal(0);
  });
});

type Ended = Extract<DeployEvent, { type: "deployEnded" }>;

/** After the broken programs, because a first release has none to go back to: the next one is the only way out. */
describe("a first release that falls sick", () => {
  let stack: RunningStack;

  before(async () => {
    stack = await sharedStack({ from: "release" });
    await stack.push("v2");
    const faults = new FaultsClient(stack.environment.AWS_ENDPOINT_URL!);
    const { release } = (await stack.production())!;
    await faults.add({ kind: "unhealthyAfter", service: "users", release, afterSeconds: 0, since: "now" });
    await stack.untilTargets("blue", "unhealthy");
  });
  after(() => new FaultsClient(stack.environment.AWS_ENDPOINT_URL!).clear());

  it("refuses the next deploy, and says how the cure is deployed", async () => {
    const { exitCode, events } = await stack.deploy("v2");
    expect(exitCode).to.equal(1);
    const { failedStep, reason } = events.find((event): event is Ended => event.type === "deployEnded")!;
    expect(failedStep).to.equal("preflight");
    expect(reason).to.match(
      /^preflight failed: production is not healthy now, .* --despite-unhealthy "REASON"; nothing was changed$/,
    );
  });

  it("gives way to the cure", async () => {
    const { exitCode, errors, events } = await stack.deployAll(["users=v2", "--despite-unhealthy", "v1 fell sick"]);
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
    const { active, colours } = (await stack.outputs()).live.services.users!;
    expect({ active, release: colours.green.release?.name, blue: colours.blue.size }).to.deep.equal({
      active: "green",
      release: "v2",
      blue: 0,
    });
  });
});
