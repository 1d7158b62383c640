import { expect } from "chai";
import { ecrTypes } from "../../../../../rehearsal/cloud/services/ecr";
import { Ecr } from "../../../../../rehearsal/cloud/services/ecr/model/ecr";
import { getRepository } from "../../../../../rehearsal/cloud/services/ecr/provider/get-repository";
import { Stack } from "../../provider/stack";
import { silentCloud } from "../../silent-cloud";

const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      description: "Untagged images after 14 days",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
      action: { type: "expire" },
    },
  ],
};

describe("rehearsal/cloud/services/ecr/provider", () => {
  const ARGS = {
    name: "shop/prod/users",
    imageTagMutability: "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfigurations: [{ encryptionType: "AES256" }],
    forceDelete: true,
    tags: { a: "b" },
  };
  const IMAGE = JSON.stringify({ schemaVersion: 2, config: { Cmd: ["true"], WorkingDir: "/" } });

  it("creates a repository with its policy, and deletes it with its images if forced (K2)", async () => {
    const ecr = new Ecr(silentCloud());
    const stack = new Stack(ecrTypes(ecr));
    const repository = await stack.create("aws:ecr/repository:Repository", ARGS);
    expect(repository.outputs).to.include({
      arn: "arn:aws:ecr:ap-northeast-1:123456789012:repository/shop/prod/users",
      repositoryUrl: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/shop/prod/users",
      registryId: "123456789012",
    });
    const policy = JSON.stringify(LIFECYCLE);
    await stack.create("aws:ecr/lifecyclePolicy:LifecyclePolicy", { repository: repository.id, policy });
    ecr.putImage(repository.id, IMAGE, "v1");
    await stack.update(repository, { imageTagMutability: "MUTABLE" });
    expect(ecr.getRepository(repository.id).imageTagMutability).to.equal("MUTABLE");
    await stack.destroy();
    expect(ecr.findRepository(repository.id)).to.equal(undefined);
  });

  it("tells what a repository has that no state knows, so that a stack can take it", async () => {
    const ecr = new Ecr(silentCloud());
    const stack = new Stack(ecrTypes(ecr));
    const repository = await stack.create("aws:ecr/repository:Repository", ARGS);
    ecr.putImage(repository.id, IMAGE, "v1");
    const { forceDelete: _, ...known } = ARGS;
    expect(await stack.type(repository.token).read(repository.id, {})).to.deep.include(known);
    const found = await getRepository(ecr).call({ name: ARGS.name });
    expect(found).to.deep.include({ arn: repository.outputs.arn, tags: { a: "b" }, mostRecentImageTags: ["v1"] });
    const missing = await getRepository(ecr)
      .call({ name: "shop/prod/polls" })
      .catch((error: Error) => error.message);
    expect(missing).to.equal("reading ECR Repository (shop/prod/polls): couldn't find resource");
  });

  it("refuses to delete a repository with images, unless forced (K2)", async () => {
    const ecr = new Ecr(silentCloud());
    const stack = new Stack(ecrTypes(ecr));
    const repository = await stack.create("aws:ecr/repository:Repository", { name: "users" });
    ecr.putImage("users", IMAGE, "v1");
    const error = await stack.delete(repository).catch((reason: Error & { code: string }) => reason);
    expect(error).to.include({ code: "RepositoryNotEmptyException" });
  });
});
