import { expect } from "chai";
import type { CloudClock } from "../../../../../rehearsal/cloud/kernel/clock";
import type { Call } from "../../../../../rehearsal/cloud/protocols/service";
import { createTagging } from "../../../../../rehearsal/cloud/services/tagging";

describe("the tagging API of the rehearsal cloud", () => {
  const clock = { nowMs: 0 };
  const { model, apis } = createTagging({ clock: clock as CloudClock });
  model.set("arn:one", { project: "aoshingo", stack: "trial" });
  model.set("arn:other-stack", { project: "aoshingo", stack: "prod" });
  model.set("arn:without", {});
  model.set("arn:gone", { project: "aoshingo", stack: "trial" });
  model.delete("arn:gone");
  model.delete("arn:never-there");
  clock.nowMs = 1_000_000;
  model.set("arn:again", {});
  model.delete("arn:again");
  model.set("arn:again", { stack: "later" });

  const table: [filters: object[], found: string[]][] = [
    [[], ["arn:one", "arn:other-stack", "arn:without", "arn:again"]],
    [[{ Key: "project" }], ["arn:one", "arn:other-stack"]],
    [
      [
        { Key: "project", Values: ["aoshingo"] },
        { Key: "stack", Values: ["trial", "staging"] },
      ],
      ["arn:one"],
    ],
    [[{ Key: "stack", Values: ["staging"] }], []],
  ];
  const listed = async (TagFilters: object[]) => {
    const answer = await apis!.tagging!.operations.GetResources!({ TagFilters }, {} as Call);
    const { ResourceTagMappingList } = answer as { ResourceTagMappingList: { ResourceARN: string }[] };
    return ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN);
  };
  for (const [TagFilters, found] of table) {
    it(`finds ${found.join(", ") || "nothing"} by ${JSON.stringify(TagFilters)}`, async () => {
      expect(await listed(TagFilters)).to.deep.equal(found);
    });
  }

  it("lists what was deleted for a while, although policies do not see its tags any more (V13)", async () => {
    const filters = [{ Key: "stack", Values: ["short"] }];
    model.set("arn:short", { stack: "short" });
    model.delete("arn:short");
    expect(model.conditionKeys("arn:short")).to.deep.equal({});
    clock.nowMs += 299_000;
    expect(await listed(filters)).to.deep.equal(["arn:short"]);
    clock.nowMs += 1_000;
    expect(await listed(filters)).to.deep.equal([]);
  });
});
