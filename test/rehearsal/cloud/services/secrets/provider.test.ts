import { expect } from "chai";
import { ParameterStore } from "../../../../../rehearsal/cloud/services/secrets/model/parameter-store";
import { SecretsManager } from "../../../../../rehearsal/cloud/services/secrets/model/secrets-manager";
import { getParameter } from "../../../../../rehearsal/cloud/services/secrets/provider/get-parameter";
import { getSecret as getSecretFunction } from "../../../../../rehearsal/cloud/services/secrets/provider/get-secret";
import { getSecretVersion } from "../../../../../rehearsal/cloud/services/secrets/provider/get-secret-version";
import { silentCloud } from "../../silent-cloud";

describe("rehearsal/cloud/services/secrets/provider", () => {
  const secretsManager = new SecretsManager(silentCloud());
  const getSecret = getSecretFunction(secretsManager);

  it("finds a secret by name and ARN, and never returns its value", async () => {
    const { arn } = secretsManager.create("shop/token", "hidden");
    const found = await getSecret.call({ name: "shop/token" });
    expect(found).to.include({ id: arn, arn, name: "shop/token" });
    expect(await getSecret.call({ arn })).to.deep.equal(found);
    expect(JSON.stringify(found)).not.to.contain("hidden");
  });

  it("fails as on AWS for a secret that does not exist or is scheduled for deletion", async () => {
    secretsManager.create("going", "hidden");
    secretsManager.delete("going", 30);
    for (const name of ["typo", "going"]) {
      const error = await getSecret.call({ name }).catch((caught: unknown) => caught);
      expect(error).to.include({
        code: "ResourceNotFoundException",
        message: `reading Secrets Manager Secret (${name}): Secrets Manager can't find the specified secret.`,
      });
    }
  });

  it("returns the value of a secret's version and of a parameter, or fails as on AWS", async () => {
    const parameters = new ParameterStore(silentCloud());
    parameters.put({
      name: "/shop/key",
      value: "parameter's",
      type: "SecureString",
      description: undefined,
      overwrite: false,
    });
    secretsManager.create("shop/key", "secret's");
    expect((await getSecretVersion(secretsManager).call({ secretId: "shop/key" })).secretString).to.equal("secret's");
    const found = await getParameter(parameters).call({ name: "/shop/key", withDecryption: true });
    expect(found).to.include({ value: "parameter's", type: "SecureString", insecureValue: "" });
    const error = await getParameter(parameters)
      .call({ name: "/typo", withDecryption: true })
      .catch((caught: unknown) => caught);
    expect(error).to.include({ code: "ParameterNotFound" });
  });

  it("needs a name or an ARN", () => {
    expect(getSecret.args.safeParse({}).success).to.equal(false);
    expect(getSecret.args.safeParse({ name: "a", arn: "b" }).success).to.equal(false);
  });
});
