import { assert } from "chai";
import type { Change } from "../../../automation/preview/change";
import { changeLines, valueText } from "../../../automation/preview/change-lines";

const RULE: Omit<Change, "properties"> = {
  operation: "replace",
  urn: "a::users-test-at-blue",
  type: "aws:lb/listenerRule:ListenerRule",
  name: "users-test-at-blue",
  service: "users",
};

describe("changeLines", () => {
  const property = (path: string, replaces: boolean) => ({ path, from: 1, to: 2, replaces });
  const texts = (...properties: Change["properties"]) => changeLines([{ ...RULE, properties }]).map(({ text }) => text);

  it("marks the properties that replace the resource, if others do not", () => {
    assert.deepEqual(texts(property("port", true), property("tags", false)), [
      "replace lb/listenerRule users-test-at-blue",
      "(replaces it) port 1 -> 2",
      "tags 1 -> 2",
    ]);
    assert.deepEqual(texts(property("port", true)).slice(1), ["port 1 -> 2"]);
  });
});

describe("valueText", () => {
  for (const [value, wanted] of [
    [undefined, "none"],
    [2, "2"],
    ["arn:aws:ecs:ap-northeast-1:123456789012:task-definition/users:3", "task-definition/users:3"],
    [`r/users@sha256:${"0123456789ab".repeat(5)}0123`, "r/users@sha256:0123456789ab…"],
    [{ a: "x\ny" }, '{"a":"x\\ny"}'],
    ["x".repeat(70), `${"x".repeat(59)}…`],
  ] as const)
    it(`writes ${JSON.stringify(value)} as ${wanted}`, () => assert.equal(valueText(value), wanted));
});
