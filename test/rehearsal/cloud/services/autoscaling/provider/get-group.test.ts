import { expect } from "chai";
import { getGroup } from "../../../../../../rehearsal/cloud/services/autoscaling/provider/get-group";
import { failureOf } from "../../../../../failure-of";
import { Scene } from "../../../compute-scene";

describe("aws:autoscaling/getGroup", () => {
  const scene = new Scene({ speed: 1000, bootSeconds: 1 });
  after(() => scene.close());

  it("gives the numbers that Auto Scaling has, and says of a group that is not there that it found none (A35)", async () => {
    const { autoScaling } = scene.compute;
    const { call } = getGroup(autoScaling);
    const group = autoScaling.create("users-blue", scene.groupSettings(1, { maxSize: 4 }));
    group.update({ ...group.settings, minSize: 0, maxSize: 0, desiredCapacity: 0 });
    expect(await call({ name: "users-blue" })).to.deep.include({ minSize: 0, maxSize: 0, desiredCapacity: 0 });
    expect(await call({ name: "users-blue" })).to.have.property(
      "vpcZoneIdentifier",
      group.settings.subnetIds.join(","),
    );
    expect((await failureOf(call({ name: "users-green" }))).message).to.equal(
      "reading Auto Scaling Group (users-green): couldn't find resource",
    );
  });
});
