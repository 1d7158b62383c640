import { expect } from "chai";
import { Document } from "yaml";
import { instanceTypeOf, isGraviton } from "../../../components/settings/instance-type";
import models from "../../../rehearsal/cloud/services/ec2/model/instance-types.json";
import { makeRehearsable } from "../../../rehearsal/environment/production-settings";

describe("rehearsal/environment/production-settings", () => {
  function instead(instanceType: string): string {
    const config = { "aws:region": "ap-northeast-1", "aoshingo:services": { users: { kind: "api", instanceType } } };
    const document = new Document({ config });
    makeRehearsable(document, ["users"], "amd64");
    return document.getIn(["config", "aoshingo:services", "users", "instanceType"]) as string;
  }

  it("leaves out the availability zones to choose from: the account has others", () => {
    const network = { zones: 3, availabilityZones: ["ap-northeast-1c", "ap-northeast-1d", "ap-northeast-1e"] };
    const document = new Document({ config: { "aws:region": "ap-northeast-1", "aoshingo:network": network } });
    expect(makeRehearsable(document, [], "amd64").notTried).to.deep.equal(["network.availabilityZones"]);
    expect(document.toJS().config["aoshingo:network"]).to.deep.equal({ zones: 3 });
  });

  it("takes a type of the same size for each type of Graviton whose size is known", () => {
    const types = Object.entries<string>(models.families).flatMap(([family, sizes]) =>
      sizes.split(" ").map((size) => `${family}.${size}`),
    );
    const graviton = types.filter((type) => isGraviton(type) && instanceTypeOf(type));
    expect(graviton).to.include.members(["t4g.small", "c7g.8xlarge", "m8g.48xlarge"]);
    // Only Graviton has medium in the families that are taken.
    const whole = graviton.filter((type) => type.startsWith("t") || !type.endsWith(".medium"));
    const wrong = whole.filter((type) => instanceTypeOf(instead(type))?.memoryMiB !== instanceTypeOf(type)?.memoryMiB);
    expect(wrong).to.deep.equal([]);
    expect([instead("m7g.medium"), instead("t4g.medium"), instead("m5.large")]).to.deep.equal([
      ...["m7i.large", "t3.medium", "m5.large"],
    ]);
  });
});
