import { assert } from "chai";
import { parseDuration } from "../../../automation/core/duration";
import { UserError } from "../../../components/core/user-error";

describe("parseDuration", () => {
  for (const [text, ms] of [
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h", 3_600_000],
  ] as const) {
    it(`${text} is ${ms} ms`, () => assert.equal(parseDuration(text), ms));
  }

  for (const text of ["", "15", "m", "0s", "-1m", "1.5h", "1d", " 1m", "15m30s", "9999999s"]) {
    it(`refuses "${text}"`, () =>
      assert.throws(
        () => parseDuration(text),
        UserError,
        `"${text}" is not a duration: wanted a number with s, m or h, such as 90s, 15m or 1h`,
      ));
  }
});
