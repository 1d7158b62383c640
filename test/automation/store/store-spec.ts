import "../../../automation/core/silent-aws-sdk";
import { S3Client } from "@aws-sdk/client-s3";
import { CALL_LIMITS } from "../../../automation/core/aws-limits";
import type { DeployStore } from "../../../automation/ports/store";
import { DirectoryBackend } from "../../../automation/store/directory/backend";
import type { LeaseTimes } from "../../../automation/store/held-lease";
import { S3Backend } from "../../../automation/store/s3/backend";
import { MARGIN_MS } from "../../../automation/store/s3/lease";
import { StackStore } from "../../../automation/store/store";

/** Where a store is: enough for another process to open it, too. */
export type StoreSpec = { kind: "directory"; directory: string } | { kind: "s3"; endpoint: string; bucket: string };

/** Short enough to see leases end. S3 reports times in whole seconds, so the margin must be at least one. */
export const SHORT: LeaseTimes = { leaseMs: 1_500, renewMs: 300 };
const SHORT_MARGIN_MS = 1_000;

export function openSpec(spec: StoreSpec, times: LeaseTimes, now?: () => number): DeployStore {
  if (spec.kind === "directory") return new StackStore(new DirectoryBackend(spec.directory, now, times));
  const marginMs = times === SHORT ? SHORT_MARGIN_MS : MARGIN_MS;
  return new StackStore(new S3Backend(s3Client(spec.endpoint), spec.bucket, { times, marginMs }));
}

function s3Client(endpoint: string): S3Client {
  const credentials = { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" };
  return new S3Client({ ...CALL_LIMITS, region: "ap-northeast-1", endpoint, credentials });
}
