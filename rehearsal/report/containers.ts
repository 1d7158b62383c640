import type { CloudEvent } from "../cloud/kernel/events";
import type { RehearsalReport } from "./types";

/** What AWS does to a container, by the name of the part in the cloud's event. */
const PARTS: Record<string, string> = {
  readOnlyRoot: "a read-only root file system",
  memoryLimit: "the memory limit",
  firstProcess: "SIGTERM to the first process only",
  loopback: "that nobody outside reaches 127.0.0.1",
  ownNetwork: "a network of its own, with any container port",
};
const IMAGE = "the image that its Dockerfile builds";

/** How containers were surrounded, and what was not tried of it. */
export function containersOf(cloud: readonly CloudEvent[]): Pick<RehearsalReport, "containers" | "notTried"> {
  const means = cloud.find((event) => event.kind === "surroundings")?.means ?? {};
  const containers = { ...Object.fromEntries(Object.keys(PARTS).map((part) => [part, null])), ...means, image: null };
  const notTried = Object.entries(PARTS).flatMap(([part, words]) =>
    containers[part as keyof typeof containers] === null ? [words] : [],
  );
  return { containers, notTried: [...notTried, IMAGE] };
}

/** The problems of containers that AWS would have, too, each once. They do not always fail a request. */
export function containerProblems(cloud: readonly CloudEvent[]): string[] {
  return [...new Set(cloud.flatMap((event) => (event.kind === "problem" ? [event.problem] : [])))];
}
