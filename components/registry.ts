import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import type { Tags } from "./tags";

const UNTAGGED_DAYS = 14;

export interface RegistryArgs {
  account: Account;
  service: string;
  deletionProtection: boolean;
  tags: Tags;
}

/**
 * ECR repository of a service. Tags never move, images are scanned when pushed. A lifecycle policy knows nothing of what runs: any rule on tagged images
 * could one day delete the one that is live or the one to roll back to. So only untagged ones expire, which no deploy can have named (those that a tagged
 * multi-platform image refers to stay, too).
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
        // A fixed name, because images are pushed to it by name. Images of one stack are not seen by another.
        name: `${args.account.project}/${args.account.stack}/${args.service}`.toLowerCase(),
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        forceDelete: !args.deletionProtection,
        tags: args.tags,
      },
      { parent: this },
    );
    new aws.ecr.LifecyclePolicy(
      `${name}-expiry`,
      { repository: this.repository.name, policy: JSON.stringify(expireUntagged()) },
      { parent: this },
    );
    this.registerOutputs({ repositoryUrl: this.repository.repositoryUrl });
  }
}

function expireUntagged() {
  return {
    rules: [
      {
        rulePriority: 1,
        description: `Untagged images after ${UNTAGGED_DAYS} days`,
        selection: {
          tagStatus: "untagged",
          countType: "sinceImagePushed",
          countUnit: "days",
          countNumber: UNTAGGED_DAYS,
        },
        action: { type: "expire" },
      },
    ],
  };
}
