import type { CloudContext } from "../kernel/context";
import type { ActiveFault, Faults } from "../kernel/faults";
import type { TargetFailure } from "../kernel/ports";

/** The properties of a task by which a fault chooses it. */
export interface FaultyTask {
  id: string;
  service: string;
  colour: string | undefined;
  release: string | undefined;
}

/** The ways in which a fault makes a running task fail. */
export interface TaskMishaps {
  /** Changes how the task fails; null when it no longer does. */
  fail(failure: TargetFailure | null): void;
  crash(): void;
}

type TaskFault = ActiveFault<"crashLoop" | "unhealthyAfter" | "errorsAfter">;

const KINDS = ["crashLoop", "unhealthyAfter", "errorsAfter"] as const;
const UNHEALTHY: TargetFailure = { status: 503, share: 1, healthChecks: true };

/**
 * @param reference of the image
 * @throws Error in ECS's words (C14), if the fault `imagePullFailure` is injected
 */
export function failPull({ faults }: CloudContext, task: FaultyTask, reference: string): void {
  if (!faults?.inject("imagePullFailure", (parameters) => means(parameters, task), nameOf(task))) return;
  const [registry = "", path = ""] = reference.split(/\/(.*)/);
  throw new Error(
    `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${reference}: failed to do request: Head "https://${registry}/v2/${path.replace(/[@:]/, "/manifests/")}": dial tcp: i/o timeout`,
  );
}

/** Injects faults into a running task, each at its time. Returns a function that ends this. */
export function exposeTask(
  { faults, clock }: CloudContext,
  task: FaultyTask,
  startedAtMs: number,
  mishaps: TaskMishaps,
): () => void {
  if (!faults) return () => {};
  const exposed = new ExposedTask(faults, task, mishaps, ({ parameters, sinceMs }) => {
    const fromMs = parameters.since === "now" ? sinceMs : startedAtMs;
    return fromMs + clock.realMs(parameters.afterSeconds);
  });
  return () => exposed.close();
}

class ExposedTask {
  readonly #faults: Faults;
  readonly #task: FaultyTask;
  readonly #mishaps: TaskMishaps;
  readonly #dueMs: (fault: TaskFault) => number;
  readonly #unsubscribe: () => void;
  readonly #injected = new Set<TaskFault>();
  #failure: TargetFailure | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(faults: Faults, task: FaultyTask, mishaps: TaskMishaps, dueMs: (fault: TaskFault) => number) {
    this.#faults = faults;
    this.#task = task;
    this.#mishaps = mishaps;
    this.#dueMs = dueMs;
    this.#unsubscribe = faults.onChange(() => this.#update());
    this.#update();
  }

  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#timer);
  }

  /** Injects the faults that are due, waits for the others, and tells how the task fails. */
  #update(): void {
    clearTimeout(this.#timer);
    const concerning = KINDS.flatMap((kind): TaskFault[] => this.#faults.ofKind(kind)).filter(({ parameters }) =>
      means(parameters, this.#task),
    );
    const open = concerning.filter((fault) => !this.#injected.has(fault));
    const now = Date.now();
    for (const fault of open.filter((one) => this.#dueMs(one) <= now)) this.#inject(fault);
    const nextMs = Math.min(...open.map(this.#dueMs).filter((dueMs) => dueMs > now));
    if (Number.isFinite(nextMs)) this.#timer = setTimeout(() => this.#update(), nextMs - now);
    this.#tell(failureOf(concerning.filter((fault) => this.#injected.has(fault))));
  }

  #inject(fault: TaskFault): void {
    // Before the injection: a fault ends with its last injection, and its end calls this method again.
    this.#injected.add(fault);
    if (!this.#faults.injectOne(fault, nameOf(this.#task))) this.#injected.delete(fault);
    else if (fault.kind === "crashLoop") this.#mishaps.crash();
  }

  #tell(failure: TargetFailure | null): void {
    if (JSON.stringify(failure) === JSON.stringify(this.#failure)) return;
    this.#failure = failure;
    this.#mishaps.fail(failure);
  }
}

function failureOf(faults: TaskFault[]): TargetFailure | null {
  if (faults.some(({ kind }) => kind === "unhealthyAfter")) return UNHEALTHY;
  const shares = faults.flatMap(({ parameters }) => ("share" in parameters ? [parameters.share] : []));
  return shares.length === 0 ? null : { status: 500, share: Math.max(...shares), healthChecks: false };
}

function means(parameters: { service?: string; colour?: string; release?: string }, task: FaultyTask): boolean {
  return (["service", "colour", "release"] as const).every(
    (key) => parameters[key] === undefined || parameters[key] === task[key],
  );
}

function nameOf({ id, service, colour = "", release = "" }: FaultyTask): string {
  return ["task", id, "of", service, colour, release].filter((word) => word !== "").join(" ");
}
