import { other } from "../../../components/core/colour-name";
import { UserError } from "../../../components/core/user-error";
import { configurationOf, configurationText, type SecretVersion } from "../../../components/live/configuration";
import { grantsFor, missingGrants, unionOf } from "../../../components/live/grants";
import { activeRelease, isOver } from "../../../components/live/live";
import { withProgramValues } from "../../../components/live/program-values";
import {
  configurationOfRelease,
  distinctName,
  hasSameContent,
  isSameRelease,
  type Release,
  releaseDifferences,
  tagOf,
} from "../../../components/live/release";
import { allSecrets } from "../../../components/live/sidecars";
import { isDatabasePassword } from "../../../components/settings/database-variables";
import { isElastic } from "../../../components/settings/elastic";
import { namedSecrets } from "../../../components/settings/named-secrets";
import { concurrently } from "../../core/concurrently";
import { digestOf, digestsOf, imageInRepository } from "../../core/desired-releases";
import { StepFailed } from "../../core/errors";
import { alarmProblem } from "../../observe/analysis/analyse";
import { checkColour } from "../../observe/check-colour";
import { checkJob } from "../../observe/check-job";
import { isRollback, type RunState, type StepContext, withDone } from "../context";
import { assertNothingPending } from "../pending-settings";
import { assertSidecarsExist, pinnedSidecars } from "../pinned-sidecars";
import type { Step } from "../step";
import { checkProduction } from "./check-production";

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
  await assertNothingPending(context, state);
  const names = state.requests.map(({ service }) => service);
  const { observer, settings } = context;
  const [images, sidecarImage, secrets, alarms, seen] = await Promise.all([
    pinnedImages(context, state),
    pinnedSidecars(observer, settings, state.outputs.services, names),
    secretsOf(context, names),
    firingAlarms(context),
    concurrently(names, (service) => checkProduction(context, state, service)),
  ]);
  const desired = Object.fromEntries(
    images.map((pinned) => [pinned.service, desiredRelease(context, state, pinned, { secrets, sidecarImage })]),
  );
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
    const differences = releaseDifferences(activeRelease(state.live, service), release);
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
  return preflightResult(
    { ...state, desired, ignoredAlarms, ignoredUnhealthy },
    seen,
    [health, ...releases].join(", ") + despite + unasked.join(""),
  );
}

/** For a rollback: the release can be in production again, because its image still exists or it still runs and is healthy. */
async function checkBeforeRollback(context: StepContext, state: RunState, services: readonly string[]) {
  const { observer, settings, clock } = context;
  const seen = await concurrently(services, async (service) => {
    const { active, colours } = state.live.services[service]!;
    const { colours: outputs, repository } = state.outputs.services[service]!;
    const idle = other(active);
    const { release, size } = colours[idle];
    const wanted = state.desired[service]!;
    const scales = isElastic(settings.services[service]!.size);
    if (size === 0 || isOver(colours[idle], clock.now()) || !isSameRelease(release, wanted)) {
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
      const unpinned = await unpinnedSecrets(context, wanted);
      return { service, running: scales ? inService : colours[active].size, isUp: false, unpinned };
    }
    const problems = state.outputs.services[service]!.job
      ? await checkJob(context, state, service, idle)
      : checkColour(outputs[idle], await observer.colour(outputs[idle]), { size, ...digestsOf(wanted) });
    if (problems.length > 0)
      throw new StepFailed(`${service} ${idle}, which runs ${wanted.name}, is not healthy: ${problems.join("; ")}`);
    return { service, running: size, isUp: true, unpinned: [] };
  });
  const names = services.map((service) => `${service} ${state.desired[service]!.name}`);
  const unpinned = seen.flatMap(({ service, unpinned: secrets }) => secrets.map((secret) => `${service} ${secret}`));
  const values = unpinned.length === 0 ? "" : `, with the values of now: ${unpinned.join(", ")}`;
  // A release that still runs and was in production before needs no other verification.
  const up = seen.flatMap(({ service, isUp }) => (isUp ? [service] : []));
  return preflightResult(withDone(state, "verify", up), seen, `${names.join(", ")} can be active again${values}`);
}

/**
 * The secrets of a release of which a task that starts now gets another version than the release was deployed with, such as
 * `KEY version 3 -> 4`. Empty where nobody can say: a rollback does not depend on it.
 */
async function unpinnedSecrets({ observer }: StepContext, release: Release): Promise<string[]> {
  const configuration = configurationOfRelease(release);
  if (!configuration) return [];
  // The task definition names the version of a secret in Secrets Manager, unless that rotates.
  const unpinned = allSecrets(configuration).filter(({ secret: { arn, rotates } }) => arn === undefined || rotates);
  const now = await observer.secrets(unpinned.map(({ secret }) => secret.from)).catch(() => null);
  return unpinned.flatMap(({ variable, secret: { from, version } }) => {
    const current = now?.get(from);
    return !current || "missing" in current || current.version === version
      ? []
      : [`${variable} version ${version} -> ${current.version}`];
  });
}

/** A line if the release needs rights that the stack does not give to the service. Empty where an older program wrote the stack. */
function rightsProblems({ outputs }: RunState, service: string, release: Release): string[] {
  const granted = outputs.grants?.[service];
  const configuration = configurationOfRelease(release);
  if (!granted || !configuration) return [];
  const all = unionOf(granted);
  // The right to its password in a database comes with uses.
  const secretArns = allSecrets(configuration)
    .filter(({ variable }) => !isDatabasePassword(configuration.uses, variable))
    .map(({ secret: { from, arn } }) => arn ?? parameterArnIn(all.secretArns, from));
  const missing = missingGrants(grantsFor(configuration, secretArns), all);
  return missing.length === 0
    ? []
    : [`${service} ${release.name} needs rights that the stack does not have yet: ${missing.join(", ")}`];
}

/** The ARN of an SSM parameter among these; else the reference, which is none of them. */
function parameterArnIn(arns: readonly string[], reference: string): string {
  const end = `:parameter/${reference.replace(/^ssm:\/?/, "")}`;
  return arns.find((arn) => arn.endsWith(end)) ?? reference;
}

/** @throws StepFailed if the release needs services or queues that the settings do not have any more */
function assertCalleesExist({ settings }: StepContext, service: string, release: Release): void {
  const { calls = [], sends = [] } = configurationOfRelease(release) ?? {};
  const gone = [
    ...calls.filter((name) => !settings.services[name]?.exposure.includes("internal")).map((name) => `calls ${name}`),
    ...sends.filter((name) => !settings.services[name]?.queue).map((name) => `sends jobs to ${name}`),
  ];
  if (gone.length > 0)
    throw new StepFailed(
      `${service} ${release.name} ${gone.join(" and ")}, which the settings do not have any more: add it again, or roll back to another release`,
    );
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

interface PinnedImage {
  service: string;
  /** By digest. */
  image: string;
  /** The tag that was asked for, or the first characters of the digest. */
  tag: string;
}

function pinnedImages({ observer }: StepContext, { requests, outputs, live }: RunState): Promise<PinnedImage[]> {
  return Promise.all(
    requests.map(async (request): Promise<PinnedImage> => {
      const { service } = request;
      const active = activeRelease(live, service);
      if (request.image === "") {
        if (active) return { service, image: active.image, tag: tagOf(active.name) };
        throw new UserError(`${service} has no release yet: wanted ${service}=IMAGE, such as ${service}=v1`);
      }
      const { repository } = outputs.services[service]!;
      const reference = imageInRepository(request, repository);
      const found = await observer.image(repository.name, reference);
      if (!found)
        throw new StepFailed(
          `image ${request.image} does not exist in ${repository.url}: push it first, or check the tag`,
        );
      const tag = "tag" in reference ? reference.tag : found.digest.slice(0, 19);
      return { service, image: `${repository.url}@${found.digest}`, tag };
    }),
  );
}

/**
 * The release that the run is to make active: the image with the settings and secrets of now. Where a colour runs or keeps
 * just that, it is that colour's release; `restart` makes a new one all the same.
 */
function desiredRelease(
  { settings }: StepContext,
  { command, live, outputs }: RunState,
  { service, image, tag }: PinnedImage,
  found: {
    secrets: ReadonlyMap<string, Omit<SecretVersion, "from">>;
    sidecarImage(service: string, sidecar: string): string;
  },
): Release {
  const configuration = configurationOf(
    withProgramValues(settings.services[service]!, outputs.services[service]),
    (reference) => found.secrets.get(reference)!,
    (sidecar) => found.sidecarImage(service, sidecar),
  );
  const { active, colours } = live.services[service]!;
  const known = [colours[active].release, colours[other(active)].release].filter((release) => release !== null);
  const release = { image, name: distinctName(tag, known), configuration: configurationText(configuration) };
  if (command === "restart") return release;
  return known.find((one) => hasSameContent(one, release)) ?? release;
}

/**
 * Returns the versions of the services' secrets, by reference.
 * @throws UserError with a line for each secret that a task could not read at its start. The line names where the value is kept, never the value.
 */
async function secretsOf({ observer, settings }: StepContext, services: readonly string[]) {
  const secrets = services.flatMap((service) => namedSecrets(service, settings.services[service]!));
  const found = await observer.secrets(secrets.map(({ reference }) => reference));
  const problems = secrets.flatMap(({ path, reference, isDatabasePassword: isMadeByProgram }) => {
    const secret = found.get(reference)!;
    if (!("missing" in secret)) return [];
    return isMadeByProgram
      ? [`${path}: ${secret.missing}: run \`pulumi up\` first, which makes the service's user in the database`]
      : [`${path}: given "${reference}", wanted one that exists: ${secret.missing}; create it first`];
  });
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return found as ReadonlyMap<string, Omit<SecretVersion, "from">>;
}
