import type { CloudContext } from "../../kernel/context";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { s3Permissions } from "./api/permissions";
import { s3Protocol } from "./api/protocol";
import { s3Operations } from "./api/s3";
import { S3 } from "./model/s3";
import { bucketType } from "./provider/bucket";
import { bucketSettingTypes } from "./provider/bucket-settings";

/** @param now S3's clock, in Unix milliseconds */
export function createS3(context: CloudContext, now?: () => number): CloudService<S3> {
  const s3 = new S3(context, now);
  return {
    model: s3,
    types: s3Types(s3),
    apis: {
      s3: { protocol: s3Protocol, operations: s3Operations(s3), permissions: s3Permissions(s3), hasTls: true },
    },
  };
}

export function s3Types(s3: S3): ResourceType[] {
  return [bucketType(s3), ...bucketSettingTypes(s3)];
}
