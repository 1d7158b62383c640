import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import {
  type HeldInstance,
  TerminationHooks,
} from "../../../../../../rehearsal/cloud/services/autoscaling/model/termination-hooks";

const HOOK = { name: "drain", heartbeatSeconds: 3600 };
const HELD = { hook: "drain", instanceId: "i-1" };

/** A clock whose time passes only when a test says so. */
class ManualClock {
  #nowSeconds = 0;
  readonly #sleepers = new Set<{ wakeAtSeconds: number; wake: () => void }>();

  sleep(awsSeconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { wakeAtSeconds: this.#nowSeconds + awsSeconds, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Lets time pass, then everything that follows from it. */
  async advance(awsSeconds: number): Promise<void> {
    this.#nowSeconds += awsSeconds;
    for (const sleeper of this.#sleepers) {
      if (sleeper.wakeAtSeconds > this.#nowSeconds) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await turn();
  }
}

describe("rehearsal/cloud/services/autoscaling/model/termination-hooks", () => {
  let clock: ManualClock;
  let hooks: TerminationHooks;
  let notices: HeldInstance[];

  beforeEach(() => {
    clock = new ManualClock();
    hooks = new TerminationHooks(clock);
    notices = [];
    hooks.onHold((held) => void notices.push(held));
  });

  /** Starts to hold the instance. Returns whether it is still held when it is asked. */
  const hold = (): (() => boolean) => {
    let isHeld = true;
    void hooks.hold("i-1", new AbortController().signal).then(() => {
      isHeld = false;
    });
    return () => isHeld;
  };

  it("does not hold an instance without a hook", async () => {
    const isHeld = hold();
    await turn();
    expect(isHeld()).to.equal(false);
    expect(notices).to.deep.equal([]);
  });

  it("holds an instance until the heartbeat timeout if there is no answer (A11)", async () => {
    hooks.put(HOOK);
    const isHeld = hold();
    expect(notices).to.deep.equal([HELD]);
    await clock.advance(HOOK.heartbeatSeconds - 1);
    expect(isHeld()).to.equal(true);
    await clock.advance(1);
    expect(isHeld()).to.equal(false);
  });

  it("holds an instance until every hook is completed", async () => {
    hooks.put(HOOK);
    hooks.put({ name: "copy-logs", heartbeatSeconds: 7200 });
    const isHeld = hold();
    hooks.complete(HELD);
    hooks.complete({ hook: "copy-logs", instanceId: "i-2" });
    await turn();
    expect(isHeld()).to.equal(true);
    hooks.complete({ hook: "copy-logs", instanceId: "i-1" });
    await turn();
    expect(isHeld()).to.equal(false);
  });

  it("holds an instance up to 48 hours while heartbeats are recorded (A11)", async () => {
    hooks.put(HOOK);
    const isHeld = hold();
    hooks.keepAlive(HELD);
    await clock.advance(HOOK.heartbeatSeconds);
    expect(isHeld()).to.equal(true);
    await clock.advance(48 * 3600 - HOOK.heartbeatSeconds - 1);
    expect(isHeld()).to.equal(true);
    await clock.advance(1);
    expect(isHeld()).to.equal(false);
  });

  it("can be completed while heartbeats are recorded", async () => {
    hooks.put(HOOK);
    const isHeld = hold();
    hooks.keepAlive(HELD);
    await clock.advance(2 * HOOK.heartbeatSeconds);
    hooks.complete(HELD);
    await turn();
    expect(isHeld()).to.equal(false);
  });

  it("releases the held instances when a hook is removed", async () => {
    hooks.put(HOOK);
    const isHeld = hold();
    hooks.remove(HOOK.name);
    await turn();
    expect(isHeld()).to.equal(false);
    expect(hooks.all).to.deep.equal([]);
  });

  it("rejects when the group is closed", async () => {
    hooks.put(HOOK);
    const closing = new AbortController();
    const holding = hooks.hold("i-1", closing.signal);
    closing.abort();
    expect(await holding.catch((error: Error) => error.name)).to.equal("AbortError");
  });
});
