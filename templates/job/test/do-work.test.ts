import assert from "node:assert/strict";
import { doWork } from "../do-work";

describe("__NAME__", () => {
  it("works for the day of its time", async () => {
    assert.deepEqual(await doWork(new Date("2026-11-27T02:30:00Z")), { day: "2026-11-27" });
  });
});
