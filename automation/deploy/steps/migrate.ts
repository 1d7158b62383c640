import { createHash } from "node:crypto";
import { other } from "../../../components/core/colour-name";
import { mapValues } from "../../../components/core/map-values";
import type { MigrationDatabase, StackOutputs } from "../../../components/live/outputs";
import { configurationOfRelease, migrationOf, type Release } from "../../../components/live/release";
import { callOrder } from "../../../components/settings/call-order";
import { digestOf } from "../../core/desired-releases";
import { StepFailed } from "../../core/errors";
import { hasSucceeded } from "../../core/stop-code";
import { MigrationWatch } from "../../observe/migration/migration-watch";
import { untilAnswered } from "../../observe/until-answered";
import type { StandaloneTask } from "../../ports/run-task";
import { runOnce } from "../../tasks/run-task";
import { progressReporter, type RunState, type StepContext, withDone } from "../context";
import type { Step } from "../step";
import { MIGRATION_PREFIX } from "../stop-migrations";

/** Digits that tell migrations apart. They fit into `startedBy` in any version of ECS (36 characters). */
const STARTED_BY_DIGITS = 12;

/**
 * Runs each service's `migrate` command as a task of the new image on the idle colour, once for each image, what its command sees and the database: a
 * migration that ended by itself with 0 is recorded and not run again, unless the run asks for that. The old release serves during the migration and after it, so a migration only adds ("expand"); a later release removes ("contract").
 * Migrations run one after the other, callees first, because services may share a database.
 */
export const migrate: Step = {
  name: "migrate",
  title: "Run the migration of the new release",
  plan: ({ isRollback, ahead, hasMigration, isNotDone }) => ({
    services: isRollback ? [] : ahead.filter((name) => hasMigration(name) && isNotDone("migrate")(name)),
  }),
  floorSeconds: () => 60,

  async perform(context, state, { services }) {
    const { clock } = context;
    const startedMs = clock.now();
    const details: string[] = [];
    let reached = state;
    // From its first moment on a migration may change what production works with, and nothing takes that back.
    const onStart = () => {
      const migratedAtMs = reached.progress.migratedAtMs ?? clock.now();
      reached = { ...reached, progress: { ...reached.progress, migratedAtMs } };
      context.onReached(reached);
    };
    try {
      for (const service of callOrder(context.settings.services).filter((name) => services.includes(name)))
        details.push(await migrateService(context, state, service, onStart));
    } finally {
      context.emit({ type: "waited", atMs: clock.now(), step: "migrate", seconds: (clock.now() - startedMs) / 1000 });
    }
    return {
      state: withDone(reached, "migrate", services),
      detail: details.join(", "),
    };
  },
};

/** Runs the migration of one service unless it was run before, and returns a line that says which. */
async function migrateService(
  context: StepContext,
  state: RunState,
  service: string,
  onStart: () => void,
): Promise<string> {
  const release = state.desired[service]!;
  const { name } = release;
  const key = migrationKey(release);
  const { migrations, clock } = context;
  const report = progressReporter(context, "migrate");
  const before = await untilAnswered(
    `nobody can say whether ${service} is migrated already`,
    () => migrations.migration(service, key),
    context,
    report,
  );
  const database = databaseOf(release, state.outputs);
  const counts = !state.migrateAgain || before?.deploy === state.deploy;
  if (before && counts && isSameDatabase(before.database, database))
    return `${service} was migrated to ${name} on ${new Date(before.atMs).toISOString()} and is not migrated again`;
  const place = placeOf(release, state.outputs.services[service]!.database);
  const watch = place && (await MigrationWatch.start(context.migrationObserver, place, context.signal));
  onStart();
  const { task, tail } = await run(context, state, service, startedBy(key, database, state)).catch(
    async (error: unknown) => {
      await watch?.end();
      throw error;
    },
  );
  const seen = await watch?.end();
  if (!hasSucceeded(task)) {
    const command = migrationOf(release, context.settings.services[service]!);
    const how = howItFailed(task);
    const lines = seen === undefined ? tail : [...tail, `in the database: ${seen}`];
    throw new StepFailed(`the migration of ${service} ${how}: ${command}`, lines.join("\n"));
  }
  const again = state.migrateAgain ? { deploy: state.deploy } : {};
  const record = { atMs: clock.now(), task: task.id, database, ...again };
  await untilAnswered(
    `the migration of ${service} has ended well, and is not recorded`,
    () => migrations.recordMigration(service, key, record),
    context,
    report,
  );
  return `${service} is migrated to ${name}, exit code 0${seen === undefined ? "" : ` (${seen})`}`;
}

function howItFailed({ wasStopped, exitCode, reason }: StandaloneTask): string {
  if (wasStopped) return `was stopped: ${reason}`;
  return exitCode === null ? `did not run: ${reason}` : `ended with exit code ${exitCode}`;
}

async function run(context: StepContext, { outputs, live }: RunState, service: string, startedBy: string) {
  const { logGroup, colours, job } = outputs.services[service]!;
  const idle = other(live.services[service]!.active);
  const { cluster, migrationTaskDefinition } = colours[idle];
  if (migrationTaskDefinition === null)
    throw new StepFailed(`the stack has no task definition for the migration of ${service} ${idle}`);
  const report = progressReporter(context, "migrate");
  try {
    return await runOnce(
      context,
      {
        cluster,
        taskDefinition: migrationTaskDefinition,
        network: job,
        startedBy,
        logGroup,
        streamPrefix: `${idle}-migrate`,
      },
      (line) => report(`${service}: ${line}`),
    );
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    throw new StepFailed(`the migration of ${service} did not end: ${error.message}`, error.detail);
  }
}

/**
 * Returns what identifies the database that a release uses: a restored one is another one, also under its name. Undefined without one, and
 * where the stack does not say it yet.
 */
function databaseOf(release: Release, { databases = {} }: StackOutputs): string | undefined {
  const [name = ""] = configurationOfRelease(release)?.uses ?? [];
  const found = databases[name];
  if (!found || !("existing" in found)) return found?.resourceId;
  const { host, port, database } = found.existing;
  return `${host}:${port}/${database}`;
}

/**
 * Returns where the database that a release uses is seen; undefined without one. The outputs name one of a service's databases, and have two of them
 * while it moves from one to the other. Those of older programs say in other words where their one is.
 */
function placeOf(release: Release, place: MigrationDatabase | undefined): MigrationDatabase | undefined {
  const configuration = configurationOfRelease(release);
  if (!place || !configuration || !("service" in place)) return place;
  const [database] = configuration.uses ?? [];
  return database === undefined ? undefined : { ...place, database };
}

/** True as well where one of the two is not known. */
function isSameDatabase(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

/** Returns by what ECS's task is known, to this run and those that go on with it: ECS also lists the same migration's of before, in another database. */
function startedBy(key: string, database: string | undefined, { migrateAgain, deploy }: RunState): string {
  const more = [...(database === undefined ? [] : [database]), ...(migrateAgain ? [deploy] : [])];
  const digest = more.length === 0 ? key : sha256(JSON.stringify([key, ...more]));
  return `${MIGRATION_PREFIX}${digest.replace(/^sha256:/, "").slice(0, STARTED_BY_DIGITS)}`;
}

/**
 * What a migration is recorded by: the image, and what of the configuration may lead it to another database. The version of
 * a secret does not: a rotated password opens the same one. Of a release without a configuration it is the digest alone.
 */
function migrationKey(release: Release): string {
  const digest = digestOf(release.image);
  const configuration = configurationOfRelease(release);
  if (configuration === null) return digest;
  const { migrate, env, secrets } = configuration;
  const sorted = (values: Record<string, string>) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const seen = [digest, migrate, sorted(env), sorted(mapValues(secrets, ({ from }) => from))];
  return sha256(JSON.stringify(seen));
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
