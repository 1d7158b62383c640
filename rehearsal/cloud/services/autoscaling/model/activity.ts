import type { CloudContext } from "../../../kernel/context";

/** One scaling activity of a group, in Auto Scaling's words. */
export interface Activity {
  id: string;
  description: string;
  cause: string;
  status:
    | "InProgress"
    | "WaitingForELBConnectionDraining"
    | "MidLifecycleAction"
    | "Successful"
    | "Failed"
    | "Cancelled";
  statusMessage: string;
  startedAtMs: number;
  endedAtMs: number | undefined;
}

const ACTIVITIES_KEPT = 200;

/** The activities of one group. */
export class Activities {
  #list: Activity[] = [];
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /** Newest first. */
  get all(): readonly Activity[] {
    return this.#list;
  }

  start(description: string, cause: string): Activity {
    const { random } = this.#context;
    const id = random.uuid();
    const activity: Activity = {
      id,
      description,
      cause,
      status: "InProgress",
      statusMessage: "",
      startedAtMs: Date.now(),
      endedAtMs: undefined,
    };
    this.#list = [activity, ...this.#list].slice(0, ACTIVITIES_KEPT);
    return activity;
  }

  end(activity: Activity, status: "Successful" | "Failed" | "Cancelled", statusMessage = ""): void {
    activity.status = status;
    activity.statusMessage = statusMessage;
    activity.endedAtMs = Date.now();
  }
}
