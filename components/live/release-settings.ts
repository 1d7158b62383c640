import { GRPC_METHOD } from "../settings/schema/kinds";
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
 * @param asked the health path that the release has been asked for until now: it keeps that one, even if an older program
 * did not record it; null if nobody knows
 */
export function releaseSettingsOf(
  service: ServiceSettings,
  release: Release | null,
  asked: string | null = null,
): ReleaseSettings {
  const configuration = release && configurationOfRelease(release);
  const healthCheck = {
    ...service.healthCheck,
    path: healthPathOf(service, configuration?.healthCheck?.path ?? asked),
  };
  if (configuration) {
    const { migrate, sidecars = {}, exec = false, uses = [] } = configuration;
    return { ...service, ...configuration, migrate: migrate ?? undefined, sidecars, exec, uses, healthCheck };
  }
  const unknown = () => ({ version: "" });
  return {
    ...service,
    healthCheck,
    secrets: secretVersions(service.secrets, unknown),
    // Older programs knew neither sidecars nor ECS Exec nor databases.
    sidecars: release ? {} : releaseSidecars(service.sidecars, unknown, knownImages({})),
    exec: release ? false : service.exec,
    uses: release ? [] : service.uses,
  };
}

/**
 * The path of a release's own if it has one that can be asked for. The protocol is the service's, and may have changed
 * since the release ran: a group with GRPC cannot be asked for a path that is no method (aws-rules E57).
 */
function healthPathOf({ protocol, healthCheck }: ServiceSettings, own: string | null): string {
  return own === null || (protocol === "grpc" && !GRPC_METHOD.test(own)) ? healthCheck.path : own;
}
