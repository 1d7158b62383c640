import "../../../../../../automation/core/silent-aws-sdk";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Agent } from "node:https";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { startApi } from "../../../../../../rehearsal/cloud/api/api";
import { Authorisation } from "../../../../../../rehearsal/cloud/api/authorisation";
import { Authority } from "../../../../../../rehearsal/cloud/services/acm/model/authority";
import { createS3 } from "../../../../../../rehearsal/cloud/services/s3";
import { refusalOf, Scene } from "../../../api/scene";

const Bucket = "store";
const ARN = `arn:aws:s3:::${Bucket}`;
const SIGNED = { authorization: "AWS4-HMAC-SHA256 Credential=rehearsal/20260101/ap-northeast-1/s3/aws4_request" };
const ONLY_CONDITIONAL = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:PutObject",
  Resource: `${ARN}/*`,
  Condition: { Null: { "s3:if-match": "true", "s3:if-none-match": "true" } },
};
const ONLY_TLS = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [ARN, `${ARN}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

/** S3 by the SDK's own client. */
describe("rehearsal/cloud/services/s3/api/s3", () => {
  let scene: Scene;
  let client: S3Client;
  const clients: S3Client[] = [];
  const open = (options: S3ClientConfig = {}) => {
    const opened = new S3Client({ ...scene.options(), ...options });
    clients.push(opened);
    return opened;
  };

  beforeEach(async () => {
    scene = new Scene(20);
    const s3 = createS3(scene.context);
    await scene.start({ s3: s3.apis!.s3! });
    client = open();
    await client.send(new CreateBucketCommand({ Bucket }));
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) one.destroy();
    await scene.close();
  });

  const put = (Key: string, Body: string, more: object = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const policy = (...Statement: object[]) =>
    client.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }));
  const textOf = async (Key: string, more: object = {}) =>
    (await client.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToString();

  it("keeps bytes, type and metadata of objects; reads them whole, by range and by ETag", async () => {
    const { ETag } = await put("a b/ü.txt", "hello", { ContentType: "text/plain", Metadata: { who: "me" } });
    expect(ETag).to.equal('"5d41402abc4b2a76b9719d911017c592"');
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "a b/ü.txt" }));
    expect(head).to.deep.include({ ContentLength: 5, ContentType: "text/plain", Metadata: { who: "me" }, ETag });
    expect(await textOf("a b/ü.txt")).to.equal("hello");
    expect(await textOf("a b/ü.txt", { Range: "bytes=1-2" })).to.equal("el");
    expect(await textOf("a b/ü.txt", { Range: "bytes=-2" })).to.equal("lo");
    expect((await refusalOf(textOf("a b/ü.txt", { Range: "bytes=9-" })))[0]).to.equal("InvalidRange");
    expect((await refusalOf(textOf("a b/ü.txt", { IfMatch: '"0"' })))[0]).to.equal("PreconditionFailed");
    expect((await refusalOf(textOf("ghost")))[0]).to.equal("NoSuchKey");
    const stream = { Body: Readable.from(["hello ", "stream"]), ContentLength: 12 };
    await client.send(new PutObjectCommand({ Bucket, Key: "stream", ...stream }));
    expect(await textOf("stream")).to.equal("hello stream");
  });

  it("lists keys in pages, with folders, and versions", async () => {
    for (const key of ["b/1", "b/2", "a", "c"]) await put(key, key);
    const pages = [];
    for (let ContinuationToken: string | undefined, more = true; more; ) {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket, Delimiter: "/", MaxKeys: 2, ContinuationToken }),
      );
      pages.push([
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      ]);
      ContinuationToken = page.NextContinuationToken;
      more = page.IsTruncated!;
    }
    expect(pages).to.deep.equal([["a", "b/"], ["c"]]);
    const prefixed = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "b/", StartAfter: "b/1" }));
    expect(prefixed.Contents!.map(({ Key, Size }) => [Key, Size])).to.deep.equal([["b/2", 3]]);
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).to.equal("Enabled");
    const { VersionId } = await put("a", "new");
    await client.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
    const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: "a" }));
    expect(Versions!.map((version) => [version.VersionId, version.IsLatest])).to.deep.equal([
      [VersionId, false],
      ["null", false],
    ]);
    expect(DeleteMarkers!.map(({ Key, IsLatest }) => [Key, IsLatest])).to.deep.equal([["a", true]]);
  });

  it("answers conditional writes with S3's status (S1, S3)", async () => {
    const { ETag } = await put("lease", "one", { IfNoneMatch: "*" });
    const status = async (promise: Promise<unknown>) =>
      promise.then(
        () => 200,
        (error: { name: string; $metadata: { httpStatusCode: number } }) =>
          `${error.$metadata.httpStatusCode} ${error.name}`,
      );
    expect(await status(put("lease", "two", { IfNoneMatch: "*" }))).to.equal("412 PreconditionFailed");
    expect(await status(put("lease", "two", { IfMatch: '"0"' }))).to.equal("412 PreconditionFailed");
    expect(await status(put("ghost", "two", { IfMatch: ETag }))).to.equal("404 NoSuchKey");
    expect(await status(put("lease", "two", { IfNoneMatch: ETag }))).to.equal("501 NotImplemented");
    expect(await status(put("lease", "two", { IfMatch: ETag }))).to.equal(200);
    const copy = { Bucket, Key: "copy", CopySource: `${Bucket}/lease` };
    expect(await status(client.send(new CopyObjectCommand({ ...copy, IfNoneMatch: "*" })))).to.equal(200);
    expect(await status(client.send(new CopyObjectCommand({ ...copy, IfNoneMatch: "*" })))).to.equal(
      "412 PreconditionFailed",
    );
    expect(await textOf("copy")).to.equal("two");
  });

  it("obeys the bucket's policy, the owner too: no write or copy without a condition (aws-rules S8)", async () => {
    await put("lease", "one");
    await policy(ONLY_CONDITIONAL);
    expect(JSON.parse((await client.send(new GetBucketPolicyCommand({ Bucket }))).Policy!).Statement).to.have.length(1);
    const denied = await refusalOf(put("lease", "two"));
    expect(denied).to.deep.equal([
      "AccessDenied",
      `User: arn:aws:iam::123456789012:user/rehearsal is not authorized to perform: s3:PutObject on resource: ${ARN}/lease with an explicit deny in a resource-based policy`,
    ]);
    const copy = client.send(new CopyObjectCommand({ Bucket, Key: "lease", CopySource: `${Bucket}/lease` }));
    expect((await refusalOf(copy))[0]).to.equal("AccessDenied");
    await put("other", "one", { IfNoneMatch: "*" });
    expect(await textOf("lease")).to.equal("one");
  });

  it("lets in by TLS alone where the policy says so", async () => {
    const authority = await Authority.create();
    const { certificate, privateKey } = await authority.sign(["127.0.0.1"]);
    const s3 = createS3(scene.context);
    const { iam, credentials, context } = scene;
    const apis = { s3: s3.apis!.s3! };
    const cloud = { context, credentials, apis, authorisation: new Authorisation({ iam, credentials, apis }) };
    const secure = await startApi({
      cloud,
      ...{ address: "127.0.0.1", port: 0, tls: { certificate, privateKey } },
    });
    const plain = await startApi({
      cloud,
      ...{ address: "127.0.0.1", port: 0 },
    });
    try {
      s3.model.createBucket(Bucket);
      s3.model.putPolicy(Bucket, JSON.stringify({ Statement: [ONLY_TLS] }));
      const list = new ListObjectsV2Command({ Bucket });
      const overTls = open({
        endpoint: secure.url,
        requestHandler: { httpsAgent: { ca: authority.pem } as unknown as Agent },
      });
      expect((await overTls.send(list)).KeyCount).to.equal(0);
      expect((await refusalOf(open({ endpoint: plain.url }).send(list)))[1]).to.match(/explicit deny/);
    } finally {
      await Promise.all([secure.close(), plain.close()]);
    }
  });

  for (const host of [`${Bucket}.s3.ap-northeast-1.amazonaws.com`, `${Bucket}.localhost:8080`])
    it(`finds the bucket in the host's name, too: ${host}`, async () => {
      await put("a", "by name");
      const asking = request(`${scene.url}/a`, { headers: { ...SIGNED, host } }).end();
      const [response] = (await once(asking, "response")) as [IncomingMessage];
      expect([response.statusCode, await text(response)]).to.deep.equal([200, "by name"]);
    });

  it("asks a role for its rights, and tells only those who may list that an object is missing (aws-rules S9)", async () => {
    await put("mine", "text");
    const role = scene.role(
      "reader",
      { Effect: "Allow", Action: "s3:GetObject", Resource: `${ARN}/*` },
      { Effect: "Allow", Action: "s3:ListBucket", Resource: ARN, Condition: { StringLike: { "s3:prefix": "own/*" } } },
    );
    const path = scene.credentials.issue(role, "t1").path;
    const { AccessKeyId, SecretAccessKey, Token } = (await (await fetch(`${scene.url}${path}`)).json()) as Record<
      string,
      string
    >;
    const reader = open({
      credentials: { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: Token! },
    });
    const get = (Key: string) => reader.send(new GetObjectCommand({ Bucket, Key }));
    await get("mine");
    expect((await refusalOf(get("ghost")))[1]).to.match(
      /not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::store /,
    );
    const list = (Prefix?: string) => reader.send(new ListObjectsV2Command({ Bucket, Prefix }));
    await list("own/");
    expect((await refusalOf(list()))[0]).to.equal("AccessDenied");
    const write = new PutObjectCommand({ Bucket, Key: "mine", Body: "mine" });
    expect((await refusalOf(reader.send(write)))[1]).to.match(/s3:PutObject/);
  });

  it("deletes objects and versions; a bucket only when it is empty (S7)", async () => {
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    await put("a", "1");
    await client.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
    expect(await refusalOf(client.send(new DeleteBucketCommand({ Bucket })))).to.deep.equal([
      "BucketNotEmpty",
      "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
    ]);
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).to.have.length(2);
    await client.send(new DeleteBucketCommand({ Bucket }));
    expect((await client.send(new ListBucketsCommand({}))).Buckets ?? []).to.deep.equal([]);
    expect((await refusalOf(client.send(new GetBucketLocationCommand({ Bucket }))))[0]).to.equal("NoSuchBucket");
  });

  it("names what it does not have", async () => {
    const acl = await fetch(`${scene.url}/${Bucket}/a?acl`, { headers: SIGNED });
    expect(acl.status).to.equal(501);
    expect(await acl.text()).to.match(
      /S3 has no operation GET \/&#60;bucket&#62;\/&#60;key&#62;\?acl; it has .*CopyObject/,
    );
    expect((await refusalOf(put("a", "1", { StorageClass: "GLACIER" })))[1]).to.match(/x-amz-storage-class/);
  });
});
