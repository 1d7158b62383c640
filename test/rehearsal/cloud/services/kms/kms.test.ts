import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { expect } from "chai";
import { createKms } from "../../../../../rehearsal/cloud/services/kms";
import { refusalOf, Scene } from "../../api/scene";

const SECRET = Buffer.from("a data key of Pulumi's");

describe("rehearsal/cloud/services/kms", () => {
  let scene: Scene;
  let client: KMSClient;

  beforeEach(async () => {
    scene = new Scene();
    await scene.start(createKms(scene.context, true).apis);
    client = new KMSClient(scene.options());
  });
  afterEach(async () => {
    client.destroy();
    await scene.close();
  });

  async function createKey(alias: string): Promise<{ id: string; arn: string }> {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: "Pulumi's secrets" }));
    await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata!.KeyId! }));
    return { id: KeyMetadata!.KeyId!, arn: KeyMetadata!.Arn! };
  }

  const encrypt = async (KeyId: string, EncryptionContext?: Record<string, string>) =>
    (await client.send(new EncryptCommand({ KeyId, Plaintext: SECRET, EncryptionContext }))).CiphertextBlob!;

  it("encrypts with a key by its ID, ARN or alias, and decrypts without being told which", async () => {
    const { id, arn } = await createKey("alias/pulumi");
    for (const name of [id, arn, "alias/pulumi", arn.replace(`key/${id}`, "alias/pulumi")]) {
      const CiphertextBlob = await encrypt(name);
      expect(Buffer.from(CiphertextBlob).includes(SECRET)).to.equal(false);
      const { Plaintext, KeyId } = await client.send(new DecryptCommand({ CiphertextBlob }));
      expect(Buffer.from(Plaintext!)).to.deep.equal(SECRET);
      expect(KeyId).to.equal(arn);
    }
  });

  it("decrypts with the same encryption context only, and nothing that it did not make", async () => {
    const { id } = await createKey("alias/pulumi");
    const CiphertextBlob = await encrypt(id, { stack: "prod" });
    const decrypt = (input: { CiphertextBlob: Uint8Array; EncryptionContext?: Record<string, string> }) =>
      client.send(new DecryptCommand(input));
    expect((await decrypt({ CiphertextBlob, EncryptionContext: { stack: "prod" } })).Plaintext).to.have.length(
      SECRET.length,
    );
    const changed = Buffer.from(CiphertextBlob);
    changed[changed.length - 1]! ^= 1;
    for (const wrong of [
      { CiphertextBlob },
      { CiphertextBlob, EncryptionContext: { stack: "test" } },
      { CiphertextBlob: changed, EncryptionContext: { stack: "prod" } },
      { CiphertextBlob: Buffer.from("of another region's key, or of another account's") },
    ])
      expect((await refusalOf(decrypt(wrong)))[0]).to.equal("InvalidCiphertextException");
  });

  it("refuses unknown keys, taken aliases, long plaintexts, and keys that are to be deleted", async () => {
    const { id, arn } = await createKey("alias/pulumi");
    expect(await refusalOf(encrypt("alias/typo"))).to.deep.equal([
      "NotFoundException",
      "Alias arn:aws:kms:ap-northeast-1:123456789012:alias/typo is not found.",
    ]);
    const again = client.send(new CreateAliasCommand({ AliasName: "alias/pulumi", TargetKeyId: id }));
    expect((await refusalOf(again))[0]).to.equal("AlreadyExistsException");
    const reserved = client.send(new CreateAliasCommand({ AliasName: "alias/aws/mine", TargetKeyId: id }));
    expect((await refusalOf(reserved))[0]).to.equal("InvalidAliasNameException");
    const long = client.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.alloc(4097) }));
    expect((await refusalOf(long))[0]).to.equal("ValidationException");

    await client.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: arn }));
    expect(KeyMetadata).to.include({ KeyState: "PendingDeletion", Enabled: false });
    expect(await refusalOf(encrypt(id))).to.deep.equal(["KMSInvalidStateException", `${arn} is pending deletion.`]);
  });

  it("asks for the rights on the key, of an alias and of a ciphertext, too", async () => {
    const { arn } = await createKey("alias/pulumi");
    const CiphertextBlob = await encrypt("alias/pulumi");
    const role = scene.role("reader", { Effect: "Allow", Action: "kms:Decrypt", Resource: arn });
    const { AccessKeyId, SecretAccessKey, Token } = scene.credentials.answer(scene.credentials.issue(role, "t1").path)!;
    const reader = new KMSClient(
      scene.options({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token }),
    );
    try {
      expect((await reader.send(new DecryptCommand({ CiphertextBlob }))).KeyId).to.equal(arn);
      const refused = reader.send(new EncryptCommand({ KeyId: "alias/pulumi", Plaintext: SECRET }));
      const [name, message] = await refusalOf(refused);
      expect(name).to.equal("AccessDeniedException");
      expect(message).to.contain("kms:Encrypt").and.to.contain(arn);
    } finally {
      reader.destroy();
    }
  });
});
