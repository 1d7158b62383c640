import type { ServerResponse } from "node:http";
import { assert } from "chai";
import { SecretValues } from "../../../automation/aws/secret-values";
import { Webhook } from "../../../automation/notify/webhook";
import { failureOf } from "../../failure-of";
import { AwsServer } from "../aws/server";
import { HttpServer } from "./http-server";
import { notification } from "./samples";

const REGION = "ap-northeast-1";
const VARIABLE = "AOSHINGO_TEST_WEBHOOK";
const SECRET_PATH = "/services/T0/B0/very-secret";
const never = new AbortController().signal;

describe("a webhook", () => {
  let server: HttpServer;
  beforeEach(async () => {
    server = await HttpServer.open();
    process.env[VARIABLE] = `${server.url}${SECRET_PATH}`;
  });
  afterEach(async () => {
    delete process.env[VARIABLE];
    await server.close();
  });

  const webhook = (reference = `env:${VARIABLE}`, form: "slack" | "webhook" = "webhook") =>
    new Webhook(form, reference, new SecretValues(REGION));
  const failure = async (one: Webhook, signal = never) => {
    const error = await failureOf(one.notify(notification(), signal));
    assert.notInclude(`${error.message} ${error.stack} ${one.name} ${String(error.cause)}`, "very-secret");
    return error.message;
  };

  it("receives JSON by POST", async () => {
    await webhook().notify(notification(), never);
    const [{ method, path, headers, body }] = server.received as [(typeof server.received)[0]];
    assert.deepEqual([method, path, headers["content-type"]], ["POST", SECRET_PATH, "application/json"]);
    assert.deepInclude(body, { version: 1, kind: "started", stack: "prod", deploy: "20261125T093000Z-7" });
  });

  it("of Slack receives a text", async () => {
    await webhook(`env:${VARIABLE}`, "slack").notify(notification(), never);
    assert.deepEqual(server.received[0]!.body, {
      text: ":large_blue_circle: prod: deploy users=v2 doodle=v7 by me@here begins",
    });
  });

  it("that refuses the request is reported with the status", async () => {
    for (const [status, tries] of [
      [302, 1],
      [404, 1],
      [500, 3],
    ] as const) {
      server.received.length = 0;
      server.answer = (_, response) => response.writeHead(status, { location: "/elsewhere" }).end("very-secret");
      assert.equal(await failure(webhook()), `HTTP ${status}`);
      assert.lengthOf(server.received, tries, `${status}: redirects are not followed`);
    }
  });

  it("that fails for a moment is called again", async () => {
    const troubles = [
      (response: ServerResponse) => response.destroy(),
      (response: ServerResponse) => response.writeHead(503).end("try later"),
    ];
    server.answer = (_, response) => (troubles.shift() ?? (() => response.end("ok")))(response);
    await webhook().notify(notification(), never);
    assert.lengthOf(server.received, 3);
    assert.deepEqual(server.received[2], server.received[0]);
  });

  it("that is not there, or hangs up, is reported with the error's code", async () => {
    server.answer = (_, response) => response.destroy();
    assert.match(await failure(webhook()), /^(UND_ERR_SOCKET|ECONNRESET)$/);
    // Nothing listens at port 1, and the system gives it to nobody who asks for a free one.
    process.env[VARIABLE] = `http://127.0.0.1:1${SECRET_PATH}`;
    assert.equal(await failure(webhook()), "ECONNREFUSED");
  });

  it("that does not answer is given up when the signal is aborted", async () => {
    const stop = new AbortController();
    server.answer = () => stop.abort();
    assert.equal(await failure(webhook(), stop.signal), "no answer in time");
  });

  it("without an address, or with one that is not encrypted, is not called", async () => {
    delete process.env[VARIABLE];
    assert.equal(await failure(webhook()), `env:${VARIABLE} has no value`);
    for (const address of ["http://example.jp/very-secret", "very-secret", "file:///very-secret"]) {
      process.env[VARIABLE] = address;
      assert.equal(await failure(webhook()), "its address is not an https URL");
    }
    assert.isEmpty(server.received);
  });

  it("has its address in a parameter of Systems Manager or a secret of Secrets Manager", async () => {
    const aws = await AwsServer.open();
    const address = `${server.url}${SECRET_PATH}`;
    try {
      aws.replies = {
        GetParameter: ({ Name, WithDecryption }) =>
          Name === "/prod/hook" && WithDecryption ? { Parameter: { Value: address } } : "!ParameterNotFound",
        GetSecretValue: ({ SecretId }) =>
          SecretId === "prod/hook" ? { SecretString: address } : "!ResourceNotFoundException",
      };
      await webhook("ssm:/prod/hook").notify(notification(), never);
      await webhook("secretsmanager:prod/hook").notify(notification(), never);
      assert.lengthOf(server.received, 2);
      assert.equal(await failure(webhook("ssm:/prod/other")), "ParameterNotFound");
      assert.equal(await failure(webhook("secretsmanager:other")), "ResourceNotFoundException");
    } finally {
      await aws.close();
    }
  });
});
