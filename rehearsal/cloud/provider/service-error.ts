import * as grpc from "@grpc/grpc-js";
import type { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { AwsError } from "../kernel/aws-error";

/**
 * Returns the gRPC error for an error of an operation. After FAILED_PRECONDITION and INVALID_ARGUMENT the engine
 * trusts its state; after UNKNOWN and INTERNAL it would call the update "maybe corrupt" (pulumi-notes.md).
 */
export function toServiceError(error: unknown): Partial<grpc.ServiceError> {
  const details = (error as { initFailed?: ErrorResourceInitFailed }).initFailed;
  const message = error instanceof Error ? error.message : String(error);
  if (details)
    return { code: grpc.status.FAILED_PRECONDITION, details: message, metadata: initFailedMetadata(message, details) };
  if (error instanceof AwsError) return { code: grpc.status.FAILED_PRECONDITION, details: `${error.code}: ${message}` };
  return { code: grpc.status.INVALID_ARGUMENT, details: message };
}

function initFailedMetadata(message: string, details: ErrorResourceInitFailed): grpc.Metadata {
  const any = new Any();
  any.pack(details.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.FAILED_PRECONDITION).setMessage(message).setDetailsList([any]);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
