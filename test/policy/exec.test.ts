import { expect } from "chai";
import type { Linked } from "../../policy/linked";
import { rootFileSystemsAreReadOnly, sessionsAreLogged } from "../../policy/rules/exec";
import { release } from "../automation/deploy/worlds";
import { declare } from "../components/world";
import { linkedWorld } from "./linked-world";

const JOB = { kind: "job", schedule: "rate(1 hour)" };
const FACTS = { cutover: "routed", deletionProtection: true } as const;

/** An api and a job with ECS Exec, both with a release on either colour. */
async function stack(): Promise<Linked[]> {
  const live = (name: string, settings: object) => {
    const colour = { release: release("v1", name, { ...settings, exec: true }), size: 1 };
    return { active: "blue" as const, colours: { blue: colour, green: colour } };
  };
  return linkedWorld(
    await declare({
      services: { users: live("users", {}), report: live("report", JOB) },
      settings: { users: { kind: "api", exec: true }, report: { ...JOB, exec: true } },
    }),
  );
}

const violations = (rule: typeof sessionsAreLogged, resources: readonly Linked[]) =>
  rule.check(resources, FACTS).map(({ resource, message }) => `${resource.name}: ${message}`);

/** Takes the place of sessions' logs away from the clusters of one service. */
function withoutLog(resources: readonly Linked[], service: string): readonly Linked[] {
  for (const resource of resources)
    if (resource.type === "aws:ecs/cluster:Cluster" && resource.name.startsWith(`${service}-`))
      Object.assign(resource, { inputs: { ...resource.inputs, configuration: undefined } });
  return resources;
}

describe("policies for ECS Exec", () => {
  it("find nothing where sessions are logged", async () => {
    const resources = await stack();
    expect(violations(rootFileSystemsAreReadOnly, resources)).to.deep.equal([]);
    expect(violations(sessionsAreLogged, resources)).to.deep.equal([]);
  });

  it("report services and schedules whose sessions are not logged", async () => {
    const resources = withoutLog(withoutLog(await stack(), "users"), "report");
    const message =
      "enableExecuteCommand is true, but its cluster logs no sessions: set executeCommandConfiguration with logging OVERRIDE and a log group";
    expect(violations(sessionsAreLogged, resources)).to.have.members([
      `users-blue-service: ${message}`,
      `users-green-service: ${message}`,
      `report-schedule: ${message}`,
    ]);
  });

  it("report a root file system that is not read-only without a log of sessions", async () => {
    expect(violations(rootFileSystemsAreReadOnly, withoutLog(await stack(), "users"))).to.have.members([
      "users-blue-task: container users has no readonlyRootFilesystem: set it to true",
      "users-green-task: container users has no readonlyRootFilesystem: set it to true",
    ]);
  });
});
