import { expect } from "chai";
import { CloudClock } from "../../../../../../rehearsal/cloud/kernel/clock";
import {
  type HeldInstance,
  TerminationHooks,
} from "../../../../../../rehearsal/cloud/services/autoscaling/model/termination-hooks";

const HOOK = { name: "drain", heartbeatSeconds: 3600 };
const HELD = { hook: "drain", instanceId: "i-1" };
const HEARTBEAT_MS = 200;

describe("rehearsal/cloud/services/autoscaling/model/termination-hooks", () => {
  let hooks: TerminationHooks;
  let notices: HeldInstance[];

  beforeEach(() => {
    hooks = new TerminationHooks(new CloudClock((HOOK.heartbeatSeconds * 1000) / HEARTBEAT_MS));
    notices = [];
    hooks.onHold((held) => void notices.push(held));
  });

  const timed = async (signal = new AbortController().signal) => {
    const startedAt = performance.now();
    await hooks.pass("i-1", signal);
    return performance.now() - startedAt;
  };

  it("lets pass at once where there is none", async () => {
    expect(await timed()).to.be.below(HEARTBEAT_MS / 2);
    expect(notices).to.deep.equal([]);
  });

  it("holds until the heartbeat is over when nobody answers (A11)", async () => {
    hooks.put(HOOK);
    expect(await timed()).to.be.within(HEARTBEAT_MS - 5, HEARTBEAT_MS * 5);
    expect(notices).to.deep.equal([HELD]);
  });

  it("holds until every hook is completed", async () => {
    hooks.put(HOOK);
    hooks.put({ name: "copy-logs", heartbeatSeconds: 7200 });
    const passing = timed();
    hooks.complete(HELD);
    hooks.complete({ hook: "drain", instanceId: "i-2" });
    let isOver = false;
    void passing.then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isOver).to.equal(false);
    hooks.complete({ hook: "copy-logs", instanceId: "i-1" });
    expect(await passing).to.be.below(HEARTBEAT_MS);
  });

  it("holds longer while heartbeats are recorded", async () => {
    hooks.put(HOOK);
    const passing = timed();
    hooks.keepAlive(HELD);
    await new Promise((resolve) => setTimeout(resolve, HEARTBEAT_MS * 1.5));
    hooks.complete(HELD);
    expect(await passing).to.be.above(HEARTBEAT_MS);
  });

  it("lets go what it holds when it is removed", async () => {
    hooks.put(HOOK);
    const passing = timed();
    hooks.remove(HOOK.name);
    expect(await passing).to.be.below(HEARTBEAT_MS);
    expect(hooks.all).to.deep.equal([]);
  });

  it("rejects when its group is closed", async () => {
    hooks.put(HOOK);
    const closing = new AbortController();
    const passing = timed(closing.signal);
    closing.abort();
    expect(await passing.catch((error: Error) => error.name)).to.equal("AbortError");
  });
});
