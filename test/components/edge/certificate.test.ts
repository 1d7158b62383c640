import { expect } from "chai";
import { route53Types } from "../../../rehearsal/cloud/services/route53";
import { Resource } from "../../rehearsal/cloud/provider/resource";
import { Scene } from "../../rehearsal/cloud/services/route53/model/scene";
import { inputs, RECORD } from "../declared";
import { declare, STATES } from "../world";

describe("the validation record of a certificate", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.zones.close());

  it("may be there already, for another certificate of the account (M3, R3)", async () => {
    const types = route53Types(scene.zones, scene.context.clock);
    const world = await declare({ services: { users: STATES.start } });
    const args = { ...inputs(world, "domain-validation-record", RECORD), zoneId: scene.zoneId };
    const { allowOverwrite: _, ...others } = args as Record<string, unknown>;
    await Resource.create(types, RECORD, others);
    const record = await Resource.create(types, RECORD, args);
    expect(record.outputs.fqdn).to.equal("_v.example.jp");
    expect(scene.zones.publicRecord("_v.example.jp", "CNAME")).to.deep.equal(["_v.aws"]);
  });
});
