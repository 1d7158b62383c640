import { UserError } from "../../../components/core/user-error";
import { comparedActive } from "../../../components/live/health-path";
import { releaseDifferences } from "../../../components/live/release";
import { waitingSize } from "../../../components/live/waiting-size";
import { concurrently } from "../../core/concurrently";
import { StepFailed } from "../../core/errors";
import { untilAnswered } from "../../observe/until-answered";
import { isRollback, progressReporter, type RunState, type StepContext } from "../context";
import { assertNoRefusedChange, assertNothingPending } from "../pending-settings";
import { assertClock } from "../preflight/assert-clock";
import { type Checked, checkBeforeRollback } from "../preflight/check-before-rollback";
import { firingAlarms } from "../preflight/firing-alarms";
import { rightsProblems } from "../preflight/missing-rights";
import { pinReleases } from "../preflight/pin-releases";
import { productionHealth } from "../preflight/production-health";
import { noticeRunningJobs } from "../preflight/running-jobs";
import type { Step } from "../step";

/** Checks production and what was asked for, again where AWS does not answer. It changes nothing. */
export const preflight: Step = {
  name: "preflight",
  title: "Check production before anything changes",
  plan: ({ all, progress }) => ({ services: progress.preflight ? [] : all }),
  floorSeconds: () => 1,

  async perform(context, state, { services }) {
    const check = () =>
      isRollback(state) ? checkBeforeRollback(context, state, services) : checkBeforeDeploy(context, state);
    const report = progressReporter(context, "preflight");
    const { state: checked, seen, detail } = await untilAnswered("production cannot be seen", check, context, report);
    const activeInstances = Object.fromEntries(seen.map(({ service, running }) => [service, running]));
    return { state: { ...checked, activeInstances, progress: { ...checked.progress, preflight: true } }, detail };
  },
};

/** For a deploy: images and secrets exist, no alarm fires, production is healthy. Images are pinned by digest from here on. */
async function checkBeforeDeploy(context: StepContext, state: RunState): Promise<Checked> {
  assertNoRefusedChange(context, state);
  await assertNothingPending(context, state);
  const names = state.requests.map(({ service }) => service);
  const [desired, alarms, seen] = await Promise.all([
    pinReleases(context, state),
    firingAlarms(context),
    concurrently(names, (service) => productionHealth(context, state, service)),
  ]);
  assertClock(context);
  const forbidden = Object.entries(desired).flatMap(([service, release]) => rightsProblems(state, service, release));
  if (forbidden.length > 0)
    throw new UserError(
      forbidden
        .map(
          (line) => `${line}: run \`pulumi up --stack ${context.stack.name}\` first, because a deploy gives no rights`,
        )
        .join("\n"),
    );
  const unhealthy = seen.filter(({ problems }) => problems.length > 0);
  if (alarms.length > 0 && !context.despiteAlarms)
    throw new StepFailed(
      `${alarms.map(({ problem }) => problem).join("; ")}: a deploy could not tell what it breaks; see to it, or deploy with --despite-alarms "REASON"`,
    );
  if (unhealthy.length > 0 && !context.despiteUnhealthy)
    throw new StepFailed(
      `production is not healthy now, so a deploy could not tell what it broke: ${unhealthy.flatMap(({ problems }) => problems).join("; ")}; see to it, or bring the cure with --despite-unhealthy "REASON"`,
    );
  const releases = Object.entries(desired).map(([service, release]) => {
    const { name, image } = release;
    const { active, colours } = state.live.services[service]!;
    const differences = [
      ...releaseDifferences(comparedActive(state.live, service, state.outputs), release),
      ...waitingSize(colours[active], context.settings.services[service]!),
    ];
    const differs = differences.length === 0 ? "" : ` (${differences.join(", ")})`;
    return `${service} ${name} is ${image.slice(image.indexOf("@") + 1, image.indexOf("@") + 20)}…${differs}`;
  });
  const ignoredAlarms = alarms.map(({ name }) => name);
  const ignoredUnhealthy = unhealthy.map(({ service }) => service);
  const health =
    unhealthy.length > 0 ? `${ignoredUnhealthy.join(", ")} not healthy in production` : "production healthy";
  const despite = alarms.length > 0 ? `, despite ${ignoredAlarms.join(", ")}` : "";
  const unasked = seen.flatMap(({ service, unreached }) =>
    unreached ? [`; probes of ${service} got no answer (${unreached})`] : [],
  );
  await noticeRunningJobs(context, state, names);
  return {
    state: { ...state, desired, ignoredAlarms, ignoredUnhealthy },
    seen,
    detail: [health, ...releases].join(", ") + despite + unasked.join(""),
  };
}
