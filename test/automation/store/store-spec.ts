import "../../../automation/core/quiet-aws-sdk";
import { S3Client } from "@aws-sdk/client-s3";
import { CALL_LIMITS } from "../../../automation/core/aws-limits";
import type { DeployStore } from "../../../automation/ports/store";
import { DirectoryStore } from "../../../automation/store/directory/store";
import type { LeaseTimes } from "../../../automation/store/lease-times";
import { MARGIN_MS } from "../../../automation/store/s3/lease";
import { S3Store } from "../../../automation/store/s3/store";

/** Where a store is: all that another process needs to open it too. */
export type StoreSpec = { kind: "directory"; directory: string } | { kind: "s3"; endpoint: string; bucket: string };

/** Short enough to see leases end. S3 tells times in whole seconds, so the margin has to be one at least. */
export const SHORT: LeaseTimes = { leaseMs: 1_500, renewMs: 300 };
const SHORT_MARGIN_MS = 1_000;

export function openSpec(spec: StoreSpec, times: LeaseTimes, now?: () => number): DeployStore {
  if (spec.kind === "directory") return new DirectoryStore(spec.directory, now, times);
  const marginMs = times === SHORT ? SHORT_MARGIN_MS : MARGIN_MS;
  return new S3Store(s3Client(spec.endpoint), spec.bucket, { times, marginMs });
}

export function s3Client(endpoint: string): S3Client {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return new S3Client({ ...CALL_LIMITS, region: "ap-northeast-1", endpoint, credentials });
}
