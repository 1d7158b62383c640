import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { repositoryName } from "../core/names";
import type { Tags } from "../core/tags";

export interface RegistryArgs {
  account: Account;
  service: string;
  deletionProtection: boolean;
  tags: Tags;
}

/**
 * ECR repository of a service. Tags are immutable, images are scanned when pushed, and nothing expires: a lifecycle
 * policy knows ages and tags but not what runs (aws-rules K3-K4). Even a policy for untagged images would some day
 * delete a release that was deployed by its digest, and the next instance could not pull it. Old images are deleted by
 * hand, or by a job that knows the deploys' history.
 *
 * With deletion protection the repository and its images stay in the account when the service is removed: AWS would
 * refuse to delete the repository, and every later run would fail. Delete it by hand before a service of the same
 * name is added again.
 *
 * Cost a month: 0.10 USD for each GB kept (aws.amazon.com/ecr/pricing).
 */
export class Registry extends pulumi.ComponentResource {
  readonly repository: aws.ecr.Repository;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:registry:Registry", name, {}, opts);

    this.repository = new aws.ecr.Repository(
      `${name}-repository`,
      {
        // A fixed name, because images are pushed to it by name. Stacks do not see each other's images.
        name: repositoryName(args.account, args.service),
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        forceDelete: !args.deletionProtection,
        tags: args.tags,
      },
      { parent: this, retainOnDelete: args.deletionProtection },
    );
    this.registerOutputs({ repositoryUrl: this.repository.repositoryUrl });
  }
}
