import { other } from "../../../components/core/colour-name";
import { UserError } from "../../../components/core/user-error";
import type { Release } from "../../../components/live/live";
import { isElastic } from "../../../components/settings/elastic";
import { CONFIG_NAMESPACE } from "../../../components/settings/problem";
import { sideBySide } from "../../core/concurrently";
import { digestOf, imageInRepository } from "../../core/desired-releases";
import { StepFailed } from "../../core/errors";
import { wordAgainst } from "../../observe/analysis/analyse";
import { colourFaults } from "../../observe/check-colour";
import { isReturn, type Situation, type StepAction, type StepContext } from "../context";

/** Looks, and changes nothing. */
export const preflight: StepAction = (context, situation, services) =>
  isReturn(situation) ? lookBack(context, situation, services) : lookAhead(context, situation);

/** Images (pinned by digest from here on) and secrets exist, no alarm fires, production is healthy. */
async function lookAhead(context: StepContext, situation: Situation) {
  const [wish, secrets, alarms, seen] = await Promise.all([
    pinnedWish(context, situation),
    secretFaults(context, situation),
    firingAlarms(context),
    sideBySide(
      situation.requests.map(({ service }) => service),
      (service) => production(context, situation, service),
    ),
  ]);
  const unhealthy = seen.filter(({ faults }) => faults.length > 0);
  if (secrets.length > 0) throw new UserError(secrets.join("\n"));
  if (alarms.length > 0 && !context.despiteAlarms)
    throw new StepFailed(
      `${alarms.map(({ fault }) => fault).join("; ")}: a deploy could not tell what it breaks; see to it, or deploy with --despite-alarms "REASON"`,
    );
  if (unhealthy.length > 0 && !context.despiteUnhealthy)
    throw new StepFailed(
      `production is not healthy now, so a deploy could not tell what it broke: ${unhealthy.flatMap(({ faults }) => faults).join("; ")}; see to it, or bring the cure with --despite-unhealthy "REASON"`,
    );
  const images = Object.entries(wish).map(
    ([service, { name, image }]) =>
      `${service} ${name} is ${image.slice(image.indexOf("@") + 1, image.indexOf("@") + 20)}…`,
  );
  const ignoredAlarms = alarms.map(({ name }) => name);
  const ignoredUnhealthy = unhealthy.map(({ service }) => service);
  const health =
    unhealthy.length > 0 ? `${ignoredUnhealthy.join(", ")} not healthy in production` : "production healthy";
  const despite = alarms.length > 0 ? `, despite ${ignoredAlarms.join(", ")}` : "";
  return lookedAt(
    { ...situation, wish, ignoredAlarms, ignoredUnhealthy },
    seen,
    [health, ...images].join(", ") + despite,
  );
}

/** What was in production before can be there again: its image still exists, or it still runs and is healthy. */
async function lookBack(context: StepContext, situation: Situation, services: readonly string[]) {
  const { observer, settings } = context;
  const seen = await sideBySide(services, async (service) => {
    const { active, colours } = situation.live.services[service]!;
    const { colours: outputs, repository } = situation.outputs.services[service]!;
    const idle = other(active);
    const { release, size } = colours[idle];
    const wanted = situation.wish[service]!;
    const scales = isElastic(settings.services[service]!.size);
    if (size === 0 || release?.image !== wanted.image) {
      const [found, { inService }] = await Promise.all([
        observer.image(repository.name, { digest: digestOf(wanted.image) }),
        observer.colour(outputs[active]),
      ]);
      if (!found) throw new StepFailed(`the image of ${service} ${wanted.name} is not in ${repository.url} any more`);
      return { service, running: scales ? inService : colours[active].size, isUp: false };
    }
    const faults = colourFaults(outputs[idle], await observer.colour(outputs[idle]), {
      size,
      digest: digestOf(wanted.image),
    });
    if (faults.length > 0)
      throw new StepFailed(`${service} ${idle}, which runs ${wanted.name}, is not healthy: ${faults.join("; ")}`);
    return { service, running: size, isUp: true };
  });
  const names = services.map((service) => `${service} ${situation.wish[service]!.name}`);
  // What runs and was in production before needs no other look.
  const up = seen.flatMap(({ service, isUp }) => (isUp ? [situation.wish[service]!.image] : []));
  const verified = new Set([...situation.progress.verified, ...up]);
  return lookedAt(
    { ...situation, progress: { ...situation.progress, verified } },
    seen,
    `${names.join(", ")} can be active again`,
  );
}

function lookedAt(situation: Situation, seen: readonly { service: string; running: number }[], detail: string) {
  return {
    situation: {
      ...situation,
      running: Object.fromEntries(seen.map(({ service, running }) => [service, running])),
      progress: { ...situation.progress, preflight: true },
    },
    detail,
  };
}

/** An alarm that fires from the start would never change its state, and so could not take the deploy back (aws-rules W7). */
async function firingAlarms({ observer, settings }: StepContext): Promise<{ name: string; fault: string }[]> {
  const { alarms } = settings.deploy;
  if (alarms.length === 0) return [];
  const seen = await observer.alarms(alarms);
  return seen.flatMap((alarm) => {
    const { name, reason } = alarm;
    const against = wordAgainst(alarm);
    return against === null ? [] : [{ name, fault: `the alarm ${name} ${against} (${reason})` }];
  });
}

async function pinnedWish({ observer }: StepContext, { requests, outputs }: Situation) {
  const wish: Record<string, Release> = {};
  for (const request of requests) {
    const { repository } = outputs.services[request.service]!;
    const reference = imageInRepository(request, repository);
    const found = await observer.image(repository.name, reference);
    if (!found)
      throw new StepFailed(
        `image ${request.image} does not exist in ${repository.url}: push it first, or check the tag`,
      );
    wish[request.service] = {
      image: `${repository.url}@${found.digest}`,
      name: "tag" in reference ? reference.tag : found.digest.slice(0, 19),
    };
  }
  return wish;
}

/** One line for each secret that a task could not read at its start, of the services that are deployed. Where a value is kept is no secret. */
async function secretFaults({ observer, settings }: StepContext, { requests }: Situation): Promise<string[]> {
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

/** What production runs on now, and what is wrong with it. */
async function production(
  { observer, settings }: StepContext,
  { outputs, live }: Situation,
  service: string,
): Promise<{ service: string; running: number; faults: string[] }> {
  const { active, colours } = live.services[service]!;
  const { release, size } = colours[active];
  if (release === null || size === 0) return { service, running: 0, faults: [] };
  const outputsOfColour = outputs.services[service]!.colours[active];
  const seen = await observer.colour(outputsOfColour);
  const scales = isElastic(settings.services[service]!.size);
  const faults = colourFaults(outputsOfColour, seen, { size, digest: digestOf(release.image), scales });
  return {
    service,
    running: scales ? seen.inService : size,
    faults: faults.map((line) => `${service} ${active}: ${line} (idle is ${other(active)})`),
  };
}
