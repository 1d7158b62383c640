import { stripVTControlCharacters } from "node:util";
import { assert } from "chai";
import { planText } from "../../../automation/output/plan-text";
import type { DeployPlan } from "../../../automation/preview/deploy-plan";

const PLAN: DeployPlan = {
  ...{ stack: "prod", command: "deploy", preflight: "", notes: [] },
  releases: { users: { name: "v2", image: "r@sha256:1" }, doodle: { name: "v7", image: "r@sha256:2" } },
  changes: { users: ["LOG_LEVEL changed"], doodle: [] },
  steps: [
    {
      ...{ step: "warm", title: "Warm the idle colour", services: ["users"], expectedSeconds: 150 },
      detail: "users green: v2 on 0 -> 2 instances",
      up: {
        number: 1,
        counts: { create: 0, update: 1, replace: 0, delete: 0 },
        changes: [
          {
            ...{
              operation: "update",
              urn: "a::users-green-instances",
              type: "aws:autoscaling/group:Group",
              name: "users-green-instances",
            },
            service: "users",
            properties: [{ path: "minSize", from: 0, to: 2, replaces: false }],
          },
        ],
      },
    },
    { step: "test", title: "Run the test", services: ["users", "doodle"], expectedSeconds: 10, detail: "", up: null },
  ],
  totals: { ups: 1, resources: 1, expectedSeconds: 160, doubleRunningInstanceHours: 0.0833 },
};

describe("planText", () => {
  it("begins with a summary, then lists each step and the changes of its `up`, in 80 columns", () => {
    assert.deepEqual(planText(PLAN, {}).split("\n"), [
      "Deploy users=v2 doodle=v7 to prod: 1 `up` changes 1 resource, in about 3 min;",
      "0.08 instance-hours run double.",
      "users: LOG_LEVEL changed",
      "",
      " 1  Warm the idle colour, 2 min 30 s",
      "    users green: v2 on 0 -> 2 instances",
      "    up 1: 1 to update",
      "      ~ update autoscaling/group users-green-instances",
      "          minSize 0 -> 2",
      " 2  Run the test, 10 s",
      "    users, doodle",
    ]);
  });

  it("has 80 columns on a terminal that says 0, too", () => {
    const plain = (text: string) => stripVTControlCharacters(text);
    assert.equal(plain(planText(PLAN, { isTTY: true, columns: 0 })), plain(planText(PLAN, {})));
  });

  it("says that there is nothing to do", () => {
    assert.equal(
      planText({ ...PLAN, changes: { users: [] }, steps: [] }, {}),
      "Nothing to do: users=v2 doodle=v7 is active on prod already.",
    );
  });

  it("shows notes", () => {
    const text = planText({ ...PLAN, command: "rollback", notes: ["deploys are frozen by me: sale"] }, {});
    assert.match(
      text,
      /^Roll prod back to users=v2 doodle=v7: .*\n.*\nusers: LOG_LEVEL changed\nNote: deploys are frozen by me: sale\n\n/,
    );
  });
});
