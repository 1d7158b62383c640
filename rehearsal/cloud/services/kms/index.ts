import { createHash } from "node:crypto";
import type { CloudContext } from "../../kernel/context";
import { jsonProtocol } from "../../protocols/json";
import type { CloudService } from "../cloud-service";
import { kmsOperations, kmsPermissions } from "./api/kms";
import { Kms } from "./model/kms";

/**
 * The key that encrypts the secrets of Pulumi's state (docs/quick-start.md). Its ID and material are always the same:
 * `Pulumi.rehearsal.yaml` has a key of Pulumi's that it encrypted.
 */
export const STATE_KEY = {
  alias: "alias/pulumi",
  id: "7a3f1c52-9d04-4e6b-8a57-2f6c1e9b0d38",
  material: createHash("sha256").update("rehearsal").digest(),
};

/** @param isNewAccount true for an account that has no key yet */
export function createKms(context: CloudContext, isNewAccount: boolean): CloudService<Kms> {
  const kms = new Kms(context);
  if (!isNewAccount) {
    const { alias, id, material } = STATE_KEY;
    kms.create({ description: "Pulumi's secrets", id, material });
    kms.createAlias(alias, id);
  }
  return {
    model: kms,
    apis: { kms: { protocol: jsonProtocol, operations: kmsOperations(kms), permissions: kmsPermissions(kms) } },
  };
}
