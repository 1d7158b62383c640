import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { refusalOf, Scene } from "../../../api/scene";

describe("rehearsal/cloud/services/secrets/api/ssm", () => {
  let scene: Scene;
  let client: SSMClient;

  beforeEach(async () => {
    scene = new Scene();
    await scene.start();
    client = new SSMClient(scene.options());
  });
  afterEach(async () => {
    client.destroy();
    await scene.close();
  });

  const put = (Name: string, Value = "value", more: object = {}) =>
    client.send(new PutParameterCommand({ Name, Value, Type: "SecureString", ...more }));

  it("keeps versions of parameters, and describes them without values", async () => {
    expect((await put("/shop/key", "one")).Version).to.equal(1);
    expect((await put("/shop/key", "two", { Overwrite: true })).Version).to.equal(2);
    await put("plain", "text", { Type: "String" });
    const { Parameters, InvalidParameters } = await client.send(
      new GetParametersCommand({ Names: ["/shop/key", "plain", "typo"], WithDecryption: true }),
    );
    expect(Parameters!.map(({ Value }) => Value)).to.deep.equal(["two", "text"]);
    expect(InvalidParameters).to.deep.equal(["typo"]);
    const sealed = await client.send(new GetParameterCommand({ Name: "/shop/key" }));
    expect(sealed.Parameter!.Value).not.to.contain("two");
    const described = await client.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: "Name", Values: ["/shop/key", "typo"] }] }),
    );
    expect(described.Parameters).to.have.lengthOf(1);
    expect(described.Parameters![0]).to.include({
      Name: "/shop/key",
      ARN: "arn:aws:ssm:ap-northeast-1:123456789012:parameter/shop/key",
      Version: 2,
    });
    expect(described.Parameters![0]!.LastModifiedDate).to.be.instanceOf(Date);
    expect(JSON.stringify(described)).not.to.contain("two");
  });

  it("describes page by page", async () => {
    for (let index = 0; index < 12; index++) await put(`p${index}`);
    const first = await client.send(new DescribeParametersCommand({}));
    const second = await client.send(new DescribeParametersCommand({ NextToken: first.NextToken }));
    expect([first.Parameters!.length, second.Parameters!.length, second.NextToken]).to.deep.equal([10, 2, undefined]);
  });

  it("refuses requests with the errors of SSM (P1, P2)", async () => {
    await put("/shop/key");
    const cases: [Promise<unknown>, string][] = [
      [put("/shop/key"), "ParameterAlreadyExists"],
      [put("big", "x".repeat(4097)), "ValidationException"],
      [put("/aws/key"), "ValidationException"],
      [put("SSM-key"), "ValidationException"],
      [put("shop/key"), "ValidationException"],
      [put("a key"), "ValidationException"],
      [put("x".repeat(1012)), "ValidationException"],
      [put("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"), "HierarchyLevelLimitExceededException"],
      [client.send(new GetParameterCommand({ Name: "typo" })), "ParameterNotFound"],
    ];
    const refusals = await Promise.all(cases.map(([operation]) => refusalOf(operation)));
    expect(refusals.map(([code]) => code)).to.deep.equal(cases.map(([, code]) => code));
  });
});

describe("rehearsal/cloud/services/secrets/api/secrets-manager", () => {
  let scene: Scene;
  let client: SecretsManagerClient;

  beforeEach(async () => {
    scene = new Scene(2000);
    await scene.start();
    client = new SecretsManagerClient(scene.options());
  });
  afterEach(async () => {
    client.destroy();
    await scene.close();
  });

  const create = (Name: string, SecretString?: string) => client.send(new CreateSecretCommand({ Name, SecretString }));
  const describeSecret = (SecretId: string) => client.send(new DescribeSecretCommand({ SecretId }));
  const read = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));

  it("returns the value of a secret by its name and its ARN", async () => {
    const { ARN, VersionId } = await create("shop/token", "hidden");
    expect(ARN).to.match(/^arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:shop\/token-[0-9a-zA-Z]{6}$/);
    const described = await describeSecret("shop/token");
    expect(described).to.deep.include({
      ARN,
      Name: "shop/token",
      VersionIdsToStages: { [VersionId!]: ["AWSCURRENT"] },
    });
    expect(JSON.stringify(described)).not.to.contain("hidden");
    for (const id of ["shop/token", ARN!, ARN!.slice(0, -7)]) expect((await read(id)).SecretString).to.equal("hidden");
  });

  it("keeps versions, of which the newest two have labels (P7)", async () => {
    const { VersionId: first } = await create("token", "one");
    const put = async (SecretString: string) =>
      (await client.send(new PutSecretValueCommand({ SecretId: "token", SecretString }))).VersionId!;
    const second = await put("two");
    const third = await put("three");
    expect((await describeSecret("token")).VersionIdsToStages).to.deep.equal({
      [second]: ["AWSPREVIOUS"],
      [third]: ["AWSCURRENT"],
    });
    const value = async (more: object) =>
      (await client.send(new GetSecretValueCommand({ SecretId: "token", ...more }))).SecretString;
    expect(await Promise.all([{}, { VersionStage: "AWSPREVIOUS" }, { VersionId: first }].map(value))).to.deep.equal([
      "three",
      "two",
      "one",
    ]);
    expect(await refusalOf(value({ VersionId: "0".repeat(32) }))).to.deep.equal([
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for VersionId: ${"0".repeat(32)}`,
    ]);
    const { secrets } = scene;
    expect(secrets.value(`${(await describeSecret("token")).ARN}:::${first}`)).to.equal("one");
  });

  it("does not find a secret by a part of its ARN that looks like a complete one (P5)", async () => {
    const { ARN } = await create("shop-secret", "hidden");
    expect((await refusalOf(read(ARN!.slice(0, -7))))[0]).to.equal("ResourceNotFoundException");
    expect((await read("shop-secret")).SecretString).to.equal("hidden");
  });

  it("keeps the name of a deleted secret, which cannot be read any more (P3, P4)", async () => {
    await create("token", "hidden");
    await client.send(new DeleteSecretCommand({ SecretId: "token", RecoveryWindowInDays: 7 }));
    expect(await refusalOf(read("token"))).to.deep.equal([
      "InvalidRequestException",
      "You can't perform this operation on the secret because it was marked for deletion.",
    ]);
    expect((await describeSecret("token")).DeletedDate).to.be.instanceOf(Date);
    expect(await refusalOf(create("token", "again"))).to.deep.equal([
      "InvalidRequestException",
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    ]);
    await client.send(new DeleteSecretCommand({ SecretId: "token", ForceDeleteWithoutRecovery: true }));
    await scene.context.clock.sleep(11);
    await create("token", "again");
  });

  it("refuses requests with the errors of Secrets Manager (P4)", async () => {
    await create("empty");
    const cases: [Promise<unknown>, string][] = [
      [describeSecret("typo"), "ResourceNotFoundException"],
      [read("typo"), "ResourceNotFoundException"],
      [read("empty"), "ResourceNotFoundException"],
      [create("empty", "x"), "ResourceExistsException"],
      [create("a b", "x"), "ValidationException"],
    ];
    const refusals = await Promise.all(cases.map(([operation]) => refusalOf(operation)));
    expect(refusals.map(([code]) => code)).to.deep.equal(cases.map(([, code]) => code));
  });
});
