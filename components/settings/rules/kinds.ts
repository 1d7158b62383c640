import { problem } from "../problem";
import { isRate } from "../schedule";
import type { RawService } from "./raw-service";

/** Settings that only a service on an edge has. */
const FOR_EDGES = [
  "exposure",
  "protocol",
  "port",
  "internalPort",
  "healthCheck",
  "deregistrationDelaySeconds",
  "hosts",
  "paths",
  "streams",
  "probes",
];
const FOR_WORKERS = ["queue"];
const FOR_JOBS = ["schedule", "timeZone"];
/** Settings of instances: a job's tasks run on Fargate. */
const FOR_INSTANCES = ["size", "instanceType"];

/** Whether a setting has a meaning for a service of this kind and exposure. @param service without problems */
export function hasMeaning(service: RawService, key: string): boolean {
  return kindProblems({ ...service, values: { ...service.values, [key]: true } }).length === 0;
}

/** Problems of settings that have no meaning for a service of this kind or exposure. */
export function kindProblems({ name, values, kind, edges }: RawService): string[] {
  const refuse = (keys: readonly string[], why: string) =>
    keys
      .filter((key) => values[key] !== undefined)
      .map((key) => problem(["services", name, key], values[key], `no value: ${why}`));
  if (kind === "job") {
    const rate = typeof values.schedule === "string" && isRate(values.schedule);
    return [
      ...refuse(FOR_EDGES, "a job is on no edge and answers no requests"),
      ...refuse(FOR_WORKERS, "only a worker has a queue"),
      ...refuse(["sidecars"], "a job's task has one container"),
      ...refuse(FOR_INSTANCES, "a job runs on Fargate, one task at each time; cpu and memory say how large it is"),
      ...(rate ? refuse(["timeZone"], "a rate is by the clock in UTC; take cron(...) for another zone") : []),
      ...(values.schedule === undefined
        ? [problem(["services", name, "schedule"], undefined, "a schedule, such as rate(1 hour) or cron(30 4 * * ? *)")]
        : []),
    ];
  }
  if (kind === undefined) return [];
  const unscheduled = refuse(
    FOR_JOBS,
    `only a job has a schedule; ${kind === "api" ? "an api" : "a worker"} runs all the time`,
  );
  if (kind === "worker")
    return [...refuse(FOR_EDGES, "a worker is on no edge and answers no requests"), ...unscheduled];
  return [
    ...unscheduled,
    ...refuse(FOR_WORKERS, "only a worker has a queue"),
    ...(edges.includes("public") ? [] : refuse(["hosts", "paths"], "the service is not public")),
    ...(values.hosts === undefined || (Array.isArray(values.hosts) && values.hosts.length === 0)
      ? refuse(["paths"], "they are those of hosts, and the service has none")
      : []),
    ...(edges.includes("internal") ? [] : refuse(["internalPort"], "the service is not exposed internally")),
    ...(edges.length === 1 && edges[0] === "internal"
      ? [
          ...refuse(
            ["test"],
            "the deploy runs it outside the network, where a service that is only internal cannot be reached",
          ),
          ...refuse(
            ["probes"],
            "the deploy asks outside the network, where a service that is only internal cannot be reached",
          ),
        ]
      : []),
    ...(values.protocol === "grpc"
      ? refuse(
          ["probes"],
          "a probe is a GET, which a service of gRPC does not answer; put an alarm on its errors and name that in aoshingo:deploy.alarms",
        )
      : []),
  ];
}
