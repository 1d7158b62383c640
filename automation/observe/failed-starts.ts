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
/** What EC2 says of a zone without instances of the type; Auto Scaling goes on in another zone (aws-rules A12). */
const SHORTAGE = "do not have sufficient";

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
    const isFinal = [...this.#launches.values()].some(({ reason }) => !reason.includes(SHORTAGE));
    if (isFinal || this.#launches.size >= limit)
      return `${countOf(this.#launches.size, "instance")} could not be launched`;
    return endedTasks >= limit ? `its tasks ended ${countOf(endedTasks, "time")}` : null;
  }
}

function keyOf({ startedMs, reason }: FailedActivity): string {
  return `${startedMs} ${reason}`;
}
