import { titleOf } from "../../../../automation/deploy/step";
import { stepNamed } from "../../../../automation/deploy/steps";
import { applyEvent } from "../../../../automation/page/deploy/apply-event";
import { emptyModel, type PageModel } from "../../../../automation/page/deploy/model";
import type { DeployEvent, PlannedStep } from "../../../../automation/ports/events";
import type { StepName } from "../../../../automation/ports/step-names";
import { type ColourSketch, live } from "../../deploy/worlds";

/** Unix milliseconds. */
export const START_MS = Date.UTC(2026, 10, 25, 9, 30);
const STEP_MS = 2_000;

/** Written by a run at `atMs` after its beginning. */
type Unplaced<Event> = Event extends unknown ? Omit<Event, "atMs"> : never;

/** Events of a run of `users v2` on green, as they are written one after the other. */
export class Told {
  readonly events: DeployEvent[] = [];
  nowMs = START_MS;

  tell(...events: Unplaced<DeployEvent>[]): this {
    for (const event of events) this.events.push({ ...event, atMs: this.nowMs } as DeployEvent);
    return this;
  }

  /**
   * @param opened the command that the run began with, where another one goes on with it
   * @param first services without a release before the run
   */
  begin(
    command: "deploy" | "rollback" | "abort" | "resume" = "deploy",
    opened: "deploy" | "rollback" = command === "rollback" ? "rollback" : "deploy",
    direction: "forward" | "back" = command === "abort" ? "back" : "forward",
    { releases = { users: "v2" }, first }: { releases?: Record<string, string>; first?: string[] } = {},
  ): this {
    const run = { deploy: "20261125T093000Z-7", command, opened, direction, stack: "prod", releases };
    return this.tell(
      { type: "deployStarted", ...run, ...(first ? { first } : {}) },
      {
        type: "planned",
        steps: (["preflight", "warm", "test", "ramp", "cutover", "bake", "retire"] as const).map(planned),
      },
    );
  }

  is(active: "blue" | "green", blue: ColourSketch, green: ColourSketch, share?: number): this {
    const state = live({ active, blue, green });
    if (share !== undefined) state.services.users!.idleShare = share;
    return this.tell({ type: "live", live: state });
  }

  starts(step: StepName, share?: number): this {
    return this.tell({
      type: "stepStarted",
      step,
      title: titleOf(stepNamed(step)!, false),
      ...(share === undefined ? {} : { share }),
    });
  }

  ends(step: StepName, ok = true, detail = "as wanted"): this {
    this.nowMs += STEP_MS;
    return this.tell({ type: "stepEnded", step, ok, detail });
  }

  does(step: StepName, share?: number): this {
    return this.starts(step, share).ends(step);
  }

  closes(outcome: "done" | "takenBack" | "left", failedStep: StepName | null = null, reason = ""): this {
    const active = { users: outcome === "done" ? ("green" as const) : ("blue" as const) };
    const totalSeconds = (this.nowMs - START_MS) / 1000;
    return this.tell({ type: "deployEnded", ok: reason === "", totalSeconds, failedStep, reason, outcome, active });
  }

  /** @param isOver nothing more will come */
  model(isOver = false): PageModel {
    const start = emptyModel({ kind: "deploy", stack: "prod", startMs: START_MS });
    return { ...this.events.reduce(applyEvent, start), isOver };
  }
}

function planned(step: StepName): PlannedStep {
  const share = step === "ramp" ? { share: 10 } : {};
  return { step, title: titleOf(stepNamed(step)!, false), services: ["users"], expectedSeconds: 20, ...share };
}

/** Up to the moment before the cutover. */
export function ramping(): Told {
  return new Told()
    .begin()
    .is("blue", ["v1", 2], null)
    .does("preflight")
    .starts("warm")
    .is("blue", ["v1", 2], ["v2", 2])
    .ends("warm")
    .does("test")
    .starts("ramp", 10)
    .is("blue", ["v1", 2], ["v2", 2], 10);
}

export function done(): Told {
  return ramping()
    .ends("ramp")
    .starts("cutover")
    .is("green", ["v1", 2], ["v2", 2])
    .ends("cutover")
    .does("bake")
    .starts("retire")
    .is("green", ["v1", 0], ["v2", 2])
    .ends("retire")
    .closes("done");
}

export const BAD =
  "users: 5.10 % of 600 requests got a 5xx or no response between 10:01 and 10:02 UTC, before the change 0.00 %, allowed 1.00 %";

export function wentBack(): Told {
  const told = ramping()
    .ends("ramp")
    .starts("cutover")
    .is("green", ["v1", 2], ["v2", 2])
    .ends("cutover")
    .starts("bake");
  const period = { requests: 600, ended: 600, responseSeconds: 0.02 };
  return told
    .tell({
      type: "analysed",
      step: "bake",
      services: [
        {
          service: "users",
          compare: "before",
          periodSeconds: 60,
          periods: [{ startMs: told.nowMs, errors: 31, ...period }],
          old: { requests: 6_000, errors: 0, errorPercent: 0, responseSeconds: 0.018 },
          maxErrorPercent: 1,
          maxLatencyRatio: 2,
        },
      ],
    })
    .ends("bake", false, BAD)
    .tell({ type: "rollbackStarted", reason: BAD })
    .starts("cutover")
    .is("blue", ["v1", 2], ["v2", 2])
    .ends("cutover")
    .starts("coolDown")
    .is("blue", ["v1", 2], ["v2", 0])
    .ends("coolDown")
    .closes("takenBack", "bake", `bake failed: ${BAD}; production is back on users v1`);
}
