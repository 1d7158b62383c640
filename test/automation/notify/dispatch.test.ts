import { assert } from "chai";
import { Dispatch } from "../../../automation/notify/dispatch";
import type { Notification, Notifier } from "../../../automation/notify/notification";
import { notification } from "./samples";

/** Short limit, for a notifier that never answers. */
const LIMIT_MS = 30;

describe("Dispatch", () => {
  const sent: string[] = [];
  const warnings: string[] = [];
  beforeEach(() => {
    sent.length = 0;
    warnings.length = 0;
  });

  const notifier = (name: string, notify: (one: Notification, signal: AbortSignal) => Promise<void>): Notifier => ({
    name,
    notify: async (one, signal) => {
      await notify(one, signal);
      sent.push(`${name} ${one.kind}`);
    },
  });
  const open = (notifiers: Notifier[], limitMs?: number) =>
    new Dispatch(notifiers, (warning) => void warnings.push(warning), limitMs);

  it("keeps the order for each notifier, and waits for the last notification at the end", async () => {
    const ticks = [3, 1, 2];
    const slow = notifier("slow", async () => {
      for (let left = ticks.shift()!; left > 0; left--) await Promise.resolve();
    });
    const dispatch = open([slow]);
    for (const kind of ["started", "cutOver", "done"] as const) dispatch.send(notification({ kind }));
    assert.isEmpty(sent, "the run does not wait");
    await dispatch.settled();
    assert.deepEqual(sent, ["slow started", "slow cutOver", "slow done"]);
    assert.isEmpty(warnings);
  });

  it("warns about the first failure of each notifier only, and goes on with the others", async () => {
    const dispatch = open([
      notifier("slack (env:HOOK)", async () => {
        throw new Error("HTTP 404");
      }),
      notifier("good", async () => {}),
    ]);
    dispatch.send(notification());
    dispatch.send(notification({ kind: "done" }));
    await dispatch.settled();
    assert.deepEqual(warnings, ["could not notify slack (env:HOOK): HTTP 404; the run goes on without it"]);
    assert.deepEqual(sent, ["good started", "good done"]);
  });

  it("gives up on a notifier that never answers, even if it ignores the signal", async () => {
    const signals: AbortSignal[] = [];
    const deaf = notifier("deaf", (_, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const dispatch = open([deaf], LIMIT_MS);
    dispatch.send(notification());
    dispatch.send(notification({ kind: "done" }));
    await dispatch.settled();
    assert.deepEqual(warnings, ["could not notify deaf: no answer within 0.03 s; the run goes on without it"]);
    assert.isTrue(signals.every(({ aborted }) => aborted));
    assert.isEmpty(sent);
  });
});
