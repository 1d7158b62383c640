import { expect } from "chai";
import { LaunchTemplates } from "../../../../../../rehearsal/cloud/services/ec2/model/launch-templates";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";

const data = (instanceType: string, userData = "") => ({ instanceType, securityGroupIds: [], userData });

describe("rehearsal/cloud/services/ec2/model/launch-templates", () => {
  const templates = new LaunchTemplates(silentCloud());

  it("keeps every version and resolves $Latest and $Default", () => {
    const { id } = templates.create("versions", data("t3.small"));
    expect(id).to.match(/^lt-[0-9a-f]{17}$/);
    templates.addVersion(id, data("t3.medium"));
    expect(templates.resolve(id, "$Latest")).to.include({ instanceType: "t3.medium", version: 2 });
    expect(templates.resolve(id, "$Default")).to.include({ instanceType: "t3.small", version: 1 });
    expect(templates.resolve(id, "1")).to.include({ instanceType: "t3.small" });
    templates.setDefaultVersion(id, 2);
    expect(templates.resolve(id, "$Default")).to.include({ version: 2 });
    expect(refusal(() => templates.resolve(id, "3"))).to.equal(
      `InvalidLaunchTemplateId.VersionNotFound: Could not find launch template version 3 for launch template ${id}.`,
    );
  });

  it("refuses a name that is in use", () => {
    const { id } = templates.create("once", data("t3.small"));
    expect(refusal(() => templates.create("once", data("t3.small")))).to.equal(
      "InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use.",
    );
    templates.delete(id);
    expect(refusal(() => templates.create("once", data("t3.small")))).to.equal("accepted");
    expect(refusal(() => templates.get(id))).to.equal(
      `InvalidLaunchTemplateId.NotFound: The specified launch template, with template ID ${id}, does not exist.`,
    );
  });

  it("limits user data to 16 KB before base64 encoding (A21)", () => {
    const bytes = (count: number) => Buffer.alloc(count, "x").toString("base64");
    expect(refusal(() => templates.create("full", data("t3.small", bytes(16_384))))).to.equal("accepted");
    expect(refusal(() => templates.create("over", data("t3.small", bytes(16_385))))).to.equal(
      "InvalidParameterValue: User data is limited to 16384 bytes",
    );
    expect(refusal(() => templates.create("plain", data("t3.small", "#!/bin/bash")))).to.equal(
      "InvalidUserData.Malformed: Invalid BASE64 encoding of user data.",
    );
  });
});
