import { createHash } from "node:crypto";
import { expect } from "chai";
import { Ecr } from "../../../../../../rehearsal/cloud/services/ecr/model/ecr";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";

const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";

function manifest(release: string): string {
  const config = { Cmd: ["node", "main.js"], WorkingDir: "/srv/users", Env: [`RELEASE=${release}`, "OPTIONS=a=b"] };
  return JSON.stringify({ schemaVersion: 2, config });
}

function scene(imageTagMutability: "MUTABLE" | "IMMUTABLE" = "IMMUTABLE"): Ecr {
  const ecr = new Ecr(silentCloud());
  ecr.createRepository({ name: "shop/users", imageTagMutability, scanOnPush: true });
  return ecr;
}

describe("rehearsal/cloud/services/ecr/model/ecr: repositories", () => {
  for (const [name, code] of [
    ["users", "accepted"],
    ["shop/users_2.x", "accepted"],
    ["shop/users", "RepositoryAlreadyExistsException"],
    ["Users", "InvalidParameterException"],
    ["-users", "InvalidParameterException"],
    ["shop//users", "InvalidParameterException"],
    ["u", "InvalidParameterException"],
  ] as const) {
    it(`can be named ${name}: ${code} (K2)`, () => {
      const create = () => scene().createRepository({ name, imageTagMutability: "MUTABLE", scanOnPush: false });
      expect(refusal(create).split(":")[0]).to.equal(code);
    });
  }

  it("cannot be deleted while they have images, unless it is forced (K2)", () => {
    const ecr = scene();
    ecr.putImage("shop/users", manifest("v1"), "v1");
    expect(refusal(() => ecr.deleteRepository("shop/users", false))).to.equal(
      "RepositoryNotEmptyException: The repository with name 'shop/users' in registry with id '123456789012' cannot be deleted because it still contains images",
    );
    ecr.deleteRepository("shop/users", true);
    expect(refusal(() => ecr.getRepository("shop/users"))).to.equal(
      "RepositoryNotFoundException: The repository with name 'shop/users' does not exist in the registry with id '123456789012'",
    );
  });
});

describe("rehearsal/cloud/services/ecr/model/ecr: images", () => {
  it("are found by digest and by tag, and have a command to run", () => {
    const ecr = scene();
    const digest = ecr.putImage("shop/users", manifest("v1"), "v1");
    expect(digest).to.equal(`sha256:${createHash("sha256").update(manifest("v1")).digest("hex")}`);
    const image = ecr.find(`${REGISTRY}/shop/users@${digest}`);
    expect(image).to.deep.include({
      digest,
      tags: ["v1"],
      repository: "shop/users",
      config: {
        ...{ entryPoint: [], command: ["node", "main.js"], volumes: [] },
        workingDirectory: "/srv/users",
        ...{ directory: "/srv/users", docker: false, architecture: undefined },
        environment: { RELEASE: "v1", OPTIONS: "a=b" },
      },
    });
    expect(ecr.find(`${REGISTRY}/shop/users:v1`)).to.equal(image);
  });

  for (const reference of [
    `${REGISTRY}/shop/users:v2`,
    `${REGISTRY}/shop/users@sha256:${"0".repeat(64)}`,
    `${REGISTRY}/shop/orders:v1`,
    `docker.io/shop/users:v1`,
    `${REGISTRY}/shop/users`,
  ]) {
    it(`are not found by ${reference}`, () => {
      const ecr = scene();
      ecr.putImage("shop/users", manifest("v1"), "v1");
      expect(ecr.find(reference)).to.equal(undefined);
    });
  }

  it("keep their tags if tags are immutable (K1)", () => {
    const ecr = scene();
    const digest = ecr.putImage("shop/users", manifest("v1"), "v1");
    expect(refusal(() => ecr.putImage("shop/users", manifest("v2"), "v1"))).to.equal(
      "ImageTagAlreadyExistsException: The image tag 'v1' already exists in the 'shop/users' repository and cannot be overwritten because the repository is immutable.",
    );
    expect(refusal(() => ecr.putImage("shop/users", manifest("v1"), "v1"))).to.equal(
      `ImageAlreadyExistsException: Image with digest '${digest}' and tag 'v1' already exists in the repository with name 'shop/users' in registry with id '123456789012'`,
    );
    ecr.putImage("shop/users", manifest("v1"), "stable");
    expect(ecr.describeImages("shop/users").map(({ tags }) => tags)).to.deep.equal([["v1", "stable"]]);
  });

  it("lose their tag to the next image with it if tags are mutable (K1)", () => {
    const ecr = scene("MUTABLE");
    const first = ecr.putImage("shop/users", manifest("v1"), "live");
    const second = ecr.putImage("shop/users", manifest("v2"), "live");
    const described = ecr.describeImages("shop/users").map(({ digest, tags }) => [digest, tags]);
    expect(described).to.deep.equal([
      [first, []],
      [second, ["live"]],
    ]);
  });

  it("are named in the error if they are missing", () => {
    expect(refusal(() => scene().describeImages("shop/users", ["v9"]))).to.equal(
      "ImageNotFoundException: The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository with name 'shop/users' in the registry with id '123456789012'",
    );
  });

  for (const [title, json, problem] of [
    ["no JSON", "{", "manifest: "],
    ["layers", JSON.stringify({ schemaVersion: 2, config: { digest: "sha256:0" }, layers: [] }), "config.Cmd: "],
    ["no command", JSON.stringify({ schemaVersion: 2, config: { Cmd: [], WorkingDir: "/" } }), "config.Cmd: "],
    [
      "a variable without a value",
      JSON.stringify({ schemaVersion: 2, config: { Cmd: ["a"], WorkingDir: "/", Env: ["A"] } }),
      "config.Env.0: ",
    ],
  ] as const) {
    it(`cannot run with ${title}`, () => {
      const push = () => scene().putImage("shop/users", json, "v1");
      expect(push).to.throw(`this image cannot run in the rehearsal, whose images are {"schemaVersion":2,`);
      expect(push).to.throw(problem);
    });
  }
});

describe("rehearsal/cloud/services/ecr/model/ecr: lifecycle policies", () => {
  const rule = (changes: object = {}) => ({
    rulePriority: 1,
    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
    action: { type: "expire" },
    ...changes,
  });
  const cases: [string, object[], string][] = [
    ["one rule", [rule()], "accepted"],
    ["two priorities", [rule(), rule({ rulePriority: 2 })], "accepted"],
    ["one priority twice", [rule(), rule()], "rulePriority must be unique"],
    ["another action", [rule({ action: { type: "archive" } })], "rules/0/action/type"],
  ];
  for (const [title, rules, answer] of cases) {
    it(`are checked with ${title}: ${answer}`, () => {
      expect(refusal(() => scene().putLifecyclePolicy("shop/users", JSON.stringify({ rules })))).to.contain(answer);
    });
  }
});
