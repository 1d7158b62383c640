import { expect } from "chai";
import type { UpResult } from "../../../automation/ports/stack";
import { mergeUpResults } from "../../../automation/stack/merge-up-results";

const outputs = (name: string) => ({ name }) as unknown as UpResult["outputs"];

describe("automation/stack/merge-up-results", () => {
  it("adds up what two updates did, and counts what stayed the same once", () => {
    const role = { operation: "create", urn: "role" } as const;
    const group = { operation: "update", urn: "group" } as const;
    const first: UpResult = {
      ...{ outputs: outputs("first"), seconds: 2, waitedSeconds: 0.5, changes: { create: 1, same: 98 } },
      resources: [role],
    };
    const second: UpResult = {
      ...{ outputs: outputs("second"), seconds: 3, waitedSeconds: 1, changes: { update: 2, same: 97 } },
      resources: [group],
    };
    expect(mergeUpResults(first, second)).to.deep.equal({
      ...{ outputs: outputs("second"), seconds: 5, waitedSeconds: 1.5, changes: { create: 1, update: 2, same: 97 } },
      resources: [role, group],
    });
  });
});
