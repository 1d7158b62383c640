import { CONFIG_NAMESPACE } from "./problem";
import type { ServiceSettings } from "./settings";

/** The secrets that a service and its sidecars name, each with its path in the settings. */
export function namedSecrets(
  service: string,
  { secrets, sidecars }: Pick<ServiceSettings, "secrets" | "sidecars">,
): { path: string; reference: string }[] {
  const own = `${CONFIG_NAMESPACE}:services.${service}`;
  const containers = [
    { path: own, secrets },
    ...Object.entries(sidecars).map(([name, sidecar]) => ({
      path: `${own}.sidecars.${name}`,
      secrets: sidecar.secrets,
    })),
  ];
  return containers.flatMap(({ path, secrets: all }) =>
    Object.entries(all).map(([variable, reference]) => ({ path: `${path}.secrets.${variable}`, reference })),
  );
}
