import { expect } from "chai";
import type { InstanceSettings } from "../../../../../rehearsal/cloud/services/rds/model/db-instance";
import { refusal } from "../../refusal";
import { RefusalsCloud } from "../../refusals/refusals-cloud";

/** Nothing but the missing subnet group is against it. */
const SETTINGS: InstanceSettings = {
  ...{ identifier: "shop-main", engineVersion: "17", instanceClass: "db.t4g.micro", allocatedStorage: 20 },
  ...{ multiAz: false, backupRetentionPeriod: 1, dbName: "main", username: "postgres", port: 5432 },
  ...{ subnetGroup: "none", parameterGroup: "tls", securityGroupIds: ["sg-1"], storageEncrypted: true },
  ...{ publiclyAccessible: false, deletionProtection: false },
};

describe("a database in an account on the Free plan", () => {
  let world: RefusalsCloud;
  before(async () => {
    world = await RefusalsCloud.create("127.65", { freePlan: true });
  });
  after(() => world?.close());

  const refused = (changes: Partial<InstanceSettings> = {}) =>
    refusal(() => world.cloud.services.rds.model.create({ ...SETTINGS, ...changes }));

  it("has backups of one day (B16)", () => {
    expect(refused({ backupRetentionPeriod: 7 })).to.equal(
      "FreeTierRestrictionError: The specified backup retention period exceeds the maximum available to free tier customers. To remove all limitations, upgrade your account plan.",
    );
  });

  it("has a micro class (B16)", () => {
    expect(refused({ instanceClass: "db.t4g.small" })).to.equal(
      "FreeTierRestrictionError: This instance size isn't available with free plan accounts. To remove all limitations, upgrade your account plan.",
    );
  });

  it("is refused nothing else by the plan (B16)", () => {
    for (const changes of [{}, { instanceClass: "db.t3.micro", backupRetentionPeriod: 0 }])
      expect(refused(changes)).to.equal("DBSubnetGroupNotFoundFault: DBSubnetGroup none doesn't exist.");
  });
});
