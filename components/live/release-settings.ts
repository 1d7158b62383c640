import type { ServiceSettings } from "../settings/settings";
import type { Configuration } from "./configuration";
import { configurationOfRelease, type Release } from "./release";

/** A service's settings for one release. */
export type ReleaseSettings = Omit<ServiceSettings, "secrets"> & { readonly secrets: Configuration["secrets"] };

/**
 * The settings that a colour's release runs with: its own configuration, and for everything that is not of a release
 * what the stack's settings say. Without a release, and for one of an older program, these alone; the versions of secrets
 * are "" then, because nobody looked.
 */
export function releaseSettingsOf(service: ServiceSettings, release: Release | null): ReleaseSettings {
  const configuration = release && configurationOfRelease(release);
  if (configuration) return { ...service, ...configuration, migrate: configuration.migrate ?? undefined };
  const secrets = Object.entries(service.secrets).map(([variable, from]) => [variable, { from, version: "" }] as const);
  return { ...service, secrets: Object.fromEntries(secrets) };
}
