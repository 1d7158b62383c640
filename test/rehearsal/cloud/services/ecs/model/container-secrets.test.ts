import { expect } from "chai";
import type { Task } from "../../../../../../rehearsal/cloud/services/ecs/model/task";
import { Scene } from "../../../compute-scene";
import { refusal } from "../../../refusal";
import { workerRequest } from "./task-request";

const PARAMETER = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/users/token";
const SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:users-db-a1B2c3";
const EXECUTION_USER = "arn:aws:sts::123456789012:assumed-role/users-execution/";

describe("rehearsal/cloud/services/ecs/model/container-secrets", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene({ bootSeconds: 0 });
    await scene.startInstance();
    scene.secrets.set(PARAMETER, "from ssm").set(SECRET, "from secrets manager").set(`${SECRET}:password::`, "hunter2");
  });
  afterEach(() => scene.close());

  const register = (
    secrets: { name: string; valueFrom: string }[],
    overrides: Parameters<typeof workerRequest>[0] = {},
  ) =>
    scene.compute.ecs.taskDefinitions.register(
      workerRequest({ command: ["sh", "-c", 'test "$TOKEN" = "$WANTED"'], ...overrides, container: { secrets } }),
    );
  const run = async (valueFrom: string, wanted = ""): Promise<Task> => {
    const { tasks } = scene.compute.ecs.runTask("users", {
      definition: register([{ name: "TOKEN", valueFrom }]),
      count: 1,
      startedBy: undefined,
      group: undefined,
      overrides: { environment: [{ name: "WANTED", value: wanted }] },
      clientToken: undefined,
    });
    await scene.until("an ended task", () => tasks[0]!.lastStatus === "STOPPED");
    return tasks[0]!;
  };

  for (const [valueFrom, value] of [
    [PARAMETER, "from ssm"],
    [SECRET, "from secrets manager"],
    [`${SECRET}:password::`, "hunter2"],
  ] as const) {
    it(`gives the process the value of ${valueFrom}, and logs it nowhere`, async () => {
      expect((await run(valueFrom, value)).exitCode).to.equal(0);
      expect((await run(valueFrom, `${value}?`)).exitCode).to.equal(1);
      expect(JSON.stringify([scene.written, scene.events, scene.context.lines])).not.to.contain(value);
    });
  }

  for (const [what, spoil, valueFrom, reason] of [
    [
      "a missing parameter",
      (s: Scene) => s.secrets.clear(),
      PARAMETER,
      /^Fetching secret data from SSM Parameter Store in ap-northeast-1: invalid parameters: \/users\/token$/,
    ],
    [
      "a missing parameter that is only named",
      () => {},
      "/users/other",
      /^Fetching secret data from SSM Parameter Store in ap-northeast-1: invalid parameters: \/users\/other$/,
    ],
    [
      "a missing secret",
      (s: Scene) => s.secrets.clear(),
      SECRET,
      /^Fetching secret data from AWS Secrets Manager in region ap-northeast-1: secret arn:.*users-db-a1B2c3: ResourceNotFoundException: Secrets Manager can't find the specified secret\.$/,
    ],
    [
      "a role that may not read parameters",
      (s: Scene) => s.denied.add("ssm:GetParameters"),
      PARAMETER,
      new RegExp(
        `AccessDeniedException: User: ${EXECUTION_USER}[0-9a-f]{32} is not authorized to perform: ssm:GetParameters on resource: ${PARAMETER} because no identity-based policy allows the ssm:GetParameters action$`,
      ),
    ],
    [
      "a role that may not read secrets",
      (s: Scene) => s.denied.add("secretsmanager:GetSecretValue"),
      `${SECRET}:password::`,
      new RegExp(`is not authorized to perform: secretsmanager:GetSecretValue on resource: ${SECRET} because`),
    ],
    [
      "no route",
      (s: Scene) => s.noRoute.set("ssm", "no NAT"),
      PARAMETER,
      /^Fetching secret data from SSM Parameter Store in ap-northeast-1: RequestError: send request failed: no NAT$/,
    ],
  ] as const) {
    it(`${what}: the task stops before its container starts (C17)`, async () => {
      spoil(scene);
      const task = await run(valueFrom);
      expect(task).to.include({ stopCode: "TaskFailedToStart", startedAtMs: undefined, exitCode: undefined });
      expect(task.stoppedReason).to.match(reason);
    });
  }

  it("need an execution role and names that differ from those of variables (C16)", () => {
    expect(
      refusal(() => register([{ name: "TOKEN", valueFrom: PARAMETER }], { executionRoleArn: undefined })),
    ).to.equal(
      "ClientException: When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
    expect(refusal(() => register([{ name: "RELEASE", valueFrom: PARAMETER }]))).to.equal(
      "ClientException: The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'RELEASE'.",
    );
  });
});
