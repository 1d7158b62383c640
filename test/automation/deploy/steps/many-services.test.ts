import { setTimeout as sleep } from "node:timers/promises";
import { assert } from "chai";
import type { RunState, StepContext } from "../../../../automation/deploy/context";
import type { Step } from "../../../../automation/deploy/step";
import { bake } from "../../../../automation/deploy/steps/bake";
import { drain } from "../../../../automation/deploy/steps/drain";
import { retire } from "../../../../automation/deploy/steps/retire";
import { warm } from "../../../../automation/deploy/steps/warm";
import type { Observer } from "../../../../automation/ports/observer";
import type { Live } from "../../../../components/live/live";
import { FakeClock, Scene } from "../scene";
import { live, together } from "../worlds";

const SERVICES = Array.from({ length: 20 }, (_, index) => `s${index}`);
/** As in core/concurrently.ts. One service is asked for several things at a time. */
const AT_ONCE = 8;

/** Counts what is asked at the same time. */
class Load {
  most = 0;
  #now = 0;

  async during<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    await sleep(1);
    this.#now -= 1;
    return ask();
  }
}

type Sketch = Parameters<typeof live>[0];
const BEFORE: Sketch = { active: "blue", blue: ["v1", 2], green: null };

/** Live state in which all services are as sketched. */
function allAt(sketch: Sketch): Live {
  const [first, ...others] = SERVICES.map((service) => live(sketch, { service }));
  return together(first!, ...others);
}

describe("of many services, at most eight are asked about at the same time", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  /** @returns the most calls at a time of AWS's metrics, colours, and of ends of tasks */
  async function mostAtOnce(step: Step, sketch: Sketch, progress: Partial<RunState["progress"]> = {}) {
    const streams = Object.fromEntries(SERVICES.map((name) => [name, { streams: { within: "5m" } }]));
    scene = new Scene(allAt(sketch), { drainCapSeconds: 81, services: step === warm ? streams : {} });
    const { observer, taskDrain, ...context } = scene.context;
    const load = { traffic: new Load(), colour: new Load(), begin: new Load() };
    const watched: StepContext = {
      ...context,
      observer: {
        ...observer,
        traffic: (...args: Parameters<Observer["traffic"]>) => load.traffic.during(() => observer.traffic(...args)),
        colour: (...args: Parameters<Observer["colour"]>) => load.colour.during(() => observer.colour(...args)),
      },
      taskDrain: { begin: (cluster) => load.begin.during(() => taskDrain.begin(cluster)) },
    };
    const start = scene.state();
    const before = allAt(BEFORE);
    const state = { ...start, before, progress: { ...start.progress, ...progress } };
    const intended = step.intend?.(watched, state, { services: SERVICES }) ?? null;
    await step.perform(watched, state, { services: SERVICES, intended });
    return { traffic: load.traffic.most, colour: load.colour.most, begin: load.begin.most };
  }
  const swapped: Sketch = { active: "green", blue: ["v1", 2], green: ["v2", 2] };

  it("in retire", async () => {
    assert.equal((await mostAtOnce(retire, swapped)).colour, AT_ONCE);
  });

  it("in drain", async () => {
    const { traffic, colour } = await mostAtOnce(drain, swapped);
    assert.equal(traffic, 3 * AT_ONCE, "of each its old and its new colour, and what was before");
    assert.equal(colour, AT_ONCE);
  });

  it("in bake, and for the old release's failures before the cutover", async () => {
    const { nowMs } = new FakeClock();
    const progress = { migratedAtMs: nowMs - 600_000, routedAtMs: nowMs - 300_000 };
    const { traffic, colour } = await mostAtOnce(bake, swapped, progress);
    assert.equal(traffic, 2 * AT_ONCE, "of each its new release, and the old one before");
    assert.equal(colour, AT_ONCE);
  });

  it("in warm, for tasks with open streams", async () => {
    const { begin } = await mostAtOnce(warm, { active: "blue", blue: ["v1", 2], green: ["v0", 0] });
    assert.equal(begin, AT_ONCE);
  });
});
