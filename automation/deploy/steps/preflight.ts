import { other } from "../../../components/core/colour-name";
import { UserError } from "../../../components/core/user-error";
import type { Release } from "../../../components/live/live";
import { isElastic } from "../../../components/settings/elastic";
import { CONFIG_NAMESPACE } from "../../../components/settings/problem";
import { concurrently } from "../../core/concurrently";
import { digestOf, imageInRepository } from "../../core/desired-releases";
import { StepFailed } from "../../core/errors";
import { alarmProblem } from "../../observe/analysis/analyse";
import { checkColour } from "../../observe/check-colour";
import { isRollback, type RunState, type StepContext, withDone } from "../context";
import type { Step } from "../step";

/** Checks production and what was asked for. It changes nothing. */
export const preflight: Step = {
  name: "preflight",
  title: "Check production before anything changes",
  plan: ({ all, progress }) => ({ services: progress.preflight ? [] : all }),
  floorSeconds: () => 1,

  perform: (context, state, { services }) =>
    isRollback(state) ? checkBeforeRollback(context, state, services) : checkBeforeDeploy(context, state),
};

/** For a deploy: images and secrets exist, no alarm fires, production is healthy. Images are pinned by digest from here on. */
async function checkBeforeDeploy(context: StepContext, state: RunState) {
  const [desired, secrets, alarms, seen] = await Promise.all([
    pinnedReleases(context, state),
    secretProblems(context, state),
    firingAlarms(context),
    concurrently(
      state.requests.map(({ service }) => service),
      (service) => production(context, state, service),
    ),
  ]);
  const unhealthy = seen.filter(({ problems }) => problems.length > 0);
  if (secrets.length > 0) throw new UserError(secrets.join("\n"));
  if (alarms.length > 0 && !context.despiteAlarms)
    throw new StepFailed(
      `${alarms.map(({ problem }) => problem).join("; ")}: a deploy could not tell what it breaks; see to it, or deploy with --despite-alarms "REASON"`,
    );
  if (unhealthy.length > 0 && !context.despiteUnhealthy)
    throw new StepFailed(
      `production is not healthy now, so a deploy could not tell what it broke: ${unhealthy.flatMap(({ problems }) => problems).join("; ")}; see to it, or bring the cure with --despite-unhealthy "REASON"`,
    );
  const images = Object.entries(desired).map(
    ([service, { name, image }]) =>
      `${service} ${name} is ${image.slice(image.indexOf("@") + 1, image.indexOf("@") + 20)}…`,
  );
  const ignoredAlarms = alarms.map(({ name }) => name);
  const ignoredUnhealthy = unhealthy.map(({ service }) => service);
  const health =
    unhealthy.length > 0 ? `${ignoredUnhealthy.join(", ")} not healthy in production` : "production healthy";
  const despite = alarms.length > 0 ? `, despite ${ignoredAlarms.join(", ")}` : "";
  return preflightResult(
    { ...state, desired, ignoredAlarms, ignoredUnhealthy },
    seen,
    [health, ...images].join(", ") + despite,
  );
}

/** For a rollback: the release can be in production again, because its image still exists or it still runs and is healthy. */
async function checkBeforeRollback(context: StepContext, state: RunState, services: readonly string[]) {
  const { observer, settings } = context;
  const seen = await concurrently(services, async (service) => {
    const { active, colours } = state.live.services[service]!;
    const { colours: outputs, repository } = state.outputs.services[service]!;
    const idle = other(active);
    const { release, size } = colours[idle];
    const wanted = state.desired[service]!;
    const scales = isElastic(settings.services[service]!.size);
    if (size === 0 || release?.image !== wanted.image) {
      const [found, { inService }] = await Promise.all([
        observer.image(repository.name, { digest: digestOf(wanted.image) }),
        observer.colour(outputs[active]),
      ]);
      if (!found) throw new StepFailed(`the image of ${service} ${wanted.name} is not in ${repository.url} any more`);
      return { service, running: scales ? inService : colours[active].size, isUp: false };
    }
    const problems = checkColour(outputs[idle], await observer.colour(outputs[idle]), {
      size,
      digest: digestOf(wanted.image),
    });
    if (problems.length > 0)
      throw new StepFailed(`${service} ${idle}, which runs ${wanted.name}, is not healthy: ${problems.join("; ")}`);
    return { service, running: size, isUp: true };
  });
  const names = services.map((service) => `${service} ${state.desired[service]!.name}`);
  // A release that still runs and was in production before needs no other verification.
  const up = seen.flatMap(({ service, isUp }) => (isUp ? [service] : []));
  return preflightResult(withDone(state, "verify", up), seen, `${names.join(", ")} can be active again`);
}

function preflightResult(state: RunState, seen: readonly { service: string; running: number }[], detail: string) {
  return {
    state: {
      ...state,
      activeInstances: Object.fromEntries(seen.map(({ service, running }) => [service, running])),
      progress: { ...state.progress, preflight: true },
    },
    detail,
  };
}

/** Alarms that fire now. Such an alarm would not change its state later, and so could not start a rollback (aws-rules W7). */
async function firingAlarms({ observer, settings }: StepContext): Promise<{ name: string; problem: string }[]> {
  const { alarms } = settings.deploy;
  if (alarms.length === 0) return [];
  const seen = await observer.alarms(alarms);
  return seen.flatMap((alarm) => {
    const { name, reason } = alarm;
    const against = alarmProblem(alarm);
    return against === null ? [] : [{ name, problem: `the alarm ${name} ${against} (${reason})` }];
  });
}

async function pinnedReleases({ observer }: StepContext, { requests, outputs }: RunState) {
  const desired: Record<string, Release> = {};
  for (const request of requests) {
    const { repository } = outputs.services[request.service]!;
    const reference = imageInRepository(request, repository);
    const found = await observer.image(repository.name, reference);
    if (!found)
      throw new StepFailed(
        `image ${request.image} does not exist in ${repository.url}: push it first, or check the tag`,
      );
    desired[request.service] = {
      image: `${repository.url}@${found.digest}`,
      name: "tag" in reference ? reference.tag : found.digest.slice(0, 19),
    };
  }
  return desired;
}

/** One line for each secret of the deployed services that a task could not read at its start. The line names where the value is kept, never the value. */
async function secretProblems({ observer, settings }: StepContext, { requests }: RunState): Promise<string[]> {
  const secrets = requests.flatMap(({ service }) =>
    Object.entries(settings.services[service]!.secrets).map(([variable, reference]) => ({
      path: `${CONFIG_NAMESPACE}:services.${service}.secrets.${variable}`,
      reference,
    })),
  );
  if (secrets.length === 0) return [];
  const missing = await observer.missingSecrets(secrets.map(({ reference }) => reference));
  return secrets.flatMap(({ path, reference }) => {
    const why = missing.get(reference);
    return why === undefined ? [] : [`${path}: given "${reference}", wanted one that exists: ${why}; create it first`];
  });
}

/** The instances that production has now, and its problems. */
async function production(
  { observer, settings }: StepContext,
  { outputs, live }: RunState,
  service: string,
): Promise<{ service: string; running: number; problems: string[] }> {
  const { active, colours } = live.services[service]!;
  const { release, size } = colours[active];
  if (release === null || size === 0) return { service, running: 0, problems: [] };
  const outputsOfColour = outputs.services[service]!.colours[active];
  const seen = await observer.colour(outputsOfColour);
  const scales = isElastic(settings.services[service]!.size);
  const problems = checkColour(outputsOfColour, seen, { size, digest: digestOf(release.image) });
  return {
    service,
    running: scales ? seen.inService : size,
    problems: problems.map((line) => `${service} ${active}: ${line} (idle is ${other(active)})`),
  };
}
