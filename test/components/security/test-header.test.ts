import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { digestOf } from "../../../components/live/infrastructure";
import { readTestHeader } from "../../../components/security/test-header";
import { failureOf } from "../../failure-of";
import { known } from "../known";

const DENIED = "AccessDeniedException: not authorized to perform: ssm:GetParameter";
const HEADER = { name: "x-preview", value: "ssm:/denied" };

describe("the test header that a role may not read", () => {
  const begin = (isPreview: boolean) =>
    pulumi.runtime.setMocks(
      {
        newResource: ({ name }) => ({ id: name, state: {} }),
        call: () => {
          throw Object.assign(new Error(DENIED), { details: DENIED });
        },
      },
      "aoshingo",
      "prod",
      isPreview,
    );

  it("has a placeholder in a preview, if the last `up` had no such header", async () => {
    await begin(true);
    const other = digestOf({ ...HEADER, value: "ssm:/other" });
    for (const had of [undefined, other]) {
      const header = await readTestHeader(HEADER, { isDeploy: false, had });
      expect(header!.name).to.equal("x-preview");
      expect(await known(header!.value)).to.match(/^[A-Za-z0-9_-]{20,128}$/);
    }
  });

  it("is refused with the rights that are wanted, in a preview of one that is there, and in an `up`", async () => {
    const line = `aoshingo:testHeader.value: given ssm:/denied, whose value may not be read (${DENIED}), wanted the right ssm:GetParameter and, with a key of your own, kms:Decrypt; CI's role for previews gets them by \`pulumi up\``;
    await begin(true);
    expect((await failureOf(readTestHeader(HEADER, { isDeploy: false, had: digestOf(HEADER) }))).message).to.equal(
      line,
    );
    await begin(false);
    expect((await failureOf(readTestHeader(HEADER, { isDeploy: false, had: undefined }))).message).to.equal(line);
  });
});
