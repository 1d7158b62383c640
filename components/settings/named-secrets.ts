import { isDatabasePassword } from "./database-variables";
import { CONFIG_NAMESPACE } from "./problem";
import type { ServiceSettings } from "./settings";

interface NamedSecret {
  /** In the settings. */
  path: string;
  reference: string;
  /** True for the password in a database, whose secret the program declares. */
  isDatabasePassword: boolean;
}

/** The secrets that a service and its sidecars name, and that of its database. */
export function namedSecrets(
  service: string,
  { secrets, sidecars, uses }: Pick<ServiceSettings, "secrets" | "sidecars" | "uses">,
): NamedSecret[] {
  const own = `${CONFIG_NAMESPACE}:services.${service}`;
  const containers = [
    { path: own, secrets, uses },
    ...Object.entries(sidecars).map(([name, sidecar]) => ({
      path: `${own}.sidecars.${name}`,
      secrets: sidecar.secrets,
      uses: [],
    })),
  ];
  return containers.flatMap(({ path, secrets: all, uses: used }) =>
    Object.entries(all).map(([variable, reference]) => {
      const isOfDatabase = isDatabasePassword(used, variable);
      const key = isOfDatabase ? "uses" : `secrets.${variable}`;
      return { path: `${path}.${key}`, reference, isDatabasePassword: isOfDatabase };
    }),
  );
}
