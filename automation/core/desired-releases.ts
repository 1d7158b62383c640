import { UserError } from "../../components/core/user-error";
import type { Release } from "../../components/live/live";

/** What a run is to bring about: the release that shall be active, by service. Null: none, as before a first release. */
export type DesiredReleases = Record<string, Release | null>;

/** What was asked for on the command line, before the registry was asked for the digest. */
export interface ImageRequest {
  service: string;
  /** As typed: `v2`, `users:v2`, `sha256:...`, or a whole reference of the service's own repository. */
  image: string;
}

/**
 * Reads `users=IMAGE ...`.
 * @throws UserError naming every argument that is not of that form, unknown or repeated
 */
export function parseImageRequests(args: readonly string[], knownServices: readonly string[]): ImageRequest[] {
  if (args.length === 0) {
    throw new UserError(`no service named: wanted SERVICE=IMAGE, such as ${knownServices[0] ?? "users"}=v2`);
  }
  const faults: string[] = [];
  const requests: ImageRequest[] = [];
  for (const arg of args) {
    const [, service, image] = /^([^=]+)=(.+)$/.exec(arg) ?? [];
    if (service === undefined || image === undefined) {
      faults.push(`"${arg}" is not SERVICE=IMAGE, such as ${knownServices[0] ?? "users"}=v2`);
    } else if (!knownServices.includes(service)) {
      faults.push(`unknown service "${service}": the settings have ${knownServices.join(", ") || "none"}`);
    } else if (requests.some((request) => request.service === service)) {
      faults.push(`service "${service}" is named twice: give one image for it`);
    } else {
      requests.push({ service, image });
    }
  }
  if (faults.length > 0) throw new UserError(faults.join("\n"));
  return requests;
}

/**
 * Splits what was typed into what the service's registry can be asked for.
 * @throws UserError for an image of another repository: instances may pull only from their own
 */
export function imageInRepository(
  request: ImageRequest,
  repository: { url: string; name: string },
): { tag: string } | { digest: string } {
  const { image, service } = request;
  const [, name = "", tag, digest] =
    /^(?:(.*?)(?::([\w][\w.-]{0,127}))?(?:@?(sha256:[0-9a-f]{64}))?)$/.exec(normalised(image)) ?? [];
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

/** A bare tag becomes `:tag`, a bare digest `@digest`. */
function normalised(image: string): string {
  if (image.startsWith("sha256:")) return `@${image}`;
  return /^[\w][\w.-]*$/.test(image) ? `:${image}` : image;
}

/** `users=v2 doodle=v7`, as it is typed. */
export function typed(asked: Readonly<Record<string, string>>): string {
  return Object.entries(asked)
    .map(([service, image]) => `${service}=${image}`)
    .join(" ");
}

/** `sha256:...` of an image by digest. */
export function digestOf(image: string): string {
  return image.slice(image.indexOf("@") + 1);
}

/** How a person would type a run: `deploy users=v2`. */
export function commandLine(command: string, asked: Readonly<Record<string, string>>): string {
  return `${command} ${typed(asked)}`;
}
