import { mapValues } from "../../components/core/map-values";
import { UserError } from "../../components/core/user-error";
import { activeRelease, type Live } from "../../components/live/live";
import { configurationOfRelease, type Release, releaseDifferences } from "../../components/live/release";
import { sidecarDigests } from "../../components/live/sidecars";

/** The release that a run is to make active, by service. Null: none, as before a first release. */
export type DesiredReleases = Record<string, Release | null>;

/** What people and scripts see of desired releases, by service: without a configuration, which has values of variables. */
export interface ReleaseSummary {
  /** Images are by digest, and "" until `preflight` has resolved them. */
  releases: Record<string, { name: string; image: string }>;
  /** What differs from what production ran before the run, such as `LOG_LEVEL changed`; see `releaseDifferences`. */
  changes: Record<string, string[]>;
}

/** @param before live state before the run */
export function summaryOf(desired: DesiredReleases, before: Live): ReleaseSummary {
  const releases = Object.entries(desired).flatMap(([service, release]) => (release ? [{ service, release }] : []));
  return {
    releases: Object.fromEntries(releases.map(({ service, release: { name, image } }) => [service, { name, image }])),
    changes: Object.fromEntries(
      releases.map(({ service, release }) => [service, releaseDifferences(activeRelease(before, service), release)]),
    ),
  };
}

/** A release as the command line names it, before the registry was asked for the digest. */
export interface ImageRequest {
  service: string;
  /**
   * As typed: `v2`, `users:v2`, `sha256:...`, or a whole reference of the service's own repository. "" for the image that
   * production runs.
   */
  image: string;
}

/**
 * Parses arguments such as `users=IMAGE`, or `users` for the image that production runs.
 * @throws UserError naming every argument that is not of that form, unknown or repeated
 */
export function parseImageRequests(args: readonly string[], knownServices: readonly string[]): ImageRequest[] {
  if (args.length === 0) {
    throw new UserError(
      `no service named: wanted SERVICE=IMAGE, such as ${knownServices[0] ?? "users"}=v2, or SERVICE alone for the image that it runs`,
    );
  }
  const problems: string[] = [];
  const requests: ImageRequest[] = [];
  for (const arg of args) {
    const [, service, image = ""] = /^([^=]+)(?:=([\w.][\w.:/@-]*))?$/.exec(arg) ?? [];
    if (service === undefined) {
      problems.push(`"${arg}" is not SERVICE=IMAGE, such as ${knownServices[0] ?? "users"}=v2`);
    } else if (!knownServices.includes(service)) {
      problems.push(`unknown service "${service}": the settings have ${knownServices.join(", ") || "none"}`);
    } else if (requests.some((request) => request.service === service)) {
      problems.push(`service "${service}" is named twice: give one image for it`);
    } else {
      requests.push({ service, image });
    }
  }
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return requests;
}

/**
 * Returns the tag or the digest by which the service's registry knows the requested image.
 * @throws UserError for an image of another repository: instances may pull only from their own
 */
export function imageInRepository(
  request: ImageRequest,
  repository: { url: string; name: string },
): { tag: string } | { digest: string } {
  const { image, service } = request;
  const [, name = "", tag, digest] =
    /^(?:(.*?)(?::([\w][\w.-]{0,127}))?(?:@?(sha256:[0-9a-f]{64}))?)$/.exec(withSeparator(image)) ?? [];
  if (!["", service, repository.name, repository.url].includes(name)) {
    throw new UserError(
      `image ${image} is not in the repository of ${service}: push it to ${repository.url} and deploy it from there`,
    );
  }
  if (digest !== undefined) return { digest };
  if (tag !== undefined) return { tag };
  throw new UserError(
    `image ${image} names neither a tag nor a digest: wanted ${service}=TAG or ${service}=sha256:...`,
  );
}

/** Turns a bare tag into `:tag` and a bare digest into `@digest`. */
function withSeparator(image: string): string {
  if (image.startsWith("sha256:")) return `@${image}`;
  return /^[\w][\w.-]*$/.test(image) ? `:${image}` : image;
}

/** Returns what a run asks for, by service: its image, or the name of a release. */
export function requestsOf(asked: Readonly<Record<string, string>>): ImageRequest[] {
  return Object.entries(asked).map(([service, image]) => ({ service, image }));
}

/** Returns what a run asks for that makes known releases active. */
export function askedByName(desired: Readonly<Record<string, Pick<Release, "name">>>) {
  const asked = mapValues(desired, ({ name }) => name);
  return { asked, requests: requestsOf(asked) };
}

/** Returns arguments as a person types them, such as `users=v2 doodle=v7`. */
export function typed(asked: Readonly<Record<string, string>>): string {
  return Object.entries(asked)
    .map(([service, image]) => (image === "" ? service : `${service}=${image}`))
    .join(" ");
}

/** Returns the `sha256:...` of an image that is named by digest. */
export function digestOf(image: string): string {
  return image.slice(image.indexOf("@") + 1);
}

/** The digests of all images that a release runs: its own, and those of its sidecars by container. */
export function digestsOf(release: Release): { digest: string; sidecars: Record<string, string> } {
  return {
    digest: digestOf(release.image),
    sidecars: sidecarDigests(configurationOfRelease(release)?.sidecars ?? {}),
  };
}

/** How a person would type a run: `deploy users=v2`. */
export function commandLine(command: string, asked: Readonly<Record<string, string>>): string {
  return `${command} ${typed(asked)}`;
}
