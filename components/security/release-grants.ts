import type { Colour } from "../core/colour-name";
import { mapValues } from "../core/map-values";
import { type Grants, grantsFor, grantsOf } from "../live/grants";
import { askedPath } from "../live/health-path";
import type { LiveState } from "../live/live-state";
import type { StackState } from "../live/outputs";
import { isSameRelease } from "../live/release";
import { type ReleaseSettings, releaseSettingsOf } from "../live/release-settings";
import { callOrder } from "../settings/call-order";
import { isDatabasePassword } from "../settings/database-variables";
import type { Settings } from "../settings/settings";
import type { SecretSource } from "./secret-arns";

/** Where the values of secrets are. */
type Sources = (secrets: ReleaseSettings["secrets"]) => Record<string, SecretSource>;

/** What each colour of a service runs with, and what it may reach. */
export interface ServiceReleases {
  releaseSettings: Record<Colour, ReleaseSettings>;
  grants: Record<Colour, Grants>;
  /** What the settings ask for the next release. */
  asked: Grants;
}

/**
 * Returns what the releases of each service run with and may reach, by service.
 * @param all services of the stack
 * @param last what the stack's last run left
 */
export function serviceReleases(
  services: Settings["services"],
  all: Settings["services"],
  { live, previous, isDeploy }: LiveState,
  last: Partial<Pick<StackState, "grants" | "services">>,
  sources: Sources,
): Record<string, ServiceReleases> {
  return Object.fromEntries(
    // In an order that the stack's outputs have always had.
    callOrder(services).map((name) => {
      const service = services[name]!;
      const { active, colours } = live.services[name]!;
      const asked = releaseSettingsOf(service, null);
      const before = last.services?.[name];
      const releaseSettings = byColour((colour) => {
        const { release } = colours[colour];
        const isKept = release !== null && isSameRelease(release, previous.services[name]!.colours[colour].release);
        return releaseSettingsOf(service, release, isKept && before ? askedPath(before, colour) : null);
      });
      const settings = grantsFor(asked, secretArns(asked, sources));
      const grants = byColour((colour) => {
        const own = releaseSettings[colour];
        const granted = grantsOf({
          release:
            colours[colour].release?.configuration === undefined ? null : grantsFor(own, secretArns(own, sources)),
          settings,
          last: last.grants?.[name]?.[colour],
          ran: previous.services[name]!.colours[colour].size > 0,
          isActive: colour === active,
          isDeploy,
        });
        return withoutRemoved(granted, all);
      });
      return [name, { releaseSettings, grants, asked: settings }];
    }),
  );
}

/**
 * Returns the grants without calls and messages to services that are gone. Only a retired release can still name those:
 * `pulumi up` refuses to remove what a running one needs.
 */
function withoutRemoved(grants: Grants, all: Settings["services"]): Grants {
  return {
    ...grants,
    calls: grants.calls.filter((callee) => all[callee]?.exposure.includes("internal")),
    sends: grants.sends.filter((worker) => all[worker]?.queue),
  };
}

/** ARNs of the secrets of all containers. The right to a password in a database comes with `uses`. */
function secretArns({ secrets, sidecars, uses }: ReleaseSettings, sources: Sources): string[] {
  const own = Object.fromEntries(Object.entries(secrets).filter(([variable]) => !isDatabasePassword(uses, variable)));
  const all = [own, ...Object.values(mapValues(sidecars, (sidecar) => sidecar.secrets))];
  return [...new Set(all.flatMap((each) => Object.values(sources(each)).map(({ arn }) => arn)))];
}

/** A value for each colour. */
export function byColour<Value>(value: (colour: Colour) => Value): Record<Colour, Value> {
  return { blue: value("blue"), green: value("green") };
}
