import { other } from "../../../components/core/colour-name";
import { isOver } from "../../../components/live/live";
import { configurationOfRelease, isSameRelease, type Release } from "../../../components/live/release";
import { allSecrets } from "../../../components/live/sidecars";
import { isDatabasePassword } from "../../../components/settings/database-variables";
import { isElastic } from "../../../components/settings/elastic";
import { concurrently } from "../../core/concurrently";
import { digestOf } from "../../core/desired-releases";
import { StepFailed } from "../../core/errors";
import { checkColour } from "../../observe/check-colour";
import { checkJob } from "../../observe/check-job";
import { expectedColour } from "../../observe/expected-colour";
import { isHalfUp } from "../../observe/half-up";
import { type RunState, type StepContext, withDone } from "../context";
import { assertNothingPending } from "../pending-settings";
import { assertSidecarsExist } from "../pinned-sidecars";
import { rightsProblems } from "./missing-rights";

/** What preflight found. */
export interface Checked {
  state: RunState;
  /** How many instances serve each service now: the colour that takes over is to have as many. */
  seen: readonly { service: string; running: number }[];
  detail: string;
}

/**
 * For a rollback: the release can be in production again, because its image still exists or it still runs and is healthy.
 * @throws StepFailed if it cannot; UserError for one in CI's role that would have to warm it while other settings wait for `pulumi up`
 */
export async function checkBeforeRollback(
  context: StepContext,
  state: RunState,
  services: readonly string[],
): Promise<Checked> {
  const { observer, settings, clock } = context;
  const seen = await concurrently(services, async (service) => {
    const { active, colours } = state.live.services[service]!;
    const { colours: outputs, repository } = state.outputs.services[service]!;
    const idle = other(active);
    const { release, size } = colours[idle];
    const wanted = state.desired[service]!;
    noticeShortVisibility(context, service, wanted);
    const scales = isElastic(settings.services[service]!.size);
    const mayBeUp = size > 0 && !isOver(colours[idle], clock.now()) && isSameRelease(release, wanted);
    const warm = mayBeUp ? await observer.colour(outputs[idle]) : null;
    // Auto Scaling ends what is kept warm by itself, maybe a moment before its time by this clock.
    if (warm === null || (colours[idle].until !== undefined && warm.minimum === 0)) {
      const [found, { inService }] = await Promise.all([
        observer.image(repository.name, { digest: digestOf(wanted.image) }),
        observer.colour(outputs[active]),
      ]);
      if (!found) throw new StepFailed(`the image of ${service} ${wanted.name} is not in ${repository.url} any more`);
      assertCalleesExist(context, service, wanted);
      const [forbidden] = rightsProblems(state, service, wanted);
      if (forbidden !== undefined)
        throw new StepFailed(
          `${forbidden}: put it into the settings and run \`pulumi up\`, or roll back to another release`,
        );
      await assertSidecarsExist(observer, service, wanted);
      const unpinned = await unpinnedSecrets(context, service, wanted);
      return { service, running: scales ? inService : colours[active].size, isUp: false, unpinned, missing: [] };
    }
    const { job } = state.outputs.services[service]!;
    const expected = expectedColour({ release: wanted, size }, settings.services[service]!.size, outputs[idle]);
    const problems = job ? await checkJob(context, state, service, idle) : checkColour(outputs[idle], warm, expected);
    if (problems.length > 0 && (job || !isHalfUp(outputs[idle], warm, expected)))
      throw new StepFailed(`${service} ${idle}, which runs ${wanted.name}, is not healthy: ${problems.join("; ")}`);
    return { service, running: size, isUp: true, unpinned: [], missing: problems };
  });
  // What is warm is routed first, apart from Pulumi: that is worth an `up` that fails afterwards.
  if (seen.some(({ isUp }) => !isUp)) await assertNothingPending(context, state);
  const names = services.map((service) => `${service} ${state.desired[service]!.name}`);
  const unpinned = seen.flatMap(({ service, unpinned: secrets }) => secrets.map((secret) => `${service} ${secret}`));
  const values = unpinned.length === 0 ? "" : `, with the values of now: ${unpinned.join(", ")}`;
  const missing = seen.flatMap(({ missing: problems }) => problems);
  const part = missing.length === 0 ? "" : `, although not all of it is healthy: ${missing.join("; ")}`;
  // A release that still runs and was in production before needs no other verification.
  const up = seen.flatMap(({ service, isUp }) => (isUp ? [service] : []));
  return {
    state: withDone(state, "verify", up),
    seen,
    detail: `${names.join(", ")} can be active again${values}${part}`,
  };
}

/**
 * The secrets of a release of which a task that starts now gets another version than the release was deployed with, such as
 * `KEY version 3 -> 4`. Empty where nobody can say: a rollback does not depend on it.
 * @throws StepFailed where AWS says that a task could not read one at its start
 */
async function unpinnedSecrets({ observer }: StepContext, service: string, release: Release): Promise<string[]> {
  const configuration = configurationOfRelease(release);
  if (!configuration) return [];
  const secrets = allSecrets(configuration);
  const now = await observer.secrets(secrets.map(({ secret }) => secret.from)).catch(() => null);
  const found = secrets.flatMap(({ variable, secret }) => {
    const current = now?.get(secret.from);
    return current ? [{ variable, secret, current }] : [];
  });
  const missing = found.flatMap(({ variable, current }) =>
    "missing" in current ? [`${variable}: ${current.missing}`] : [],
  );
  if (missing.length > 0)
    throw new StepFailed(
      `a task of ${service} ${release.name} could not start: ${missing.join("; ")}; restore what is missing, or roll back to another release`,
    );
  return found.flatMap(({ variable, secret: { arn, rotates, version }, current }) => {
    // The task definition names the version of a secret in Secrets Manager, unless that rotates or is a database's password.
    const isPinned = arn !== undefined && !rotates && !isDatabasePassword(configuration.uses, variable);
    return isPinned || "missing" in current || current.version === version
      ? []
      : [`${variable} version ${version} -> ${current.version}`];
  });
}

/**
 * Says where the queue by now gives a message out again sooner than the release may take to stop. It is no reason to stay on a release that is worse: handling
 * a message twice has to do no harm.
 */
function noticeShortVisibility({ settings, emit, clock }: StepContext, service: string, release: Release): void {
  const visible = settings.services[service]?.queue?.visibilityTimeoutSeconds;
  const stop = configurationOfRelease(release)?.stopTimeoutSeconds;
  if (visible === undefined || stop === undefined || stop <= visible) return;
  const message = `${service} ${release.name} may take ${stop} s to stop, but its queue gives a message out again after ${visible} s: what takes longer is handled twice, and may end in the dead-letter queue; set queue.visibilityTimeoutSeconds of ${service} to ${stop} or more`;
  emit({ type: "notice", atMs: clock.now(), message });
}

/** @throws StepFailed if the release needs services or queues that the settings do not have any more */
function assertCalleesExist({ settings }: StepContext, service: string, release: Release): void {
  const { calls = [], sends = [] } = configurationOfRelease(release) ?? {};
  const gone = [
    ...calls.filter((name) => !settings.services[name]?.exposure.includes("internal")).map((name) => `calls ${name}`),
    ...sends.filter((name) => !settings.services[name]?.queue).map((name) => `sends messages to ${name}`),
  ];
  if (gone.length > 0)
    throw new StepFailed(
      `${service} ${release.name} ${gone.join(" and ")}, which the settings do not have any more: add it again, or roll back to another release`,
    );
}
