import { assert } from "chai";
import { changesOf, counted } from "../../../automation/preview/change";
import { step, TYPES, urnOf } from "./steps";

const SERVICE = urnOf(TYPES.service, "users");
const COLOUR = urnOf("aoshingo:colour:Colour", "users-green");

describe("changesOf", () => {
  const brief = (...args: Parameters<typeof changesOf>) =>
    changesOf(...args).map(({ operation, name, service }) => [operation, name, service]);

  it("returns one change for each AWS resource, and none for unchanged resources, components and the stack", () => {
    const steps = [
      step({ op: "same", type: TYPES.record, name: "users-record" }),
      step({ op: "update", type: TYPES.stack, name: "" }),
      step({ op: "create", type: TYPES.service, name: "users" }),
      step({ op: "read", type: TYPES.rule, name: "read" }),
      step({ op: "update", type: TYPES.group, name: "users-green-instances" }),
      step({ op: "replace", type: TYPES.task, name: "users-green-task" }),
      step({ op: "create-replacement", type: TYPES.task, name: "users-green-task" }),
      step({ op: "delete-replaced", type: TYPES.task, name: "users-green-task" }),
    ];
    assert.deepEqual(brief(steps, []), [
      ["update", "users-green-instances", null],
      ["replace", "users-green-task", null],
    ]);
  });

  it("finds the service through parents in the steps and in the state, and lists shared resources first", () => {
    const known = [
      { urn: COLOUR, type: "aoshingo:colour:Colour", parent: SERVICE },
      { urn: urnOf(TYPES.record, "gone"), type: TYPES.record, parent: COLOUR },
    ];
    const steps = [
      step({ op: "update", type: TYPES.group, name: "b", parent: COLOUR }),
      step({ op: "create", type: TYPES.group, name: "c", parent: COLOUR }),
      step({ op: "delete", type: TYPES.record, name: "gone" }),
      step({ op: "create", type: TYPES.balancer, name: "public-blue", parent: urnOf("aoshingo:edge:Edge", "public") }),
      step({ op: "create", type: "aws:sqs/queue:Queue", name: "q", parent: urnOf("aoshingo:queue:Queue", "mailer") }),
    ];
    assert.deepEqual(brief(steps, known), [
      ["create", "public-blue", null],
      ["create", "q", "mailer"],
      ["create", "c", "users"],
      ["update", "b", "users"],
      ["delete", "gone", "users"],
    ]);
  });

  it("ignores the deletion of what a failed replacement left", () => {
    const steps = [
      step({ op: "delete", type: TYPES.task, name: "task" }),
      step({ op: "update", type: TYPES.task, name: "task" }),
    ];
    assert.deepEqual(brief(steps, []), [["update", "task", null]]);
  });

  it("tells of a resource of the account that the stack takes over, as of an update", () => {
    const steps = [step({ op: "import", type: TYPES.group, name: "kept" })];
    assert.deepEqual(brief(steps, []), [["update", "kept", null]]);
  });

  it("returns changes that `counted` counts by operation", () => {
    const steps = [
      step({ op: "create", type: TYPES.group, name: "a" }),
      step({ op: "create", type: TYPES.group, name: "b" }),
      step({ op: "delete", type: TYPES.group, name: "c" }),
    ];
    assert.deepEqual(counted(changesOf(steps, [])), { create: 2, update: 0, replace: 0, delete: 1 });
  });
});
