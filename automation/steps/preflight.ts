import { other } from "../../components/colour-name";
import { CONFIG_NAMESPACE } from "../../components/fault";
import { UserError } from "../../components/user-error";
import type { Situation, StepAction, StepContext } from "../context";
import { StepFailed } from "../deploy-failed";
import { colourFaults } from "../observe/colour-faults";
import { sideBySide } from "../side-by-side";
import { digestOf, imageInRepository, type Wish } from "../wish";

/** Looks, and changes nothing: the stack is clean, images (pinned by digest from here on) and secrets exist, production is healthy. */
export const preflight: StepAction = async (context, situation) => {
  const [pending, wish, secrets, seen] = await Promise.all([
    context.stack.pendingOperations(),
    pinnedWish(context, situation),
    secretFaults(context, situation),
    sideBySide(
      situation.requests.map(({ service }) => service),
      (service) => production(context, situation, service),
    ),
  ]);
  const unhealthy = seen.flatMap(({ faults }) => faults);
  if (secrets.length > 0) throw new UserError(secrets.join("\n"));
  if (pending.length > 0) {
    throw new StepFailed(
      `the stack has operations that a crash left half done (${pending.join("; ")}): run \`pulumi refresh --clear-pending-creates --stack ${context.stack.name}\`, then deploy again`,
    );
  }
  if (unhealthy.length > 0)
    throw new StepFailed(
      `production is not healthy now, so a deploy could not tell what it broke: ${unhealthy.join("; ")}`,
    );
  const images = Object.entries(wish).map(
    ([service, { name, image }]) =>
      `${service} ${name} is ${image.slice(image.indexOf("@") + 1, image.indexOf("@") + 20)}…`,
  );
  return {
    situation: {
      ...situation,
      wish,
      running: Object.fromEntries(seen.map(({ service, running }) => [service, running])),
      progress: { ...situation.progress, preflight: true },
    },
    detail: `stack clean, production healthy, ${images.join(", ")}`,
  };
};

async function pinnedWish({ observer }: StepContext, { requests, outputs }: Situation): Promise<Wish> {
  const wish: Wish = {};
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
  const { min, max } = settings.services[service]!.size;
  const scales = min < max;
  const faults = colourFaults(outputsOfColour, seen, { size, digest: digestOf(release.image), scales });
  return {
    service,
    running: scales ? seen.inService : size,
    faults: faults.map((line) => `${service} ${active}: ${line} (idle is ${other(active)})`),
  };
}
