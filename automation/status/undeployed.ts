import { configurationOf, configurationText } from "../../components/live/configuration";
import { comparedActive } from "../../components/live/health-path";
import { activeRelease } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import { configurationOfRelease, releaseDifferences } from "../../components/live/release";
import { knownImages } from "../../components/live/sidecars";
import { waitingSize } from "../../components/live/waiting-size";
import { namedSecrets } from "../../components/settings/named-secrets";
import type { Settings } from "../../components/settings/settings";
import type { ObservedSecret, Observer } from "../ports/observer";

/** What a deploy of a service would bring without a new image; or why that could not be observed. */
export type Undeployed = string[] | { unknown: string };

/**
 * Compares what runs with what settings and secrets would give now, such as `LOG_LEVEL changed` or `size 2 -> 4`. Empty
 * for a service whose release an older program deployed, because nobody knows with what.
 */
export async function undeployedChanges(
  observer: Pick<Observer, "secrets">,
  outputs: Pick<StackOutputs, "live" | "services">,
  { services }: Pick<Settings, "services">,
): Promise<Record<string, Undeployed>> {
  const { live } = outputs;
  const names = Object.keys(services).filter((name) => activeRelease(live, name)?.configuration !== undefined);
  const secretsOf = (name: string) => namedSecrets(name, services[name]!).map(({ reference }) => reference);
  const references = names.flatMap(secretsOf);
  const found = await observer.secrets([...new Set(references)]).catch((error: Error) => error.message.split("\n")[0]!);
  return Object.fromEntries(
    names.map((name): [string, Undeployed] => {
      if (typeof found === "string" && secretsOf(name).length > 0) return [name, { unknown: found }];
      const versions: ReadonlyMap<string, ObservedSecret> = typeof found === "string" ? new Map() : found;
      const release = comparedActive(live, name, outputs)!;
      const versionOf = (reference: string) => {
        const secret = versions.get(reference)!;
        return "missing" in secret ? { version: "none" } : secret;
      };
      const images = knownImages(configurationOfRelease(release)?.sidecars ?? {});
      const configuration = configurationOf(services[name]!, versionOf, images);
      const { active, colours } = live.services[name]!;
      return [
        name,
        [
          ...releaseDifferences(release, { ...release, configuration: configurationText(configuration) }),
          ...waitingSize(colours[active], services[name]!),
        ],
      ];
    }),
  );
}
