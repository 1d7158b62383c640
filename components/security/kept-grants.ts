import { COLOURS } from "../core/colour-name";
import { describeMissing } from "../live/grants";
import type { LiveService } from "../live/live";
import type { ServiceReleases } from "./release-grants";

/**
 * What `pulumi up` leaves to a service's releases although the settings do not give it. The state says what they need, and
 * who deploys can write the state: a person who gives the rights has to see them.
 * @returns one line without any value of a secret; null if the settings give everything
 */
export function keptGrantsWarning(
  service: string,
  { active, colours }: LiveService,
  { grants, asked }: Pick<ServiceReleases, "grants" | "asked">,
): string | null {
  const kept = COLOURS.flatMap((colour) => {
    const items = describeMissing(grants[colour], asked);
    const release = colours[colour].release?.name ?? colour;
    return items.length === 0
      ? []
      : [`${release} (${colour === active ? "active" : "kept for a rollback"}): ${items.join("; ")}`];
  });
  if (kept.length === 0) return null;
  return withoutControls(
    `aoshingo:services.${service}: \`pulumi up\` keeps permissions that the settings do not give, because the state says that releases need them, of ${kept.join(", and of ")}. They end with the first \`pulumi up\` after two deploys without them. If nobody here deployed a release with them, do not go on: see "Who can write the state" in docs/security.md`,
  );
}

/** The state can have anything in its texts, and a terminal obeys some characters. */
function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, "\uFFFD");
}
