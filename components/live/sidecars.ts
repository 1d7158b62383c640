import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { ServiceSettings } from "../settings/settings";
import { ecrImageOf, repositoryArnOf } from "./ecr-image";
import { type SecretVersion, secretSchema, secretVersions, variableDifferences } from "./variables";

const DIGEST = /@(sha256:[0-9a-f]{64})$/;
/** Characters of a digest that people can compare. */
const DIGEST_CHARACTERS = "sha256:".length + 8;

export const sidecarSchema = z.strictObject({
  /** As in the settings: `users:agent-1`, or a whole reference. */
  from: z.string(),
  /** By digest; as in the settings where nobody has asked the registry, as for a preview. */
  image: z.string(),
  /** Null for the image's own. */
  command: z.array(z.string()).nullable(),
  env: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), secretSchema),
  cpu: z.int(),
  memory: z.int(),
  essential: z.boolean(),
  stopTimeoutSeconds: z.number(),
});

/** A sidecar as a release was deployed with it. */
export type ReleaseSidecar = z.infer<typeof sidecarSchema>;
/** By name. */
export type ReleaseSidecars = Readonly<Record<string, ReleaseSidecar>>;

/**
 * The sidecars that a release deployed with these settings has.
 * @param imageOf the image by digest, by the sidecar's name and its reference in the settings
 */
export function releaseSidecars(
  sidecars: ServiceSettings["sidecars"],
  versionOf: (reference: string) => Omit<SecretVersion, "from">,
  imageOf: (sidecar: string, from: string) => string,
): Record<string, ReleaseSidecar> {
  return Object.fromEntries(
    Object.entries(sidecars).map(([name, { image: from, command = null, env, secrets, ...rest }]) => [
      name,
      {
        ...{ from, image: imageOf(name, from), command: command && [...command], env: { ...env } },
        secrets: secretVersions(secrets, versionOf),
        ...rest,
      },
    ]),
  );
}

/** Images without a look at a registry: one that the settings give by digest, and one that an earlier release has pinned. */
export function knownImages(earlier: ReleaseSidecars): (sidecar: string, from: string) => string {
  return (sidecar, from) => {
    if (DIGEST.test(from)) return from;
    return earlier[sidecar]?.from === from ? earlier[sidecar].image : from;
  };
}

/** `sha256:...` of each sidecar's image, by container. */
export function sidecarDigests(sidecars: ReleaseSidecars): Record<string, string> {
  return Object.fromEntries(Object.entries(sidecars).map(([name, { image }]) => [name, DIGEST.exec(image)?.[1] ?? ""]));
}

/** ARNs of the repositories of ECR that they are pulled from, besides the service's own. */
export function pulledFrom(sidecars: Readonly<Record<string, Pick<ReleaseSidecar, "from">>>): string[] {
  const images = Object.values(sidecars).flatMap(({ from }) => ecrImageOf(from) ?? []);
  return [...new Set(images.map(repositoryArnOf))].sort();
}

/** All secrets of a release: those of its own container, and those of its sidecars. */
export function allSecrets({
  secrets,
  sidecars = {},
}: {
  secrets: Readonly<Record<string, SecretVersion>>;
  sidecars?: ReleaseSidecars | undefined;
}): { variable: string; secret: SecretVersion }[] {
  const own = Object.entries(secrets).map(([variable, secret]) => ({ variable, secret }));
  const theirs = Object.entries(sidecars).flatMap(([name, sidecar]) =>
    Object.entries(sidecar.secrets).map(([variable, secret]) => ({ variable: `${name} ${variable}`, secret })),
  );
  return [...own, ...theirs];
}

/** What differs, such as `sidecar agent: image users:agent-1 -> users:agent-2`; never the value of a variable. */
export function sidecarDifferences(before: ReleaseSidecars = {}, after: ReleaseSidecars = {}): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === undefined) return [`sidecar ${name} added`];
    if (is === undefined) return [`sidecar ${name} removed`];
    return differencesOf(was, is).map((difference) => `sidecar ${name}: ${difference}`);
  });
}

function differencesOf(was: ReleaseSidecar, is: ReleaseSidecar): string[] {
  const values = (["cpu", "memory", "essential", "stopTimeoutSeconds"] as const).flatMap((key) =>
    was[key] === is[key] ? [] : [`${key} ${was[key]} -> ${is[key]}`],
  );
  return [
    ...imageDifference(was, is),
    ...(isDeepStrictEqual(was.command, is.command) ? [] : ["command changed"]),
    ...variableDifferences(was, is),
    ...values,
  ];
}

/** An image that is not pinned yet differs if the settings name another one. A tag may also mean another image by now. */
function imageDifference(was: ReleaseSidecar, is: ReleaseSidecar): string[] {
  const isPinned = DIGEST.test(was.image) && DIGEST.test(is.image);
  if (isPinned ? was.image === is.image : was.from === is.from) return [];
  if (was.from !== is.from) return [`image ${shortened(was.from)} -> ${shortened(is.from)}`];
  const [old, now] = [was, is].map(({ image }) => DIGEST.exec(image)?.[1]?.slice(0, DIGEST_CHARACTERS));
  return [`image ${was.from} ${old} -> ${now}`];
}

function shortened(image: string): string {
  return image.replace(DIGEST, (_, digest: string) => `@${digest.slice(0, DIGEST_CHARACTERS)}`);
}
