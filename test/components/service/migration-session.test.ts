import { expect } from "chai";
import { type ContainerArgs, migrationContainer, serviceContainers } from "../../../components/service/container";
import { release } from "../../automation/deploy/worlds";

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
