import { assert } from "chai";
import type { RunEnded } from "../../../automation/core/errors";
import { lastLine } from "../../../automation/output/last-line";
import type { DeployEvent } from "../../../automation/ports/events";
import { UserError } from "../../../components/core/user-error";

const ended = (ok: boolean): DeployEvent => ({
  ...{ type: "deployEnded", atMs: 0, ok, totalSeconds: 1, failedStep: null, outcome: ok ? "done" : "left" },
  ...{ reason: ok ? "" : "why", active: {} },
});
const NOTICE: DeployEvent = { type: "notice", atMs: 0, message: "the lease could not be given back" };

describe("lastLine", () => {
  let printed: DeployEvent[];
  let last: ReturnType<typeof lastLine>;

  beforeEach(() => {
    printed = [];
    last = lastLine((event) => printed.push(event));
  });

  it("prints the end of a failed run after everything that is told later", () => {
    last.output(ended(false));
    last.output(NOTICE);
    const error = last.ending(new Error("why")) as RunEnded;
    assert.deepEqual(printed, [NOTICE]);
    error.sayLast();
    assert.deepEqual(printed, [NOTICE, ended(false)]);
    assert.isTrue(error.saysWhy);
  });

  it("prints the end of a run that is done at once", () => {
    last.output(ended(true));
    assert.deepEqual(printed, [ended(true)]);
  });

  it("leads to `status` where no run was begun, but for wrong use, which says itself what is wanted", () => {
    const error = last.ending(new Error("AWS does not answer")) as RunEnded;
    assert.isFalse(error.saysWhy);
    error.sayLast();
    assert.match((printed[0] as { message: string }).message, /changed nothing in production: `status` says/);
    const wrong = new UserError("wrong");
    assert.equal(last.ending(wrong), wrong);
  });
});
