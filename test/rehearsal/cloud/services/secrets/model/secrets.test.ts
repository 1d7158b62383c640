import { expect } from "chai";
import { SecretStores } from "../../../../../../rehearsal/cloud/services/secrets/model/secrets";
import { silentCloud } from "../../../silent-cloud";

describe("rehearsal/cloud/services/secrets/model/secrets", () => {
  const stores = new SecretStores(silentCloud());
  const prefix = "arn:aws:ssm:ap-northeast-1:123456789012:parameter";
  const put = (name: string) =>
    stores.parameters.put({
      name,
      value: `value of ${name}`,
      type: "SecureString",
      description: undefined,
      overwrite: false,
    });
  put("/shop/key");
  put("plain");
  const { arn } = stores.secretsManager.create("token", JSON.stringify({ user: "ann", age: 7 }));
  const empty = stores.secretsManager.create("empty", undefined);

  const cases: [string, string, string | undefined][] = [
    ["a parameter's ARN", `${prefix}/shop/key`, "value of /shop/key"],
    ["the ARN of one without a slash", `${prefix}/plain`, "value of plain"],
    ["a parameter's name (P6)", "/shop/key", "value of /shop/key"],
    ["a parameter that is not there", `${prefix}/typo`, undefined],
    ["a secret's ARN", arn, '{"user":"ann","age":7}'],
    ["a key of its JSON", `${arn}:user::`, "ann"],
    ["a key that is not text", `${arn}:age::`, undefined],
    ["a key that is not there", `${arn}:typo::`, undefined],
    ["a secret without a version (P4)", empty.arn, undefined],
    ["a secret that is not there", `${arn}x`, undefined],
  ];
  for (const [title, reference, value] of cases) {
    it(`reads ${title}`, () => expect(stores.value(reference)).to.equal(value));
  }

  it("does not read a secret that is scheduled for deletion (P4)", () => {
    const going = stores.secretsManager.create("going", "hidden");
    stores.secretsManager.delete("going", 30);
    expect(stores.value(going.arn)).to.equal(undefined);
  });
});
