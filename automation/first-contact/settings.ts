import { stringify } from "yaml";
import { BAKE_SECONDS, DRAIN_SECONDS, METRIC_PERIOD_SECONDS } from "../../components/settings/schema/deploy";
import { SERVICE } from "./trial";

/**
 * Passphrase of the state, and the salt that Pulumi made for it. They protect nothing: the stack has no secrets, and
 * its state is on this machine until the run is over.
 */
export const PASSPHRASE = "first-contact";
const SALT = "v1:j7tFlDmFfAk=:v1:sKI4rwOfZpTV3Ydw:59HyRgE1KEfpzj0XHyWA7ZNbH6E6Tw==";

/** A database would cost more than all else here, and nothing is asked of it. The sample service takes this variable. */
const WITHOUT_DATABASE = { STORE: "memory" };

interface TrialSettings {
  region: string;
  domain: string;
  /** AWS seconds in one real second. */
  timeScale: number;
}

/** Returns the stack's settings file: one service with one instance, no protection, and flow logs. */
export function trialSettings({ region, domain, timeScale }: TrialSettings): string {
  return stringify({
    config: {
      "aws:region": region,
      "aoshingo:domain": domain,
      "aoshingo:deletionProtection": "false",
      "aoshingo:network": { flowLogs: "all" },
      "aoshingo:deploy": {
        drainSeconds: DRAIN_SECONDS / timeScale,
        drainCapSeconds: 0,
        bakeSeconds: BAKE_SECONDS / timeScale,
        metricPeriodSeconds: METRIC_PERIOD_SECONDS / timeScale,
      },
      "aoshingo:services": { [SERVICE]: { kind: "api", size: 1, env: WITHOUT_DATABASE } },
    },
    encryptionsalt: SALT,
  });
}
