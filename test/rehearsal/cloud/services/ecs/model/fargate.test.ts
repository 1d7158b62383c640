import { expect } from "chai";
import type { RunTaskRequest } from "../../../../../../rehearsal/cloud/services/ecs/model/run-task";
import type { TaskDefinitionRequest } from "../../../../../../rehearsal/cloud/services/ecs/model/task-definitions";
import { Scene } from "../../../compute-scene";
import { refusal } from "../../../refusal";
import { taskRequest } from "./task-request";

const NETWORK = { subnets: ["subnet-a"], securityGroups: ["sg-users"] };

describe("rehearsal/cloud/services/ecs/model/fargate", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene();
    scene.compute.ecs.createCluster("users");
  });
  afterEach(() => scene.close());

  /** A job's task, as components/service/tasks.ts declares it. */
  const jobRequest = (more: Partial<TaskDefinitionRequest> = {}, container: object = {}): TaskDefinitionRequest => ({
    ...taskRequest({
      ...{ cpu: 256, memory: 512, command: ["sh", "-c", "echo done; exit 3"] },
      container: {
        portMappings: undefined,
        mountPoints: [{ sourceVolume: "tmp", containerPath: "/tmp" }],
        ...container,
      },
    }),
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    volumes: ["tmp"],
    ...more,
  });
  const register = (more: Partial<TaskDefinitionRequest> = {}, container: object = {}) =>
    scene.compute.ecs.taskDefinitions.register(jobRequest(more, container));
  const request = (more: Partial<RunTaskRequest> = {}): RunTaskRequest => ({
    ...{ definition: register(), launchType: "FARGATE", network: NETWORK, count: 1, startedBy: "run-1" },
    ...{ group: undefined, overrides: { environment: [] }, clientToken: undefined },
    ...more,
  });

  it("runs a task without an instance of the cluster, on a machine of its own", async () => {
    const [task] = scene.compute.ecs.runTask("users", request()).tasks;
    expect([...scene.compute.ecs.cluster("users").instances]).to.deep.equal([]);
    await scene.until("an ended task", () => task!.lastStatus === "STOPPED");
    expect(task).to.include({ exitCode: 3, stopCode: "EssentialContainerExited" });
    expect(scene.written.join("\n")).to.include("done");
  });

  const refused: [what: string, more: Partial<TaskDefinitionRequest>, container: object, message: string][] = [
    [
      "a size that there is not",
      { memory: 600 },
      {},
      "No Fargate configuration exists for given values: 256 CPU, 600 memory.",
    ],
    ["a network of another mode", { networkMode: "bridge" }, {}, "Fargate only supports network mode 'awsvpc'."],
    ["no CPU", { cpu: undefined }, {}, "Fargate requires that 'cpu' be defined at the task level."],
    ["no memory", { memory: undefined }, {}, "Fargate requires that 'memory' be defined at the task level."],
    [
      "no execution role",
      { executionRoleArn: undefined },
      {},
      "Fargate requires task definition to have execution role ARN to support ECR images.",
    ],
    [
      "a folder in memory",
      {},
      { linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 64 }] } },
      "Fargate does not support tmpfs, which container 'users' has.",
    ],
    ["a long stop", {}, { stopTimeout: 121 }, "Invalid 'stopTimeout' setting for container 'users': at most 120."],
    ["a volume that there is not", { volumes: [] }, {}, "Unknown volume 'tmp'."],
  ];
  for (const [what, more, container, message] of refused) {
    it(`refuses a task definition with ${what}`, () => {
      expect(refusal(() => register(more, container))).to.equal(`ClientException: ${message}`);
    });
  }

  it("refuses a launch that the task definition is not for", () => {
    const run = (more: Partial<RunTaskRequest>) => refusal(() => scene.compute.ecs.runTask("users", request(more)));
    const code = "InvalidParameterException";
    expect(run({ launchType: "EC2" })).to.equal(`${code}: Task definition does not support launch_type EC2.`);
    expect(run({ network: undefined })).to.equal(
      `${code}: Network Configuration must be provided when networkMode 'awsvpc' is specified.`,
    );
    const onInstances = scene.compute.ecs.taskDefinitions.register(taskRequest());
    expect(run({ definition: onInstances, launchType: "EC2" })).to.equal(
      `${code}: Network Configuration is not valid for the given networkMode of this task definition.`,
    );
  });
});
