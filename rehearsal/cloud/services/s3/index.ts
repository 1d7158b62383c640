import type { CloudContext } from "../../kernel/context";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { S3 } from "./model/s3";
import { bucketType } from "./provider/bucket";
import { bucketSettingTypes } from "./provider/bucket-settings";

export function createS3(context: CloudContext): CloudService<S3> {
  const s3 = new S3(context);
  return { model: s3, types: s3Types(s3) };
}

export function s3Types(s3: S3): ResourceType[] {
  return [bucketType(s3), ...bucketSettingTypes(s3)];
}
