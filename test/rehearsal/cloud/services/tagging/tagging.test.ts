import { expect } from "chai";
import type { Call } from "../../../../../rehearsal/cloud/protocols/service";
import { createTagging } from "../../../../../rehearsal/cloud/services/tagging";

describe("the tagging API of the rehearsal cloud", () => {
  const { model, apis } = createTagging();
  model.set("arn:one", { project: "aoshingo", stack: "trial" });
  model.set("arn:other-stack", { project: "aoshingo", stack: "prod" });
  model.set("arn:without", {});
  model.set("arn:gone", { project: "aoshingo", stack: "trial" });
  model.delete("arn:gone");

  const table: [filters: object[], found: string[]][] = [
    [[], ["arn:one", "arn:other-stack", "arn:without"]],
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
  for (const [TagFilters, found] of table) {
    it(`finds ${found.join(", ") || "nothing"} by ${JSON.stringify(TagFilters)}`, async () => {
      const answer = await apis!.tagging!.operations.GetResources!({ TagFilters }, {} as Call);
      const { ResourceTagMappingList } = answer as { ResourceTagMappingList: { ResourceARN: string }[] };
      expect(ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN)).to.deep.equal(found);
    });
  }
});
