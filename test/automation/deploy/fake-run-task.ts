import type { CannotStart, StandaloneTask, TaskRunner } from "../../../automation/ports/run-task";

/** What becomes of a task: what it logs and, for each look, what its state is. The last state stays. */
export interface Course {
  lines?: string[];
  /** How many lines a page of its log has. Default: all. */
  pageLines?: number;
  states: (Partial<StandaloneTask> | typeof UNLISTED)[];
}

/** What a look finds while ECS does not list the task. */
export const UNLISTED = "unlisted";

export const ENDS_WELL: Course = { states: [{ status: "RUNNING" }, { status: "STOPPED", exitCode: 0 }] };

/** Tasks that take the courses that a test gives, in order. */
export class FakeTaskRunner implements TaskRunner {
  /** Of the tasks that will be started. */
  courses: Course[] = [];
  /** Thrown by the next starts, in order. */
  readonly refusals: CannotStart[] = [];
  readonly started: { cluster: string; taskDefinition: string; startedBy: string }[] = [];
  readonly stopped: string[] = [];
  /** With what a stopped task ends. 0: its program ends well on SIGTERM. */
  exitCodeOnStop = 143;
  readonly streams = new Set<string>();
  readonly #tasks: { task: StandaloneTask; startedBy: string; cluster: string; course: Course; looks: number }[] = [];

  /** A task that somebody started before. */
  add(cluster: string, startedBy: string, course: Course): void {
    const task = {
      id: `arn/${cluster}/t${this.#tasks.length + 1}`,
      container: "app",
      status: "",
      exitCode: null,
      reason: "",
      wasStopped: false,
    };
    this.#tasks.push({ task, startedBy, cluster, course, looks: 0 });
  }

  async find(cluster: string, startedBy: string): Promise<StandaloneTask[]> {
    const own = this.#tasks.filter((known) => known.cluster === cluster && known.startedBy.startsWith(startedBy));
    return own.flatMap((known) => this.#state(known) ?? []).reverse();
  }

  async start(what: { cluster: string; taskDefinition: string; startedBy: string }): Promise<StandaloneTask> {
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    const { cluster, taskDefinition, startedBy } = what;
    this.started.push({ cluster, taskDefinition, startedBy });
    this.add(cluster, startedBy, this.courses.shift() ?? ENDS_WELL);
    return this.#state(this.#tasks.at(-1)!)!;
  }

  async look(_: string, id: string): Promise<StandaloneTask | null> {
    const known = this.#tasks.find(({ task }) => task.id === id)!;
    known.looks++;
    return this.#state(known);
  }

  async stop(_: string, id: string): Promise<void> {
    this.stopped.push(id);
    const state = { status: "STOPPED", exitCode: this.exitCodeOnStop, wasStopped: true, reason: "stopped by a test" };
    this.#tasks.find(({ task }) => task.id === id)!.course = { states: [state] };
  }

  async log(logGroup: string, stream: string, since: string | null): Promise<{ lines: string[]; next: string | null }> {
    this.streams.add(`${logGroup} ${stream}`);
    const known = this.#tasks.find(({ task }) => stream.endsWith(task.id.slice(task.id.lastIndexOf("/") + 1)))!;
    const { lines: all = [], pageLines = all.length } = known.course;
    const start = Number(since ?? 0);
    const page = all.slice(start, start + pageLines);
    // An empty line stands for a page without lines.
    return { lines: page.filter((line) => line !== ""), next: String(start + page.length) };
  }

  #state({ task, course, looks }: { task: StandaloneTask; course: Course; looks: number }): StandaloneTask | null {
    const state = course.states[Math.min(looks, course.states.length - 1)]!;
    return state === UNLISTED ? null : { ...task, ...state };
  }
}
