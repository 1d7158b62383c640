import type { ServiceSettings } from "../settings/settings";
import type { Configuration } from "./configuration";
import { configurationOfRelease, type Release } from "./release";
import { knownImages, type ReleaseSidecars, releaseSidecars } from "./sidecars";
import { secretVersions } from "./variables";

/** A service's settings for one release. */
export type ReleaseSettings = Omit<ServiceSettings, "secrets" | "sidecars"> & {
  readonly secrets: Configuration["secrets"];
  readonly sidecars: ReleaseSidecars;
};

/**
 * The settings that a colour's release runs with: its own configuration, and for everything that is not of a release
 * what the stack's settings say. Without a release, and for one of an older program, these alone; the versions of secrets
 * are "" then, and sidecars' images as in the settings, because nobody looked.
 */
export function releaseSettingsOf(service: ServiceSettings, release: Release | null): ReleaseSettings {
  const configuration = release && configurationOfRelease(release);
  if (configuration) {
    const { migrate, sidecars = {}, exec = false, uses = [] } = configuration;
    return { ...service, ...configuration, migrate: migrate ?? undefined, sidecars, exec, uses };
  }
  const unknown = () => ({ version: "" });
  return {
    ...service,
    secrets: secretVersions(service.secrets, unknown),
    // Older programs knew neither sidecars nor ECS Exec nor databases.
    sidecars: release ? {} : releaseSidecars(service.sidecars, unknown, knownImages({})),
    exec: release ? false : service.exec,
    uses: release ? [] : service.uses,
  };
}
