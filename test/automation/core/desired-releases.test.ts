import { assert } from "chai";
import { imageInRepository, parseImageRequests } from "../../../automation/core/desired-releases";
import { UserError } from "../../../components/core/user-error";
import { REGISTRY } from "../deploy/worlds";

const DIGEST = `sha256:${"a1".repeat(32)}`;
const repository = { url: `${REGISTRY}/aoshingo/prod/users`, name: "aoshingo/prod/users" };

describe("parseImageRequests", () => {
  it("reads service and image", () => {
    assert.deepEqual(parseImageRequests(["users=v2", `doodle=${REGISTRY}/doodle:v3`], ["users", "doodle"]), [
      { service: "users", image: "v2" },
      { service: "doodle", image: `${REGISTRY}/doodle:v3` },
    ]);
  });

  it("reports all problems at once", () => {
    assert.throws(
      () => parseImageRequests(["users=", "userz=v2", "users=v2", "users=v3"], ["users"]),
      UserError,
      [
        '"users=" is not SERVICE=IMAGE, such as users=v2',
        'unknown service "userz": the settings have users',
        'service "users" is named twice: give one image for it',
      ].join("\n"),
    );
    for (const image of ["v1=v2", " v1", "ü", "-v1", "a b"])
      assert.throws(
        () => parseImageRequests([`users=${image}`], ["users"]),
        UserError,
        `"users=${image}" is not SERVICE=IMAGE, such as users=v2`,
      );
    assert.throws(
      () => parseImageRequests([], ["users"]),
      UserError,
      "no service named: wanted SERVICE=IMAGE, such as users=v2",
    );
  });
});

describe("imageInRepository", () => {
  const table: [image: string, wanted: object][] = [
    ["v2", { tag: "v2" }],
    ["2026-11-25.1", { tag: "2026-11-25.1" }],
    ["users:v2", { tag: "v2" }],
    [`${REGISTRY}/aoshingo/prod/users:v2`, { tag: "v2" }],
    [DIGEST, { digest: DIGEST }],
    ["aoshingo/prod/users:v2", { tag: "v2" }],
    [`users@${DIGEST}`, { digest: DIGEST }],
    [`${REGISTRY}/aoshingo/prod/users@${DIGEST}`, { digest: DIGEST }],
    [`${REGISTRY}/aoshingo/prod/users:v2@${DIGEST}`, { digest: DIGEST }],
  ];
  for (const [image, wanted] of table) {
    it(image, () => assert.deepEqual(imageInRepository({ service: "users", image }, repository), wanted as never));
  }

  it("refuses another repository, and an image without a tag", () => {
    assert.throws(
      () => imageInRepository({ service: "users", image: "nginx:1" }, repository),
      UserError,
      `image nginx:1 is not in the repository of users: push it to ${REGISTRY}/aoshingo/prod/users and deploy it from there`,
    );
    assert.throws(
      () => imageInRepository({ service: "users", image: `${REGISTRY}/aoshingo/prod/users` }, repository),
      UserError,
      "names neither a tag nor a digest: wanted users=TAG or users=sha256:...",
    );
  });
});
