import { CloudWatchLogsClient, FilterLogEventsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeClustersCommand, ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DescribeParametersCommand, GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { jsonProtocol } from "../../../../rehearsal/cloud/protocols/json";
import { ecsOperations } from "../../../../rehearsal/cloud/services/ecs/api/ecs";
import type { Ecs } from "../../../../rehearsal/cloud/services/ecs/model/ecs";
import type { ExecSessions } from "../../../../rehearsal/cloud/services/ecs/model/exec-sessions";
import { type ClientOptions, refusalOf, Scene } from "./scene";

const TASK = "0123456789abcdef0123456789abcdef";
const ARN = "arn:aws:sts::123456789012:assumed-role";

/** Whose key may do what: tasks sign with the keys that the API itself gives them. */
describe("rehearsal/cloud/api/authorisation", () => {
  let scene: Scene;
  let QueueUrl: string;
  const prefix = (service: string) => `arn:aws:${service}:ap-northeast-1:123456789012`;

  before(async () => {
    scene = new Scene(20);
    await scene.start({ ecs: { protocol: jsonProtocol, operations: ecsOperations({} as Ecs, {} as ExecSessions) } });
    QueueUrl = scene.queue("mailer");
    scene.secrets.parameters.put({
      name: "/shop/key",
      value: "open sesame",
      type: "SecureString",
      description: undefined,
      overwrite: false,
    });
    scene.logs.createGroup("/shop/users", null);
    scene.logs.append("/shop/users", "blue/users/1", "hello");
  });
  after(() => scene.close());

  /** Client options as the SDK's own provider makes them, from AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  async function keysOf(path: string): Promise<ClientOptions> {
    const response = await fetch(`${scene.url}${path}`);
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = (await response.json()) as Record<string, string>;
    expect(new Date(Expiration!).getTime()).to.be.above(Date.now() + 3_600_000);
    return scene.options({ accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: Token! });
  }
  const taskOf = (name: string, ...statements: object[]) =>
    keysOf(scene.credentials.issue(scene.role(name, ...statements), TASK).path);
  const allow = (Action: string | string[], Resource: string) => ({ Effect: "Allow", Action, Resource });

  it("lets a task do what its role may, and names the rest in SQS's words", async () => {
    const options = await taskOf("sender", allow("sqs:SendMessage", `${prefix("sqs")}:mailer`));
    const client = new SQSClient(options);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "job" }));
    const [code, message] = await refusalOf(client.send(new ReceiveMessageCommand({ QueueUrl })));
    expect(code).to.equal("AccessDenied");
    expect(message).to.equal(
      `User: ${ARN}/sender/${TASK} is not authorized to perform: sqs:receivemessage on resource: ${prefix("sqs")}:mailer because no identity-based policy allows the sqs:receivemessage action`,
    );
    const other = scene.queue("other");
    expect((await refusalOf(client.send(new SendMessageCommand({ QueueUrl: other, MessageBody: "job" }))))[1]).to.match(
      /sqs:sendmessage on resource: .*:other because/,
    );
    client.destroy();
  });

  it("obeys a queue's own policy: what it denies, and what it allows", async () => {
    const role = scene.role("stranger");
    const client = new SQSClient(await keysOf(scene.credentials.issue(role, TASK).path));
    const url = scene.queue("shared");
    const policy = (...Statement: object[]) => scene.sqs.setPolicy(url, JSON.stringify({ Statement }));
    const statement = { Principal: { AWS: role }, Action: "sqs:SendMessage", Resource: `${prefix("sqs")}:shared` };
    const send = () => client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "job" }));
    policy({ ...statement, Effect: "Allow" });
    await send();
    const onlyTls = { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: `${prefix("sqs")}:shared` };
    policy({ ...statement, Effect: "Allow" }, { ...onlyTls, Condition: { Bool: { "aws:SecureTransport": "false" } } });
    await send();
    policy({ ...statement, Effect: "Allow" }, onlyTls);
    expect((await refusalOf(send()))[1]).to.match(/ with an explicit deny in a resource-based policy$/);
    client.destroy();
  });

  it("asks IAM for parameters by name, for secrets by ARN, for logs by group and stream", async () => {
    const { arn } = scene.secrets.secretsManager.create("shop-token", "hidden");
    const options = await taskOf(
      "reader",
      allow("ssm:GetParameters", `${prefix("ssm")}:parameter/shop/key`),
      allow("secretsmanager:GetSecretValue", arn),
      allow("logs:*", `${prefix("logs")}:log-group:/shop/users:*`),
    );
    const ssm = new SSMClient(options);
    const secrets = new SecretsManagerClient(options);
    const logs = new CloudWatchLogsClient(options);
    const { Parameters } = await ssm.send(new GetParametersCommand({ Names: ["/shop/key"], WithDecryption: true }));
    expect(Parameters![0]!.Value).to.equal("open sesame");
    const both = await refusalOf(ssm.send(new GetParametersCommand({ Names: ["/shop/key", "/shop/other"] })));
    expect(both).to.deep.equal([
      "AccessDeniedException",
      `User: ${ARN}/reader/${TASK} is not authorized to perform: ssm:GetParameters on resource: ${prefix("ssm")}:parameter/shop/other because no identity-based policy allows the ssm:GetParameters action`,
    ]);
    expect((await refusalOf(ssm.send(new DescribeParametersCommand({}))))[1]).to.contain("ssm:DescribeParameters");
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: "shop-token" }));
    expect(SecretString).to.equal("hidden");
    const missing = await refusalOf(secrets.send(new GetSecretValueCommand({ SecretId: "typo" })));
    expect(missing[1]).to.contain(`on resource: ${prefix("secretsmanager")}:secret:typo because`);
    const { nextToken } = await logs.send(new FilterLogEventsCommand({ logGroupName: "/shop/users" }));
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: "/shop/users", nextToken }));
    expect(events).to.have.lengthOf(1);
    await logs.send(new GetLogEventsCommand({ logGroupName: "/shop/users", logStreamName: "blue/users/1" }));
    const other = await refusalOf(logs.send(new FilterLogEventsCommand({ logGroupName: "/shop/orders" })));
    expect(other[0]).to.equal("AccessDeniedException");
    for (const client of [ssm, secrets, logs]) client.destroy();
  });

  it("refuses a task every operation whose permission it does not know, and names it", async () => {
    const options = await taskOf("admin", allow("*", "*"));
    const client = new ECSClient(options);
    const [code, message] = await refusalOf(client.send(new ListTasksCommand({})));
    expect(code).to.equal("AccessDeniedException");
    expect(message).to.match(/^the rehearsal cloud does not know what IAM asks of ecs ListTasks, .* sqs SendMessage, /);
    expect((await refusalOf(client.send(new DescribeClustersCommand({}))))[0]).to.equal("InvalidAction");
    client.destroy();
  });

  it("knows a key no more once its task has ended", async () => {
    const issued = scene.credentials.issue(scene.role("passing", allow("*", "*")), TASK);
    const options = await keysOf(issued.path);
    const sqs = new SQSClient(options);
    const ssm = new SSMClient(options);
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    issued.revoke();
    expect((await fetch(`${scene.url}${issued.path}`)).status).to.equal(404);
    const text = "The security token included in the request is invalid.";
    expect(await refusalOf(sqs.send(new ReceiveMessageCommand({ QueueUrl })))).to.deep.equal([
      "InvalidClientTokenId",
      text,
    ]);
    expect(await refusalOf(ssm.send(new DescribeParametersCommand({})))).to.deep.equal([
      "UnrecognizedClientException",
      text,
    ]);
    sqs.destroy();
    ssm.destroy();
  });

  it("gives the SDK's own container provider its keys, and says who a task is", async () => {
    const issued = scene.credentials.issue(scene.role("container", allow("sqs:SendMessage", "*")), TASK);
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${scene.url}${issued.path}`;
    try {
      const { credentials: _, ...options } = scene.options();
      const client = new SQSClient(options);
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "from a task" }));
      client.destroy();
    } finally {
      delete process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
    }
    const { message } = (
      await scene.sqs.getByUrl(QueueUrl).receive({ maxMessages: 10 }, new AbortController().signal)
    ).at(-1)!;
    expect(message).to.include({ body: "from a task" });
    expect(message.senderId).to.equal(`${scene.iam.roles.get("container").uniqueId}:${TASK}`);
  });
});
