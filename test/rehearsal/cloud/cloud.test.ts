import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { OWNER_KEY } from "../../../rehearsal/cloud/api/authorisation";
import { Cloud } from "../../../rehearsal/cloud/cloud";

describe("rehearsal/cloud/cloud", () => {
  const directory = mkdtempSync(join(tmpdir(), "aoshingo-cloud-"));
  let cloud: Cloud;
  before(async () => {
    cloud = await Cloud.create({
      ...{ region: "ap-northeast-1", speed: 1, seed: 1, zones: [], loopback: "127.47", portOffset: 47_000 },
      ...{ directory, apiUrl: () => "", spreadSeconds: 2, emit: () => {}, log: () => {} },
    });
  });
  after(async () => {
    await cloud.close();
    rmSync(directory, { recursive: true });
  });

  it("has each resource type and each function once", () => {
    const tokens = [...cloud.types(OWNER_KEY), ...cloud.functions(OWNER_KEY)].map(({ token }) => token);
    expect(new Set(tokens).size).to.equal(tokens.length);
    expect(tokens).to.include.members([
      "aws:ecs/service:Service",
      "aws:sqs/queue:Queue",
      "aws:route53/getZone:getZone",
    ]);
  });

  it("names the AWS call of each operation, so that faults can be injected", () => {
    const silent = cloud.types(OWNER_KEY).flatMap(({ token, awsCalls, update }) => {
      const operations = ["create", "read", "delete", ...(update ? (["update"] as const) : [])] as const;
      return operations.filter((name) => awsCalls[name] === undefined).map((name) => `${token} ${name}`);
    });
    // The validation of a certificate and the call of a function are nothing in AWS that could be read or deleted.
    expect(silent).to.deep.equal([
      "aws:acm/certificateValidation:CertificateValidation delete",
      ...["read", "delete"].map((operation) => `aws:lambda/invocation:Invocation ${operation}`),
    ]);
  });

  it("knows the permissions only of operations that it has", () => {
    const unknown = Object.entries(cloud.apis).flatMap(([name, { operations, permissions = {} }]) =>
      Object.keys(permissions)
        .filter((operation) => !(operation in operations))
        .map((operation) => `${name} ${operation}`),
    );
    expect(unknown).to.deep.equal([]);
  });
});
