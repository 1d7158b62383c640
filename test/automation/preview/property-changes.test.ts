import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { assert } from "chai";
import { KNOWN_AFTER, propertyChanges } from "../../../automation/preview/property-changes";
import { UNKNOWN } from "../../../components/core/pulumi-wire";

type Properties = Record<string, unknown>;

/** Returns a step whose `diffs` name the inputs that differ, as the provider does. */
function step(from: Properties, to: Properties, rest: Partial<StepEventMetadata> = {}): StepEventMetadata {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const diffs = names.filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]));
  return { old: { inputs: from, outputs: {} }, new: { inputs: to, outputs: {} }, diffs, ...rest } as StepEventMetadata;
}

const secret = (text: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: text,
});

describe("propertyChanges", () => {
  const cases: { title: string; from: Properties; to: Properties; shown: Record<string, [unknown, unknown]> }[] = [
    { title: "nothing", from: { size: 2 }, to: { size: 2 }, shown: {} },
    {
      title: "a plain value",
      from: { minSize: 0, name: "a" },
      to: { minSize: 2, name: "a" },
      shown: { minSize: [0, 2] },
    },
    { title: "a value that comes", from: {}, to: { wait: 2 }, shown: { wait: [undefined, 2] } },
    { title: "a value that goes", from: { wait: 2 }, to: {}, shown: { wait: [2, undefined] } },
    {
      title: "a value that is not known yet",
      from: { arn: "a:1" },
      to: { arn: UNKNOWN },
      shown: { arn: ["a:1", KNOWN_AFTER] },
    },
    {
      title: "inside objects and lists, only what differs",
      from: { actions: [{ type: "forward", weights: [100, 0] }] },
      to: { actions: [{ type: "forward", weights: [0, 100] }] },
      shown: { "actions[0].weights[0]": [100, 0], "actions[0].weights[1]": [0, 100] },
    },
    {
      title: "elements of a list by their identity, in whatever order",
      from: {
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
        ],
      },
      to: {
        env: [
          { name: "B", value: "3" },
          { name: "A", value: "1" },
        ],
      },
      shown: { "env[B].value": ["2", "3"] },
    },
    {
      title: "target groups by name, without their account",
      from: { groups: [{ arn: "arn:aws:elasticloadbalancing:r:1:targetgroup/users-bb-1/9f", weight: 100 }] },
      to: { groups: [{ arn: "arn:aws:elasticloadbalancing:r:1:targetgroup/users-bb-1/9f", weight: 0 }] },
      shown: { "groups[users-bb-1].weight": [100, 0] },
    },
    {
      title: "the only element's change of identity in its place",
      from: { aliases: [{ name: "blue.elb", zoneId: "Z" }] },
      to: { aliases: [{ name: "green.elb", zoneId: "Z" }] },
      shown: { "aliases[0].name": ["blue.elb", "green.elb"] },
    },
    {
      title: "text that is JSON",
      from: { containerDefinitions: JSON.stringify([{ name: "users", image: "u@1", cpu: 1 }]) },
      to: { containerDefinitions: JSON.stringify([{ name: "users", image: "u@2", cpu: 1 }]) },
      shown: { "containerDefinitions[users].image": ["u@1", "u@2"] },
    },
    { title: "text that only looks like it", from: { a: "[x" }, to: { a: "[y" }, shown: { a: ["[x", "[y"] } },
    {
      title: "no secret",
      from: { key: secret("a"), b: 1 },
      to: { key: secret("b"), b: "{" },
      shown: { b: [1, "{"], key: ["[secret]", "[secret]"] },
    },
  ];
  for (const { title, from, to, shown } of cases) {
    it(`shows ${title}`, () => {
      const found = propertyChanges(step(from, to));
      assert.deepEqual(Object.fromEntries(found.map((one) => [one.path, [one.from, one.to]])), shown);
      assert.isTrue(found.every(({ replaces }) => !replaces));
    });
  }

  it("uses the provider's paths if there are any, and marks what replaces the resource", () => {
    const found = propertyChanges(
      step({ port: 80, tags: { a: "1" } }, { port: 81, tags: { a: "2" } }, {
        diffs: [],
        keys: ["port"],
        detailedDiff: {
          port: { diffKind: "update-replace", inputDiff: true },
          'tags["a"]': { diffKind: "update", inputDiff: true },
        },
      } as unknown as Partial<StepEventMetadata>),
    );
    assert.deepEqual(found, [
      { path: "port", from: 80, to: 81, replaces: true },
      { path: "tags.a", from: "1", to: "2", replaces: false },
    ]);
  });

  it("shows the value at AWS if the inputs are the same", () => {
    const drifted = {
      old: { inputs: { size: 2 }, outputs: { size: 5 } },
      new: { inputs: { size: 2 } },
      diffs: ["size"],
    };
    assert.deepEqual(propertyChanges(drifted as unknown as StepEventMetadata), [
      { path: "size", from: 5, to: 2, replaces: false },
    ]);
  });
});
