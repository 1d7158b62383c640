import { problem } from "../problem";
import type { RawService } from "./raw-service";

/** Settings that only a service on an edge has. */
const FOR_EDGES = [
  "exposure",
  "port",
  "internalPort",
  "healthCheck",
  "deregistrationDelaySeconds",
  "hosts",
  "paths",
  "streams",
];
const FOR_WORKERS = ["queue"];

/** Problems of settings that have no meaning for a service of this kind or exposure. */
export function kindProblems({ name, values, kind, edges }: RawService): string[] {
  const refuse = (keys: readonly string[], why: string) =>
    keys
      .filter((key) => values[key] !== undefined)
      .map((key) => problem(["services", name, key], values[key], `no value: ${why}`));
  if (kind === "worker") return refuse(FOR_EDGES, "a worker is on no edge and answers no requests");
  if (kind !== "api") return [];
  return [
    ...refuse(FOR_WORKERS, "only a worker has a queue"),
    ...(edges.includes("public") ? [] : refuse(["hosts", "paths"], "the service is not public")),
    ...(values.hosts === undefined ? refuse(["paths"], "they are those of hosts, and the service has none") : []),
    ...(edges.includes("internal") ? [] : refuse(["internalPort"], "the service is not exposed internally")),
    ...(edges.length === 1 && edges[0] === "internal"
      ? refuse(
          ["test"],
          "the deploy runs it outside the network, where a service that is only internal cannot be reached",
        )
      : []),
  ];
}
