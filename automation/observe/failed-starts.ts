import { countOf } from "../../components/core/count-of";
import type { ColourObservation, FailedActivity } from "../ports/observer";
import { TaskFailures } from "./task-failures";

/**
 * Failures per desired instance after which a release is given up. Once may be bad luck, twice a late dependency; a third time it is the release. ECS's
 * circuit breaker does not work for DAEMON services (aws-rules C8).
 */
const FAILURES_PER_INSTANCE = 3;

/** Auto Scaling tries again until a new instance profile is visible everywhere (aws-rules A12, I7). */
const UNKNOWN_PROFILE = "Invalid IAM Instance Profile";
/**
 * What EC2 says where Auto Scaling by itself tries again, and may have luck (aws-rules A12): no instances of the type in a zone, now or ever, too many calls
 * in the account at once, a machine that failed in the launch. `Client.InternalError` is none of these: it is a key that the instance may not use.
 */
const PASSING = [
  "do not have sufficient",
  "is not supported in your requested Availability Zone",
  "UnfulfillableCapacity",
  "Request limit exceeded",
  "RequestLimitExceeded",
  "Server.InternalError",
  "An internal error has occurred",
];

/** Counts the tasks and launches of a colour that failed since the first look: AWS lists those of earlier runs, too. */
export class FailedStarts {
  readonly #tasks = new TaskFailures();
  readonly #launches = new Map<string, FailedActivity>();
  #earlierLaunches: ReadonlySet<string> | null = null;

  /** @param size number of instances, and so of tasks, that are wanted */
  constructor(private readonly size: number) {}

  /** Returns why it is of no use to wait any longer, or null. */
  reasonToGiveUp(seen: ColourObservation): string | null {
    const endedTasks = this.#tasks.since(seen);
    const launches = seen.failedActivities.filter(({ reason }) => !reason.includes(UNKNOWN_PROFILE));
    this.#earlierLaunches ??= new Set(launches.map(keyOf));
    for (const launch of launches)
      if (!this.#earlierLaunches.has(keyOf(launch))) this.#launches.set(keyOf(launch), launch);
    const limit = FAILURES_PER_INSTANCE * this.size;
    const isFinal = [...this.#launches.values()].some(({ reason }) => !PASSING.some((text) => reason.includes(text)));
    if (isFinal || this.#launches.size >= limit)
      return `${countOf(this.#launches.size, "instance")} could not be launched`;
    return endedTasks >= limit ? `its tasks ended ${countOf(endedTasks, "time")}` : null;
  }
}

function keyOf({ startedMs, reason }: FailedActivity): string {
  return `${startedMs} ${reason}`;
}
