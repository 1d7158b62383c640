import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const ID_BYTES = 36;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const DAY_SECONDS = 86_400;
const ALIAS = /^alias\/[a-zA-Z0-9/_-]{1,250}$/;

export interface Key {
  /** A UUID. */
  id: string;
  arn: string;
  description: string;
  createdAtMs: number;
  /** Unix milliseconds of the scheduled deletion; null if there is none. */
  deletedAtMs: number | null;
  /** 32 bytes. */
  material: Buffer;
}

export interface NewKey {
  description?: string;
  /** Default: random. */
  id?: string;
  material?: Buffer;
}

/** Names and values that have to be the same when it is decrypted. */
export type EncryptionContext = Readonly<Record<string, string>>;

/**
 * Symmetric keys of the Key Management Service. They encrypt with AES-256-GCM, as KMS does; the form of a ciphertext is
 * ours, because AWS documents none.
 */
export class Kms {
  readonly #keys = new Map<string, Key>();
  readonly #aliases = new Map<string, string>();

  constructor(private readonly context: CloudContext) {}

  create({ description = "", id = randomUUID(), material = randomBytes(KEY_BYTES) }: NewKey): Key {
    const arn = this.arnOf(`key/${id}`);
    const key: Key = { id, arn, description, createdAtMs: Date.now(), deletedAtMs: null, material };
    this.#keys.set(id, key);
    return key;
  }

  /** @throws AwsError if the name is taken, or not one of an alias */
  createAlias(name: string, keyId: string): void {
    if (!ALIAS.test(name) || name.startsWith("alias/aws/"))
      throw new AwsError("InvalidAliasNameException", `Alias name ${name} is not valid.`);
    const { id } = this.get(keyId);
    if (this.#aliases.has(name))
      throw new AwsError("AlreadyExistsException", `An alias with the name ${this.arnOf(name)} already exists`);
    this.#aliases.set(name, id);
  }

  /**
   * @param idOrName the ID or ARN of a key or an alias
   * @throws AwsError `NotFoundException`
   */
  get(idOrName: string): Key {
    const id = idOrName.startsWith(this.arnOf("")) ? idOrName.slice(this.arnOf("").length) : idOrName;
    const found = this.#keys.get(id.startsWith("alias/") ? (this.#aliases.get(id) ?? "") : id.replace(/^key\//, ""));
    if (found) return found;
    const arn = this.arnOf(id.includes("/") ? id : `key/${id}`);
    throw new AwsError("NotFoundException", `${id.startsWith("alias/") ? "Alias" : "Key"} ${arn} is not found.`);
  }

  encrypt(idOrName: string, plaintext: Buffer, encryptionContext: EncryptionContext = {}): { key: Key; blob: Buffer } {
    const key = this.#usable(this.get(idOrName));
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key.material, iv).setAAD(bytesOf(encryptionContext));
    const encrypted = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return { key, blob: Buffer.concat([Buffer.from(key.id, "ascii"), iv, cipher.getAuthTag(), encrypted]) };
  }

  /** @throws AwsError `InvalidCiphertextException`, without a message as KMS has none, if nothing here made the blob */
  decrypt(blob: Buffer, encryptionContext: EncryptionContext = {}): { key: Key; plaintext: Buffer } {
    const key = this.#usable(this.keyOf(blob));
    const [ivStart, tagStart, textStart] = [ID_BYTES, ID_BYTES + IV_BYTES, ID_BYTES + IV_BYTES + TAG_BYTES];
    try {
      const decipher = createDecipheriv(CIPHER, key.material, blob.subarray(ivStart, tagStart))
        .setAAD(bytesOf(encryptionContext))
        .setAuthTag(blob.subarray(tagStart, textStart));
      return { key, plaintext: Buffer.concat([decipher.update(blob.subarray(textStart)), decipher.final()]) };
    } catch {
      throw new AwsError("InvalidCiphertextException", "");
    }
  }

  /** The key that a ciphertext was made with. @throws AwsError `InvalidCiphertextException` */
  keyOf(blob: Buffer): Key {
    const key = this.#keys.get(blob.subarray(0, ID_BYTES).toString("ascii"));
    if (!key) throw new AwsError("InvalidCiphertextException", "");
    return key;
  }

  /** @param days 7 to 30, of AWS */
  scheduleDeletion(idOrName: string, days: number): Key {
    const key = this.#usable(this.get(idOrName));
    key.deletedAtMs = Date.now() + this.context.clock.realMs(days * DAY_SECONDS);
    return key;
  }

  /** @param name such as `key/<id>` or `alias/<name>` */
  arnOf(name: string): string {
    return `arn:aws:kms:${this.context.region}:${this.context.accountId}:${name}`;
  }

  #usable(key: Key): Key {
    if (key.deletedAtMs !== null) throw new AwsError("KMSInvalidStateException", `${key.arn} is pending deletion.`);
    return key;
  }
}

function bytesOf(encryptionContext: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(encryptionContext).sort()));
}
