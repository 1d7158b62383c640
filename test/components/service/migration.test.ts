import { expect } from "chai";
import { type ContainerArgs, migrationContainer, serviceContainers } from "../../../components/service/container";
import { release } from "../../automation/deploy/worlds";
import { IMAGE, Scene } from "../../rehearsal/cloud/compute-scene";
import { workerRequest } from "../../rehearsal/cloud/services/ecs/model/task-request";

const ARGS: ContainerArgs = {
  service: "users",
  colour: "blue",
  region: "eu-west-1",
  settings: { kind: "api", port: 8080, stopTimeoutSeconds: 30, cpu: 128, memory: 400, sidecars: {}, exec: false },
  environment: {},
  secrets: {},
  sidecarSecrets: {},
  logGroupName: "logs",
};
const LIMITS = "-c lock_timeout=2s -c statement_timeout=30min";

describe("the command of a migration", () => {
  let scene: Scene;
  before(() => {
    scene = new Scene({ bootSeconds: 0 });
    return scene.startInstance();
  });
  after(() => scene.close());

  const ENTRY_POINTS: [what: string, entryPoint: string[]][] = [
    ["no entry point", []],
    ["an entry point that runs its arguments", [process.execPath]],
    ["an entry point that ignores its arguments", ["true"]],
  ];
  for (const [what, entryPoint] of ENTRY_POINTS) {
    it(`runs in an image with ${what} (C50)`, async () => {
      const { ecs } = scene.compute;
      scene.addImage(IMAGE, ["true"], undefined, entryPoint);
      const { entryPoint: program, command } = migrationContainer(
        release("v1", "users"),
        "echo $((40 + 2)); exit 3",
        ARGS,
      );
      const [task] = ecs.runTask("users", {
        definition: ecs.taskDefinitions.register(workerRequest({ container: { entryPoint: program, command } })),
        ...{ count: 1, startedBy: "migrate-aaaaaaaaaaaa", group: undefined, clientToken: undefined },
        overrides: { environment: [] },
      }).tasks;
      await scene.until("an ended task", () => task!.lastStatus === "STOPPED");
      expect(task!.reports.get("users")?.exitCode, scene.context.lines.join("\n")).to.equal(3);
    });
  }
});

describe("the session of a migration in PostgreSQL", () => {
  const optionsOf = (environment: Record<string, string>) => {
    const { environment: variables } = migrationContainer(release("v1", "users"), "true", { ...ARGS, environment });
    return variables.find(({ name }) => name === "PGOPTIONS")?.value;
  };

  it("has limits that keep it from holding up requests", () => {
    expect(optionsOf({ PGHOST: "db.example" })).to.equal(LIMITS);
  });

  it("has those of the settings instead, if there are some", () => {
    expect(optionsOf({ PGHOST: "db.example", PGOPTIONS: "-c lock_timeout=10s" })).to.equal("-c lock_timeout=10s");
  });

  it("is not spoken of without a database, or in the service itself", () => {
    expect(optionsOf({})).to.equal(undefined);
    const [own] = serviceContainers(release("v1", "users"), { ...ARGS, environment: { PGHOST: "db.example" } });
    expect(JSON.stringify(own)).not.to.contain("PGOPTIONS");
  });
});
