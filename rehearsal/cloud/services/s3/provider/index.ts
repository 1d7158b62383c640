import type { ResourceType } from "../../../provider/resource-type";
import type { S3 } from "../model/s3";
import { bucketType } from "./bucket";
import { bucketSettingTypes } from "./bucket-settings";

export function s3Types(s3: S3): ResourceType[] {
  return [bucketType(s3), ...bucketSettingTypes(s3)];
}
