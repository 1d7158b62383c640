import { assert } from "chai";
import { predictedState, type StateResource, withStackOutputs } from "../../../automation/preview/predicted-state";
import { hasUnknown } from "../../../automation/preview/wire";
import { UNKNOWN } from "../../../components/core/pulumi-wire";
import { readState, stateText } from "../../../components/live/stack-state";
import { step, TYPES, urnOf } from "./steps";

const TASK = urnOf(TYPES.task, "task");

function resource(type: string, name: string, rest: Partial<StateResource> = {}): StateResource {
  return { urn: urnOf(type, name), type, custom: type.startsWith("aws:"), id: name, inputs: {}, outputs: {}, ...rest };
}

describe("predictedState", () => {
  it("gives an updated resource its new inputs and outputs, and keeps what AWS assigned", () => {
    const group = resource(TYPES.group, "g", { inputs: { size: 0 }, outputs: { size: 0, arn: "arn:g", seen: 1 } });
    const to = { inputs: { size: 2 }, outputs: { size: 2, arn: UNKNOWN, seen: UNKNOWN } };
    assert.deepEqual(predictedState([group], [step({ op: "update", type: TYPES.group, name: "g", to })]), [
      { ...group, inputs: { size: 2 }, outputs: { size: 2, arn: "arn:g", seen: 1 } },
    ]);
  });

  it("gives a replaced resource unique stand-ins of the old values' types", () => {
    const task = resource(TYPES.task, "task", { id: "t:1", outputs: { arn: "arn:aws:ecs:r:1:t:1", revision: 1 } });
    const to = { inputs: { image: "v2" }, outputs: { image: "v2", arn: UNKNOWN, revision: UNKNOWN } };
    const ops = ["create-replacement", "replace", "delete-replaced"];
    const [next] = predictedState(
      [task],
      ops.map((op) => step({ op, type: TYPES.task, name: "task", to })),
    );
    assert.deepInclude(next, { id: "planned-task", inputs: { image: "v2" } });
    assert.deepEqual(next!.outputs, { image: "v2", arn: "arn:aws:planned::000000000000:task.arn", revision: 1 });
  });

  it("adds a created resource below its parent, without outputs of an unknown type", () => {
    const to = { inputs: { name: "s" }, outputs: { name: "s", arn: UNKNOWN, dnsName: UNKNOWN, limits: UNKNOWN } };
    const [, made] = predictedState(
      [resource(TYPES.stack, "")],
      [step({ op: "create", type: TYPES.rule, name: "r", to })],
    );
    assert.deepEqual(made, {
      ...{ urn: urnOf(TYPES.rule, "r"), type: TYPES.rule, custom: true, id: "planned-r" },
      ...{ parent: urnOf(TYPES.stack, ""), provider: "provider::1", inputs: { name: "s" } },
      outputs: { name: "s", arn: "arn:aws:planned::000000000000:r.arn", dnsName: "planned-r.dnsName" },
    });
  });

  it("removes deleted resources and the dependencies on them", () => {
    const service = resource(TYPES.ecsService, "s", {
      dependencies: [TASK, urnOf(TYPES.rule, "r")],
      propertyDependencies: { taskDefinition: [TASK], cluster: [] },
      deletedWith: TASK,
    });
    const state = [resource(TYPES.task, "task"), resource(TYPES.rule, "r"), service];
    const left = predictedState(state, [step({ op: "delete", type: TYPES.task, name: "task" })]);
    assert.deepEqual(
      left.map(({ urn }) => urn),
      [urnOf(TYPES.rule, "r"), service.urn],
    );
    assert.deepInclude(left[1], {
      dependencies: [urnOf(TYPES.rule, "r")],
      propertyDependencies: { taskDefinition: [], cluster: [] },
      deletedWith: undefined,
    });
  });

  it("keeps the secrets of the state", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "real" };
    const group = resource(TYPES.group, "g", { inputs: { key: secret } });
    const to = { inputs: { key: { ...secret, ciphertext: "[secret]" }, size: 1 } };
    const [next] = predictedState([group], [step({ op: "update", type: TYPES.group, name: "g", to })]);
    assert.deepEqual(next!.inputs, { key: secret, size: 1 });
  });

  it("keeps the stack's outputs; `withStackOutputs` sets them, without unknown values", () => {
    const stack = resource(TYPES.stack, "", { outputs: { live: { serial: 5 }, arn: "arn:old" } });
    const to = { outputs: { live: { serial: 6 }, arn: UNKNOWN } };
    const left = predictedState([stack], [step({ op: "update", type: TYPES.stack, name: "", to })]);
    assert.deepEqual(left, [stack]);
    const [next] = withStackOutputs(left, { live: { serial: 6 }, arn: UNKNOWN, list: [{ name: UNKNOWN }] });
    assert.deepInclude(next!.outputs, { live: { serial: 6 } });
    assert.isFalse(hasUnknown(next));
  });

  it("replaces unknown values inside the stack's output `state`, also after the outputs of an older program", () => {
    const services = { users: { repository: { url: "ecr/users" } } };
    const next = stateText({ region: "tokyo", services: { users: { repository: { url: UNKNOWN } } } });
    for (const before of [
      { live: { serial: 5 }, state: stateText({ region: "tokyo", services }) },
      { live: { serial: 5 }, region: "tokyo", services },
    ]) {
      const stack = resource(TYPES.stack, "", { outputs: before });
      const [settled] = withStackOutputs([stack], { live: { serial: 6 }, state: next });
      assert.deepEqual(Object.keys(settled!.outputs!), ["live", "state"]);
      const { region, services: users } = readState(settled!.outputs!);
      assert.equal(region, "tokyo");
      assert.match(users!.users!.repository.url, /^planned-stack/);
    }
  });
});
