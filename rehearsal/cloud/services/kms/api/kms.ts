import { z } from "zod";
import { type Input, type Operation, operation } from "../../../protocols/service";
import type { RequiredPermission } from "../../cloud-service";
import type { Key, Kms } from "../model/kms";

/** Longest plaintext that KMS itself encrypts. */
const MAX_PLAINTEXT_BYTES = 4096;
const DEFAULT_DELETION_DAYS = 30;

const KeyId = z.string().min(1).max(2048);
const EncryptionAlgorithm = z.literal("SYMMETRIC_DEFAULT").optional();
const EncryptionContext = z.record(z.string(), z.string()).optional();
const blob = (maxBytes: number) =>
  z
    .base64()
    .transform((text) => Buffer.from(text, "base64"))
    .refine(({ length }) => length >= 1 && length <= maxBytes, `wanted 1 to ${maxBytes} bytes`);

export function kmsOperations(kms: Kms): Record<string, Operation> {
  return {
    CreateKey: operation(
      {
        Description: z.string().max(8192).optional(),
        KeySpec: z.literal("SYMMETRIC_DEFAULT").optional(),
        KeyUsage: z.literal("ENCRYPT_DECRYPT").optional(),
      },
      ({ Description: description = "" }) => ({ KeyMetadata: described(kms.create({ description })) }),
    ),
    DescribeKey: operation({ KeyId }, ({ KeyId: id }) => ({ KeyMetadata: described(kms.get(id)) })),
    CreateAlias: operation({ AliasName: z.string(), TargetKeyId: KeyId }, ({ AliasName, TargetKeyId }) => {
      kms.createAlias(AliasName, TargetKeyId);
      return {};
    }),
    Encrypt: operation(
      { KeyId, Plaintext: blob(MAX_PLAINTEXT_BYTES), EncryptionAlgorithm, EncryptionContext },
      ({ KeyId: id, Plaintext, EncryptionContext: context }) => {
        const { key, blob: encrypted } = kms.encrypt(id, Plaintext, context);
        return {
          CiphertextBlob: encrypted.toString("base64"),
          KeyId: key.arn,
          EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        };
      },
    ),
    Decrypt: operation(
      { CiphertextBlob: blob(6144), KeyId: KeyId.optional(), EncryptionAlgorithm, EncryptionContext },
      ({ CiphertextBlob, EncryptionContext: context }) => {
        const { key, plaintext } = kms.decrypt(CiphertextBlob, context);
        return { Plaintext: plaintext.toString("base64"), KeyId: key.arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
      },
    ),
    ScheduleKeyDeletion: operation(
      { KeyId, PendingWindowInDays: z.int().min(7).max(30).default(DEFAULT_DELETION_DAYS) },
      ({ KeyId: id, PendingWindowInDays }) => {
        const { arn, deletedAtMs } = kms.scheduleDeletion(id, PendingWindowInDays);
        return { KeyId: arn, KeyState: "PendingDeletion", DeletionDate: deletedAtMs! / 1000, PendingWindowInDays };
      },
    ),
  };
}

/** By operation. The keys have KMS's default policy, which leaves the decision to IAM. */
export function kmsPermissions(kms: Kms): Record<string, (input: Input) => RequiredPermission[]> {
  const onKey = (action: string) => (input: Input) => [
    { action: `kms:${action}`, resource: kms.get(String(input.KeyId)).arn },
  ];
  return {
    Encrypt: onKey("Encrypt"),
    DescribeKey: onKey("DescribeKey"),
    Decrypt: ({ CiphertextBlob }) => [
      { action: "kms:Decrypt", resource: kms.keyOf(Buffer.from(String(CiphertextBlob), "base64")).arn },
    ],
  };
}

function described({ id, arn, description, createdAtMs, deletedAtMs }: Key) {
  return {
    KeyId: id,
    Arn: arn,
    Description: description,
    CreationDate: createdAtMs / 1000,
    Enabled: deletedAtMs === null,
    KeyState: deletedAtMs === null ? "Enabled" : "PendingDeletion",
    KeySpec: "SYMMETRIC_DEFAULT",
    KeyUsage: "ENCRYPT_DECRYPT",
    ...(deletedAtMs === null ? {} : { DeletionDate: deletedAtMs / 1000 }),
  };
}
