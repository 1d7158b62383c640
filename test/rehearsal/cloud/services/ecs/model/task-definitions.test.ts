import { expect } from "chai";
import { parseContainerDefinitions } from "../../../../../../rehearsal/cloud/services/ecs/model/container-definition";
import {
  type TaskDefinitionRequest,
  TaskDefinitions,
} from "../../../../../../rehearsal/cloud/services/ecs/model/task-definitions";
import { quietCloud } from "../../../quiet-cloud";
import { refusal } from "../../../refusal";
import { taskRequest } from "./task-request";

describe("rehearsal/cloud/services/ecs/model/task-definitions", () => {
  it("counts revisions, and never uses a number twice (C1)", () => {
    const definitions = new TaskDefinitions(quietCloud());
    const first = definitions.register(taskRequest());
    expect(first.arn).to.equal("arn:aws:ecs:ap-northeast-1:123456789012:task-definition/users:1");
    definitions.deregister(first.arn);
    expect(definitions.register(taskRequest()).revision).to.equal(2);
    expect(definitions.get("users").revision).to.equal(2);
    expect(definitions.get("users:1").status).to.equal("INACTIVE");
  });

  it("lets services use only active revisions (C1)", () => {
    const definitions = new TaskDefinitions(quietCloud());
    const { arn } = definitions.register(taskRequest());
    expect(definitions.usable(arn).revision).to.equal(1);
    definitions.deregister(arn);
    expect(refusal(() => definitions.usable(arn))).to.equal("ClientException: TaskDefinition is inactive");
    expect(refusal(() => definitions.usable("users:7"))).to.equal("ClientException: TaskDefinition not found.");
    expect(refusal(() => definitions.get("users"))).to.equal("ClientException: Unable to describe task definition.");
  });

  it("needs memory, and CPU within limits (C2)", () => {
    const definitions = new TaskDefinitions(quietCloud());
    const register = (overrides: Partial<TaskDefinitionRequest>) =>
      refusal(() => definitions.register({ ...taskRequest(), ...overrides }));
    const { container } = taskRequest();
    expect(register({ memory: undefined })).to.equal(
      "ClientException: Invalid setting for container 'users'. At least one of 'memory' or 'memoryReservation' must be specified.",
    );
    expect(register({ memory: undefined, container: { ...container, memory: 6 } })).to.equal("accepted");
    expect(register({ container: { ...container, memory: 64, memoryReservation: 64 } })).to.equal(
      "ClientException: Invalid setting for container 'users'. 'memory' must be greater than 'memoryReservation'.",
    );
    expect(register({ cpu: 127 })).to.contain("Invalid 'cpu' setting for task");
    expect(register({ networkMode: "host" })).to.contain(
      "the host ports and container ports in port mappings must match",
    );
  });

  const container = (extra: object) => JSON.stringify([{ name: "users", image: "users", ...extra }]);
  const problems = (json: string) => parseContainerDefinitions(json).problems;

  it("takes no container health check, by which ECS would replace tasks, too (C20)", () => {
    expect(problems(container({ healthCheck: { command: ["CMD", "true"] } }))).to.deep.equal([
      '0: Unrecognized key: "healthCheck"',
    ]);
  });

  it("takes a version of a secret, and none of a parameter (P8)", () => {
    const refused = (valueFrom: string) => problems(container({ secrets: [{ name: "KEY", valueFrom }] }));
    for (const taken of [
      "/prod/key",
      "arn:aws:ssm:ap-northeast-1:123456789012:parameter/prod/key",
      "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:key-a1B2c3:::0f9d4cb8",
    ])
      expect(refused(taken)).to.deep.equal([]);
    for (const versioned of ["/prod/key:2", "arn:aws:ssm:ap-northeast-1:123456789012:parameter/prod/key:2"])
      expect(refused(versioned)).to.deep.equal([
        "0.secrets.0: The Systems Manager parameter name specified for secret KEY is invalid. The parameter name can be up to 2048 characters and include the following letters and symbols: a-zA-Z0-9_.-/",
      ]);
  });

  it("names every unknown key", () => {
    expect(problems(container({}))).to.deep.equal([]);
    expect(problems(container({ links: [] }))).to.deep.equal(['0: Unrecognized key: "links"']);
    expect(problems(container({ portMappings: [{ containerPort: 1, appProtocol: "http" }] }))).to.deep.equal([
      '0.portMappings.0: Unrecognized key: "appProtocol"',
    ]);
    expect(problems(container({ logConfiguration: { logDriver: "splunk", options: {} } }))[0]).to.equal(
      "0.logConfiguration.logDriver: the rehearsal cloud supports only the log driver awslogs",
    );
    expect(problems("[]")).to.deep.equal([": Container list cannot be empty"]);
    expect(problems("{")[0]).to.match(/^ECS Task Definition container_definitions is invalid: /);
  });
});
