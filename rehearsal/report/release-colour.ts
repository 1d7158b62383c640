import type { Colour } from "../../components/core/colour-name";
import type { RehearsalRecord } from "./types";

/**
 * Tells which colour of a service gave an answer, from its release and its time (Unix milliseconds); null when the
 * release is not known.
 */
export type ColourOfAnswer = (service: string, release: string, atMs: number) => Colour | null;

/** The colour of a service that was active before the first deploy. */
export function firstColour({ releases }: Pick<RehearsalRecord, "releases">, service: string): Colour {
  const own = releases.filter((release) => release.service === service);
  return [...own].sort((one, another) => one.deploy - another.deploy)[0]?.colour ?? "blue";
}

/** A release can come back on the other colour in a later deploy, so the deploy that ran at that time decides. */
export function colourOfAnswers({ releases, deploys }: Pick<RehearsalRecord, "releases" | "deploys">): ColourOfAnswer {
  const newestFirst = [...releases].sort((one, another) => another.deploy - one.deploy);
  const startsMs = deploys.map((events) => events[0]?.atMs ?? Number.POSITIVE_INFINITY);
  const cache = new Map<string, Colour | null>();
  return (service, release, atMs) => {
    let deploy = startsMs.length;
    while (deploy > 0 && startsMs[deploy - 1]! > atMs) deploy -= 1;
    const key = `${deploy} ${service} ${release}`;
    let colour = cache.get(key);
    if (colour === undefined) {
      const known = newestFirst.filter((each) => each.service === service && each.release === release);
      colour = (known.find((each) => each.deploy <= deploy) ?? known.at(-1))?.colour ?? null;
      cache.set(key, colour);
    }
    return colour;
  };
}
