import type { S3 } from "../aws/s3";
import type { ResourceType } from "../provider/resource-type";
import { bucketType } from "./s3/bucket";
import { bucketSettingTypes } from "./s3/bucket-settings";

export function s3Types(s3: S3): ResourceType[] {
  return [bucketType(s3), ...bucketSettingTypes(s3)];
}
