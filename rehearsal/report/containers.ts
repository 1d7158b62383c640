import type { CloudEvent } from "../cloud/kernel/events";
import type { RehearsalReport } from "./types";

/** What AWS does to a container, by the name of the part in the cloud's event. */
const PARTS: Record<string, string> = {
  readOnlyRoot: "a read-only root file system",
  memoryLimit: "the memory limit",
  firstProcess: "SIGTERM to the first process only",
  loopback: "that nobody outside reaches 127.0.0.1",
  allAddresses: "that it listens on all addresses without being told to (HOST)",
  ownNetwork: "a network of its own, with any container port",
  image: "the image that its Dockerfile builds, as with --docker",
};

type Means = Record<string, string | null>;
/** The containers of one name that have the same kind of image. */
interface Kind {
  container: string;
  means: Means;
}

/** How containers were surrounded, and what was not tried of it, with the containers concerned where others have had it. */
export function containersOf(cloud: readonly CloudEvent[]): Pick<RehearsalReport, "containers" | "notTried"> {
  const kinds = kindsOf(cloud);
  const containers: Means = {};
  const notTried: string[] = [];
  for (const [part, words] of Object.entries(PARTS)) {
    const concerned = kinds.filter(({ means }) => means[part] !== undefined);
    const without = concerned.filter(({ means }) => means[part] === null);
    const means = new Set(concerned.flatMap((kind) => kind.means[part] ?? []));
    containers[part] = means.size === 0 ? null : [...means].join(", ");
    if (without.length === 0) continue;
    const names = [...new Set(without.map(({ container }) => container))];
    notTried.push(without.length === concerned.length ? words : `${words} (${names.join(", ")})`);
  }
  return { containers, notTried };
}

/** The containers that ran; what this machine allows, if none did. */
function kindsOf(cloud: readonly CloudEvent[]): Kind[] {
  const kinds = new Map<string, Kind>();
  let allowed: Means = {};
  for (const event of cloud) {
    if (event.kind !== "surroundings") continue;
    const { container, means } = event;
    if (container === undefined) {
      allowed = means;
      continue;
    }
    const key = JSON.stringify([container, means.image]);
    // One that ended early may not have shown all; another of its kind has.
    const seen = kinds.get(key)?.means ?? {};
    kinds.set(key, { container, means: { ...seen, ...means, ...withoutNull(seen) } });
  }
  const nothing = Object.fromEntries(Object.keys(PARTS).map((part) => [part, null]));
  return kinds.size > 0 ? [...kinds.values()] : [{ container: "", means: { ...nothing, ...allowed } }];
}

function withoutNull(means: Means): Means {
  return Object.fromEntries(Object.entries(means).filter(([, value]) => value !== null));
}

/** The problems of containers that AWS would have, too, each once. They do not always fail a request. */
export function containerProblems(cloud: readonly CloudEvent[]): string[] {
  return [...new Set(cloud.flatMap((event) => (event.kind === "problem" ? [event.problem] : [])))];
}
