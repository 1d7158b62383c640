import { createHash } from "node:crypto";
import { z } from "zod";
import { type Configuration, differences, parseConfiguration } from "./configuration";

/** Separates the tag from the number of a further release of the same tag. No tag has it. */
const NUMBERED = /\+(\d+)$/;
const KEY_DIGITS = 12;

export const releaseSchema = z.strictObject({
  /** Image by digest: `<registry>/<repository>@sha256:<64 hex>`. */
  image: z
    .string()
    .regex(/@sha256:[0-9a-f]{64}$/, "wanted an image by digest: <registry>/<repository>@sha256:<64 hex>"),
  /**
   * Short name such as `v2` (the tag that was asked for), or `v2+1` for the same tag with another configuration: the
   * tasks' variable RELEASE. The two colours of a service never run releases of the same name.
   */
  name: z.string().min(1),
  /**
   * The settings that it was deployed with, as `configurationText` writes them.
   * Absent in releases of programs before version 5 of the journal: these run with the settings of their time.
   */
  configuration: z.string().optional(),
});

/** What one colour of a service runs: an image, and the settings and secrets that go into its tasks. */
export type Release = z.infer<typeof releaseSchema>;

/** What tells a release from all others, as a run's progress lists it: the image's digest reference, with its configuration. */
export function releaseKey({ image, name, configuration }: Release): string {
  if (configuration === undefined) return image;
  return `${image}#${createHash("sha256").update(`${name} ${configuration}`).digest("hex").slice(0, KEY_DIGITS)}`;
}

/** Whether both are the same release, or both none. */
export function isSameRelease(one: Release | null | undefined, other: Release | null | undefined): boolean {
  return one && other ? releaseKey(one) === releaseKey(other) : !one && !other;
}

/** The configuration of a release; null if an older program deployed it. */
export function configurationOfRelease({ configuration }: Release): Configuration | null {
  return configuration === undefined ? null : parseConfiguration(configuration);
}

/** The release's `migrate` command, which its configuration has; before it was pinned, and of an old release without one, that of the settings. */
export function migrationOf(release: Release | null, { migrate = null }: { migrate?: string | null }): string | null {
  const configuration = release && configurationOfRelease(release);
  return configuration ? configuration.migrate : migrate;
}

/** True if the tasks of both would be the same except for the variable RELEASE. False if one's configuration is not known. */
export function hasSameContent(one: Release, other: Release): boolean {
  const [mine, theirs] = [configurationOfRelease(one), configurationOfRelease(other)];
  return one.image === other.image && mine !== null && theirs !== null && differences(mine, theirs).length === 0;
}

/** `v2` of `v2` and of `v2+1`. */
export function tagOf(name: string): string {
  return name.replace(NUMBERED, "");
}

/** A name for a release of this tag that none of the others has: `v2`, or the next of `v2+1`, `v2+2`, ... */
export function distinctName(tag: string, others: readonly Release[]): string {
  const numbers = others
    .filter(({ name }) => tagOf(name) === tag)
    .map(({ name }) => Number(NUMBERED.exec(name)?.[1] ?? 0));
  return numbers.length === 0 ? tag : `${tag}+${Math.max(...numbers) + 1}`;
}

/**
 * What differs in settings and secrets from one release to another: `LOG_LEVEL changed`, `DATABASE_URL version 3 -> 4`.
 * It never says the value of a variable. Empty from no release, and where an older program did not record with what it
 * deployed.
 */
export function releaseDifferences(before: Release | null, after: Release): string[] {
  if (before === null) return [];
  const [was, is] = [configurationOfRelease(before), configurationOfRelease(after)];
  return was && is ? differences(was, is) : [];
}
