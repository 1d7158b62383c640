import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { repositoryName } from "../core/names";
import type { Tags } from "../core/tags";

export interface RegistryArgs {
  account: Account;
  service: string;
  deletionProtection: boolean;
  /** True if the account has the repository from a time when the settings had the service before. */
  isKept: boolean;
  tags: Tags;
}

/**
 * ECR repository of a service. Tags are immutable, images are scanned when pushed, and nothing expires: a lifecycle
 * policy knows ages and tags but not what runs (aws-rules K3-K4). Even a policy for untagged images would some day
 * delete a release that was deployed by its digest, and the next instance could not pull it. Old images are deleted by
 * hand, or by a job that knows the deploys' history.
 *
 * With deletion protection the repository and its images stay in the account when the service is removed: AWS would
 * refuse to delete the repository, and every later run would fail (aws-rules K2). A service of the same name takes it again
 * (kept-repositories.ts).
 *
 * Cost a month: 0.10 USD for each GB kept (aws.amazon.com/ecr/pricing).
 */
export class Registry extends pulumi.ComponentResource {
  readonly repository: aws.ecr.Repository;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:registry:Registry", name, {}, opts);

    // A fixed name, because images are pushed to it by name. Stacks do not see each other's images.
    const physicalName = repositoryName(args.account, args.service);
    this.repository = new aws.ecr.Repository(
      `${name}-repository`,
      {
        name: physicalName,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        forceDelete: !args.deletionProtection,
        tags: args.tags,
      },
      // The engine reads it, and changes what differs. It ignores `import` for one that the stack has.
      { parent: this, retainOnDelete: args.deletionProtection, ...(args.isKept && { import: physicalName }) },
    );
    this.registerOutputs({ repositoryUrl: this.repository.repositoryUrl });
  }
}
