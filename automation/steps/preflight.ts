import { other } from "../../components/colour-name";
import type { Situation, StepAction, StepContext } from "../context";
import { StepFailed } from "../deploy-failed";
import { colourFaults } from "../observe/colour-faults";
import { imageInRepository, type Wish } from "../wish";

/** Looks, and changes nothing: the stack is clean, every image exists (and is pinned by digest from here on), production is healthy. */
export const preflight: StepAction = async (context, situation) => {
  const [pending, wish, unhealthy] = await Promise.all([
    context.stack.pendingOperations(),
    pinnedWish(context, situation),
    productionFaults(context, situation),
  ]);
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
    situation: { ...situation, wish, progress: { ...situation.progress, preflight: true } },
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

async function productionFaults({ observer }: StepContext, { requests, outputs, live }: Situation): Promise<string[]> {
  const faults = await Promise.all(
    requests.map(async ({ service }) => {
      const { active, colours } = live.services[service]!;
      const { release, size } = colours[active];
      if (release === null || size === 0) return [];
      const outputsOfColour = outputs.services[service]!.colours[active];
      const seen = await observer.colour(outputsOfColour);
      const digest = release.image.slice(release.image.indexOf("@") + 1);
      return colourFaults(outputsOfColour, seen, { size, digest }).map(
        (fault) => `${service} ${active}: ${fault} (idle is ${other(active)})`,
      );
    }),
  );
  return faults.flat();
}
