import { expect } from "chai";
import { withAdopted } from "../../../automation/stack/adopt";
import type { ExportedState } from "../../../automation/stack/exported-state";

const resource = (urn: string) => ({ urn, type: "aws:ec2/vpc:Vpc", inputs: { cidrBlock: "10.0.0.0/16" } });

describe("a state that takes in what interrupted creates have made", () => {
  const state: NonNullable<ExportedState["deployment"]> = {
    resources: [{ ...resource("first"), id: "vpc-1" }],
    pending_operations: [
      { type: "creating", resource: resource("found") },
      { type: "creating", resource: resource("not found") },
      { type: "updating", resource: resource("first") },
    ],
    secrets_providers: { type: "passphrase" },
  };

  it("has them last, with their IDs, and is not about to create them any more", () => {
    const after = withAdopted(state, new Map([["found", "vpc-2"]]));
    expect(after.resources).to.deep.equal([
      { ...resource("first"), id: "vpc-1" },
      { ...resource("found"), id: "vpc-2", outputs: { cidrBlock: "10.0.0.0/16" } },
    ]);
    expect(after.pending_operations!.map(({ resource: { urn } }) => urn)).to.deep.equal(["not found", "first"]);
    expect(after.secrets_providers).to.deep.equal({ type: "passphrase" });
  });

  it("stays as it is without any", () => {
    expect(withAdopted({}, new Map())).to.deep.equal({ resources: [], pending_operations: [] });
  });
});
