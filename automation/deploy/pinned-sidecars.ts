import { UserError } from "../../components/core/user-error";
import { ecrImageOf } from "../../components/live/ecr-image";
import { configurationOfRelease, type Release } from "../../components/live/release";
import { CONFIG_NAMESPACE } from "../../components/settings/problem";
import type { Settings } from "../../components/settings/settings";
import { imageInRepository } from "../core/desired-releases";
import { StepFailed } from "../core/errors";
import type { Observer } from "../ports/observer";

interface Sidecar {
  service: string;
  sidecar: string;
  /** The image as in the settings. */
  from: string;
}

/**
 * Resolves the images of all sidecars of the services: by service and sidecar, each by its digest. An image of another
 * registry than ECR has its digest in the settings, and nobody is asked about it.
 * @throws UserError with a line for each image that ECR does not have
 */
export async function pinnedSidecars(
  observer: Pick<Observer, "image">,
  { services }: Pick<Settings, "services">,
  repositories: Readonly<Record<string, { repository: { url: string; name: string } }>>,
  names: readonly string[],
): Promise<(service: string, sidecar: string) => string> {
  const wanted = names.flatMap((service) =>
    Object.entries(services[service]!.sidecars).map(
      ([sidecar, { image }]): Sidecar => ({ service, sidecar, from: image }),
    ),
  );
  const found = await Promise.all(wanted.map((one) => pinned(observer, one, repositories[one.service]!.repository)));
  const problems = wanted.flatMap(({ service, sidecar, from }, place) =>
    found[place] === null
      ? [
          `${imagePath(service, sidecar)}: given "${from}", wanted an image that is in its repository: push it first, or check the tag`,
        ]
      : [],
  );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return (service, sidecar) =>
    found[wanted.findIndex((one) => one.service === service && one.sidecar === sidecar)] ?? "";
}

async function pinned(
  observer: Pick<Observer, "image">,
  { service, sidecar, from }: Sidecar,
  own: { url: string; name: string },
): Promise<string | null> {
  const inEcr = ecrImageOf(from);
  if (inEcr) {
    const image = await observer.image(inEcr.repository, inEcr.reference, inEcr).catch((error: Error) => {
      if (!isDenied(error)) throw error;
      // Whoever may pull it need not be allowed to ask for it, and it cannot be another image.
      if ("digest" in inEcr.reference) return inEcr.reference;
      throw notGiven({ service, sidecar, from }, error);
    });
    return image && `${inEcr.url}@${image.digest}`;
  }
  if (from.includes("@")) return from;
  const image = await observer.image(own.name, imageInRepository({ service, image: from }, own));
  return image && `${own.url}@${image.digest}`;
}

/** CI's role may look into a repository, and the instances may pull from it, from the first `pulumi up` on that has its name in the settings. */
function notGiven({ service, sidecar, from }: Sidecar, { message }: Error): UserError {
  return new UserError(
    `${imagePath(service, sidecar)}: given "${from}", wanted an image in a repository that this run may look into: run \`pulumi up\` first, because a deploy gives no rights; one of another account has to allow ecr:DescribeImages, or name the image by its digest (AWS: ${message})`,
  );
}

function isDenied({ name }: Error): boolean {
  return name === "AccessDeniedException";
}

function trueIfDenied(error: Error): true {
  if (!isDenied(error)) throw error;
  return true;
}

function imagePath(service: string, sidecar: string): string {
  return `${CONFIG_NAMESPACE}:services.${service}.sidecars.${sidecar}.image`;
}

/**
 * Asserts that the images of a release's sidecars are still there, of those that are in ECR.
 * @throws StepFailed
 */
export async function assertSidecarsExist(
  observer: Pick<Observer, "image">,
  service: string,
  release: Release,
): Promise<void> {
  const sidecars = Object.entries(configurationOfRelease(release)?.sidecars ?? {});
  await Promise.all(
    sidecars.map(async ([name, { image }]) => {
      const inEcr = ecrImageOf(image);
      // Nobody knows of an image that may not be asked for; the release ran with it.
      if (!inEcr || (await observer.image(inEcr.repository, inEcr.reference, inEcr).catch(trueIfDenied))) return;
      throw new StepFailed(
        `the image of sidecar ${name} of ${service} ${release.name} is not in ${inEcr.url} any more`,
      );
    }),
  );
}
