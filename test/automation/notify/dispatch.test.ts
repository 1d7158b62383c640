import { assert } from "chai";
import { Dispatch } from "../../../automation/notify/dispatch";
import type { Notification, Notifier } from "../../../automation/notify/notification";
import { notification } from "./samples";

/** Short, for those that never answer. */
const LIMIT_MS = 30;

describe("telling several", () => {
  const told: string[] = [];
  const warnings: string[] = [];
  beforeEach(() => {
    told.length = 0;
    warnings.length = 0;
  });

  const notifier = (name: string, notify: (one: Notification, signal: AbortSignal) => Promise<void>): Notifier => ({
    name,
    notify: async (one, signal) => {
      await notify(one, signal);
      told.push(`${name} ${one.kind}`);
    },
  });
  const open = (notifiers: Notifier[], limitMs?: number) =>
    new Dispatch(notifiers, (warning) => void warnings.push(warning), limitMs);

  it("keeps the order for each, and waits for the last at the end", async () => {
    const ticks = [3, 1, 2];
    const slow = notifier("slow", async () => {
      for (let left = ticks.shift()!; left > 0; left--) await Promise.resolve();
    });
    const dispatch = open([slow]);
    for (const kind of ["started", "cutOver", "done"] as const) dispatch.tell(notification({ kind }));
    assert.isEmpty(told, "nobody waits for it");
    await dispatch.settled();
    assert.deepEqual(told, ["slow started", "slow cutOver", "slow done"]);
    assert.isEmpty(warnings);
  });

  it("warns of the first failure of each, once, and goes on with the others", async () => {
    const dispatch = open([
      notifier("slack (env:HOOK)", async () => {
        throw new Error("HTTP 404");
      }),
      notifier("good", async () => {}),
    ]);
    dispatch.tell(notification());
    dispatch.tell(notification({ kind: "done" }));
    await dispatch.settled();
    assert.deepEqual(warnings, ["slack (env:HOOK) could not be told: HTTP 404; the run goes on without it"]);
    assert.deepEqual(told, ["good started", "good done"]);
  });

  it("gives up one that never answers, whatever it makes of the signal", async () => {
    const signals: AbortSignal[] = [];
    const deaf = notifier("deaf", (_, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const dispatch = open([deaf], LIMIT_MS);
    dispatch.tell(notification());
    dispatch.tell(notification({ kind: "done" }));
    await dispatch.settled();
    assert.deepEqual(warnings, ["deaf could not be told: no answer within 0.03 s; the run goes on without it"]);
    assert.isTrue(signals.every(({ aborted }) => aborted));
    assert.isEmpty(told);
  });
});
