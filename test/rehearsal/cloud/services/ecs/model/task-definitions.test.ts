import { expect } from "chai";
import { parseContainerDefinitions } from "../../../../../../rehearsal/cloud/services/ecs/model/container-definition";
import {
  type TaskDefinitionRequest,
  TaskDefinitions,
} from "../../../../../../rehearsal/cloud/services/ecs/model/task-definitions";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";
import { taskRequest } from "./task-request";

describe("rehearsal/cloud/services/ecs/model/task-definitions", () => {
  it("counts revisions, and never uses a number twice (C1)", () => {
    const definitions = new TaskDefinitions(silentCloud());
    const first = definitions.register(taskRequest());
    expect(first.arn).to.equal("arn:aws:ecs:ap-northeast-1:123456789012:task-definition/users:1");
    definitions.deregister(first.arn);
    expect(definitions.register(taskRequest()).revision).to.equal(2);
    expect(definitions.get("users").revision).to.equal(2);
    expect(definitions.get("users:1").status).to.equal("INACTIVE");
  });

  it("lets services use only active revisions (C1)", () => {
    const definitions = new TaskDefinitions(silentCloud());
    const { arn } = definitions.register(taskRequest());
    expect(definitions.usable(arn).revision).to.equal(1);
    definitions.deregister(arn);
    expect(refusal(() => definitions.usable(arn))).to.equal("ClientException: TaskDefinition is inactive");
    expect(refusal(() => definitions.usable("users:7"))).to.equal("ClientException: TaskDefinition not found.");
    expect(refusal(() => definitions.get("users"))).to.equal("ClientException: Unable to describe task definition.");
  });

  it("needs memory, and CPU within limits (C2)", () => {
    const definitions = new TaskDefinitions(silentCloud());
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

  describe("with several containers", () => {
    const { container: own } = taskRequest();
    const agent = { ...own, name: "agent", portMappings: [] };
    const dependsOn = (...names: string[]) => ({
      dependsOn: names.map((containerName) => ({ containerName, condition: "START" as const })),
    });
    const CASES: { what: string; request: Partial<TaskDefinitionRequest>; answer: string }[] = [
      {
        what: "takes one that depends on another and has a link to it",
        request: { container: { ...own, ...dependsOn("agent"), links: ["agent"] }, others: [agent] },
        answer: "accepted",
      },
      {
        what: "needs an essential one (C41)",
        request: { container: { ...own, essential: false }, others: [{ ...agent, essential: false }] },
        answer: "ClientException: A task definition must have at least one essential container.",
      },
      {
        what: "takes no dependency on a container that is not there (C42)",
        request: { container: { ...own, ...dependsOn("proxy") }, others: [agent] },
        answer: "ClientException: Cannot depend on container + 'proxy' because it does not exist",
      },
      {
        what: "takes no circle of dependencies (C42)",
        request: { container: { ...own, ...dependsOn("agent") }, others: [{ ...agent, ...dependsOn("users") }] },
        answer: "ClientException: Container dependencies should not have a cycle",
      },
      {
        what: "takes no circle of links (C43)",
        request: { container: { ...own, links: ["agent"] }, others: [{ ...agent, links: ["users"] }] },
        answer: "ClientException: Container links should not have a cycle",
      },
      {
        what: "takes no link to a container that is not there (C43)",
        request: { container: { ...own, links: ["proxy"] }, others: [agent] },
        answer: "ClientException: Cannot link to container 'proxy' because it does not exist",
      },
      {
        what: "takes links in bridge mode only (C43)",
        request: {
          networkMode: "host",
          container: { ...own, portMappings: [], links: ["agent"] },
          others: [agent],
        },
        answer: "ClientException: Links are not supported when networkMode=host.",
      },
      {
        what: "takes as much CPU as its task has (C45)",
        request: { cpu: 256, container: { ...own, cpu: 128 }, others: [{ ...agent, cpu: 128 }] },
        answer: "accepted",
      },
      {
        what: "takes no more CPU than its task has (C45)",
        request: { cpu: 256, container: { ...own, cpu: 128 }, others: [{ ...agent, cpu: 129 }] },
        answer:
          "ClientException: The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
      },
      {
        what: "takes no more memory than its task has (C45)",
        request: { memory: 256, container: { ...own, memory: 200 }, others: [{ ...agent, memory: 100 }] },
        answer:
          "ClientException: The sum of all container 'memory' values cannot be greater than the value of the task 'memory'.",
      },
    ];
    for (const { what, request, answer } of CASES) {
      it(what, () => {
        const definitions = new TaskDefinitions(silentCloud());
        expect(refusal(() => definitions.register({ ...taskRequest(), ...request }))).to.equal(answer);
      });
    }

    it("has ten at most (C44)", () => {
      const containers = (count: number) =>
        JSON.stringify(Array.from({ length: count }, (_, place) => ({ name: `c${place}`, image: "users" })));
      expect(problems(containers(10))).to.deep.equal([]);
      expect(problems(containers(11))).to.deep.equal([": Task definition supports max 10 container definitions"]);
    });
  });

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
    expect(problems(container({ volumesFrom: [] }))).to.deep.equal(['0: Unrecognized key: "volumesFrom"']);
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
