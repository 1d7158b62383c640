import { S3Client } from "@aws-sdk/client-s3";
import { CALL_LIMITS } from "../../core/aws-limits";
import { S3Store } from "./store";

/** @public loaded by require, which the search for unused exports does not see */
export function openS3Store(bucket: string, region: string): S3Store {
  return new S3Store(new S3Client({ ...CALL_LIMITS, region }), bucket);
}
