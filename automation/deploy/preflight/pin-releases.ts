import { other } from "../../../components/core/colour-name";
import { UserError } from "../../../components/core/user-error";
import { configurationOf, configurationText, type SecretVersion } from "../../../components/live/configuration";
import { withAskedPath } from "../../../components/live/health-path";
import { activeRelease } from "../../../components/live/live";
import { withProgramValues } from "../../../components/live/program-values";
import { distinctName, hasSameContent, type Release, tagOf } from "../../../components/live/release";
import { waitingSize } from "../../../components/live/waiting-size";
import { namedSecrets } from "../../../components/settings/named-secrets";
import { digestOf, imageInRepository } from "../../core/desired-releases";
import { StepFailed } from "../../core/errors";
import type { RunState, StepContext } from "../context";
import { pinnedSidecars } from "../pinned-sidecars";

/**
 * Returns the release that each service is to get: its image and those of its sidecars by digest, its settings, and the versions of its secrets.
 * @throws StepFailed if an image does not exist; UserError for a secret that a task could not read
 */
export async function pinReleases(context: StepContext, state: RunState): Promise<Record<string, Release>> {
  const { observer, settings } = context;
  const names = state.requests.map(({ service }) => service);
  const [images, sidecarImage, secrets] = await Promise.all([
    pinnedImages(context, state),
    pinnedSidecars(observer, settings, state.outputs.services, names),
    secretsOf(context, names),
  ]);
  return Object.fromEntries(
    images.map((pinned) => [pinned.service, desiredRelease(context, state, pinned, { secrets, sidecarImage })]),
  );
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
      const { repository } = outputs.services[service]!;
      if (request.image === "") {
        if (!active)
          throw new UserError(`${service} has no release yet: wanted ${service}=IMAGE, such as ${service}=v1`);
        // That it runs does not say that another instance could pull it.
        if (!(await observer.image(repository.name, { digest: digestOf(active.image) })))
          throw new StepFailed(
            `the image of ${service} ${active.name}, which production runs, is not in ${repository.url} any more: push it again, or deploy another one`,
          );
        return { service, image: active.image, tag: tagOf(active.name) };
      }
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
 * just that, it is that colour's release. But a size that waits comes with a new one, `restart` makes a new one all the
 * same, and so does `--migrate-again` of the active one.
 */
function desiredRelease(
  { settings }: StepContext,
  { command, live, outputs, migrateAgain }: RunState,
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
  const known = [active, other(active)].flatMap((colour) => {
    const { release } = colours[colour];
    if (!release) return [];
    const isWhole = waitingSize(colours[colour], settings.services[service]!).length === 0;
    return [{ colour, release, isWhole, compared: withAskedPath(release, outputs.services[service]!, colour) }];
  });
  const kept = known.map((one) => one.release);
  const release = { image, name: distinctName(tag, kept), configuration: configurationText(configuration) };
  if (command === "restart") return release;
  // With the active release there would be nothing to deploy, and so nothing to migrate.
  const migratesAgain = migrateAgain === true && settings.services[service]!.migrate !== undefined;
  const candidates = migratesAgain ? known.filter(({ colour }) => colour !== active) : known;
  return candidates.find(({ isWhole, compared }) => isWhole && hasSameContent(compared, release))?.release ?? release;
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
