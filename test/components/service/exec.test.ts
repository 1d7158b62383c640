import { expect } from "chai";
import { COLOURS } from "../../../components/core/colour-name";
import type { LiveService } from "../../../components/live/live";
import type { Release } from "../../../components/live/release";
import { release } from "../../automation/deploy/worlds";
import { differences, ECS_SERVICE, inputs, names, ROLE_POLICY, TASK } from "../declared";
import { declare, type World } from "../world";

const CLUSTER = "aws:ecs/cluster:Cluster";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const JOB = { kind: "job", schedule: "rate(1 hour)" };
const EMPTY = { release: null, size: 0 };

const onBlue = (its: Release): LiveService => ({
  active: "blue",
  colours: { blue: { release: its, size: 1 }, green: EMPTY },
});
const containersOf = (world: World, name: string) =>
  JSON.parse(String(inputs(world, name, TASK).containerDefinitions)) as Record<string, unknown>[];

describe("a service with ECS Exec", () => {
  /** @param deployed settings that the release on blue was deployed with, those that differ from the defaults */
  const world = (users: object, deployed: object, more: object = {}) =>
    declare({ services: { users: onBlue(release("v1", "users", deployed)) }, settings: { users }, ...more });

  it("has a log group for its sessions, of which both clusters know, and the task role's permissions", async () => {
    const before = await world({ kind: "api" }, {});
    const after = await world({ kind: "api", exec: true }, {});
    expect(differences(before, after).map((line) => line.split(" ").slice(0, 2).join(" "))).to.have.members([
      `${LOG_GROUP} users-exec`,
      `${CLUSTER} users-blue-cluster`,
      `${CLUSTER} users-green-cluster`,
      `${ROLE_POLICY} users-exec`,
    ]);
    expect(inputs(after, "users-exec", LOG_GROUP)).to.deep.include({
      namePrefix: "/aoshingo/prod-exec/users-",
      retentionInDays: 30,
      // It outlives the setting.
      skipDestroy: true,
    });
    expect(inputs(after, "users-green-cluster", CLUSTER).configuration).to.deep.equal({
      executeCommandConfiguration: {
        logging: "OVERRIDE",
        logConfiguration: { cloudWatchLogGroupName: "users-exec" },
      },
    });
    const { Statement } = JSON.parse(String(inputs(after, "users-exec", ROLE_POLICY).policy));
    expect(Statement.map(({ Sid }: { Sid: string }) => Sid)).to.deep.equal([
      "OpenSessions",
      "FindSessionLog",
      "LogSessions",
    ]);
    expect(inputs(after, "users-exec", ROLE_POLICY).role).to.equal("users-task");
  });

  it("is reached from the release on that was deployed with it, and that one alone loses its read-only root", async () => {
    const before = await world({ kind: "api", exec: true }, {});
    const after = await world({ kind: "api", exec: true }, { exec: true });
    expect(differences(before, after).map((line) => line.split(" ").slice(0, 2).join(" "))).to.have.members([
      // The idle colour has had no release: its tasks would be those of the active one's.
      ...COLOURS.flatMap((colour) => [`${ECS_SERVICE} users-${colour}-service`, `${TASK} users-${colour}-task`]),
    ]);
    expect(inputs(before, "users-blue-service", ECS_SERVICE)).not.to.have.property("enableExecuteCommand");
    expect(inputs(after, "users-blue-service", ECS_SERVICE).enableExecuteCommand).to.equal(true);
    expect(containersOf(before, "users-blue-task")[0]!.readonlyRootFilesystem).to.equal(true);
    expect(containersOf(after, "users-blue-task")[0]!.readonlyRootFilesystem).to.equal(false);
  });

  it("keeps what its release needs when the setting is gone", async () => {
    const kept = await world({ kind: "api" }, { exec: true });
    expect(names(kept, LOG_GROUP)).to.include("users-exec");
    expect(inputs(kept, "users-blue-service", ECS_SERVICE).enableExecuteCommand).to.equal(true);
  });

  it("is told to both clusters that it is over: they would keep the log group if nothing were said (C48)", async () => {
    const configurations = (of: World) =>
      COLOURS.map((colour) => inputs(of, `users-${colour}-cluster`, CLUSTER).configuration);
    const BACK = { executeCommandConfiguration: { logging: "DEFAULT" } };
    const never = await world({ kind: "api" }, {});
    expect(configurations(never)).to.deep.equal([undefined, undefined]);
    const had = await world({ kind: "api", exec: true }, {});
    const without = await world({ kind: "api" }, {}, { last: had.outputs });
    expect(configurations(without)).to.deep.equal([BACK, BACK]);
    const later = await world({ kind: "api" }, {}, { last: without.outputs });
    expect(differences(without, later)).to.deep.equal([]);
    const again = await world({ kind: "api", exec: true }, {}, { last: later.outputs });
    expect(differences(had, again)).to.deep.equal([]);
  });

  it("does not reach a migration", async () => {
    const users = { kind: "api", exec: true, migrate: "node migrate.js" };
    const migrating = await world(users, { exec: true, migrate: "node migrate.js" });
    expect(containersOf(migrating, "users-blue-migrate-task")[0]!.readonlyRootFilesystem).to.equal(true);
    expect(containersOf(migrating, "users-blue-task")[0]!.readonlyRootFilesystem).to.equal(false);
  });

  it("is a job's as well: the schedule starts tasks with it while such a release is active", async () => {
    const job = (deployed: object) =>
      declare({
        services: { report: onBlue(release("v1", "report", { ...JOB, ...deployed })) },
        settings: { report: JOB },
      });
    const parameters = (of: World) => (inputs(of, "report-schedule", SCHEDULE).target as Target).ecsParameters;
    expect(parameters(await job({ exec: true }))).to.deep.include({ enableExecuteCommand: true });
    expect(parameters(await job({}))).not.to.have.property("enableExecuteCommand");
  });

  it("lets previews in CI read the log group's tags, and no role of CI what is in it", async () => {
    const ci = { repository: "example/shop", ids: { owner: 1, repository: 2 } };
    const declared = await world({ kind: "api", exec: true }, { exec: true }, { config: { ci } });
    const log = "log-group:/aoshingo/prod-exec/";
    const policies = declared.resources.filter(({ type, name }) => type === ROLE_POLICY && name.startsWith("ci-"));
    const statements = policies.flatMap(({ name, inputs: { policy } }) =>
      JSON.parse(String(policy)).Statement.map((statement: object) => ({ name, ...statement })),
    );
    const naming = statements.filter((statement) => JSON.stringify(statement).includes(log));
    expect(naming.map(({ name, Action }) => [name, Action])).to.deep.equal([
      ["ci-preview-read", ["logs:ListTagsForResource"]],
    ]);
    expect(JSON.stringify(statements)).not.to.contain("ecs:ExecuteCommand");
  });
});

interface Target {
  ecsParameters: object;
}
