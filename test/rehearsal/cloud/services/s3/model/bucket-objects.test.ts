import { expect } from "chai";
import { Random } from "../../../../../../rehearsal/cloud/kernel/random";
import { BucketObjects, type Versioning } from "../../../../../../rehearsal/cloud/services/s3/model/bucket-objects";
import { refusal } from "../../../refusal";

const KEY = "lease.json";
const MISMATCH = "PreconditionFailed: At least one of the pre-conditions you specified did not hold";
const MISSING = "NoSuchKey: The specified key does not exist.";
const CONFLICT =
  "ConditionalRequestConflict: The conditional request cannot succeed due to a conflicting operation against this resource.";

function scene(versioning: Versioning = null, seed = 7): BucketObjects {
  const objects = new BucketObjects(new Random(seed), () => 1_000);
  objects.versioning = versioning;
  return objects;
}

const put = (objects: BucketObjects, text: string, condition = {}) =>
  objects.put(KEY, { body: Buffer.from(text) }, condition);

describe("rehearsal/cloud/services/s3/model/bucket-objects: conditional writes", () => {
  const one = scene();
  const etag = put(one, "one").etag;

  for (const [title, condition, answer] of [
    ["If-None-Match: * on an object (S1)", { ifNoneMatch: "*" }, MISMATCH],
    [
      "If-None-Match with an ETag (S1)",
      { ifNoneMatch: etag },
      "NotImplemented: A header you provided implies functionality that is not implemented",
    ],
    ["If-Match with another ETag (S3)", { ifMatch: '"0"' }, MISMATCH],
    ["If-Match with its ETag (S3)", { ifMatch: etag }, "accepted"],
    ["If-Match: * (S3)", { ifMatch: "*" }, "accepted"],
    ["no condition, whatever there is (S5)", {}, "accepted"],
  ] as const)
    it(`${title}: ${answer}`, () => {
      const objects = scene();
      put(objects, "one");
      expect(refusal(() => put(objects, "two", condition))).to.equal(answer);
      expect(objects.get(KEY).body.toString()).to.equal(answer === "accepted" ? "two" : "one");
    });

  it("If-Match without an object: NoSuchKey (S3); If-None-Match: * after a delete marker: accepted (S1)", () => {
    const objects = scene("Enabled");
    expect(refusal(() => put(objects, "one", { ifMatch: etag }))).to.equal(MISSING);
    put(objects, "one");
    objects.delete(KEY);
    expect(refusal(() => put(objects, "two", { ifMatch: etag }))).to.equal(MISSING);
    expect(refusal(() => put(objects, "two", { ifNoneMatch: "*" }))).to.equal("accepted");
  });

  it("DeleteObject with If-Match frees only what was read (S4)", () => {
    const objects = scene("Enabled");
    put(objects, "one");
    expect(refusal(() => objects.delete(KEY, { ifMatch: '"0"' }))).to.equal(MISMATCH);
    expect(refusal(() => objects.delete(KEY, { ifMatch: etag }))).to.equal("accepted");
    expect(objects.find(KEY)).to.equal(undefined);
  });

  it("of two at once the first to end counts; the other one gets 412 or 409 (S2)", () => {
    const answers = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const objects = scene(null, seed);
      const arrivedAtMs = performance.now();
      put(objects, "first", { ifNoneMatch: "*", arrivedAtMs });
      answers.add(refusal(() => put(objects, "second", { ifNoneMatch: "*", arrivedAtMs })));
      expect(objects.get(KEY).body.toString()).to.equal("first");
    }
    expect([...answers].sort()).to.deep.equal([CONFLICT, MISMATCH]);
  });

  it("during a delete: 409 (S3), even if the condition holds; after it: the condition counts", () => {
    const objects = scene();
    const arrivedAtMs = performance.now();
    put(objects, "one");
    objects.delete(KEY);
    expect(refusal(() => put(objects, "two", { ifNoneMatch: "*", arrivedAtMs }))).to.equal(CONFLICT);
    expect(refusal(() => put(objects, "two", { ifNoneMatch: "*", arrivedAtMs: performance.now() }))).to.equal(
      "accepted",
    );
  });
});

describe("rehearsal/cloud/services/s3/model/bucket-objects: versions", () => {
  const texts = (objects: BucketObjects) =>
    objects
      .versions("")
      .map(({ versionId, isDeleteMarker, body }) =>
        [versionId === "null" ? "null" : "id", isDeleteMarker ? "marker" : body.toString()].join(" "),
      );

  for (const [versioning, after, left] of [
    [null, ["null two"], []],
    ["Enabled", ["id two", "id one"], ["id marker", "id two", "id one"]],
    ["Suspended", ["null two"], ["null marker"]],
  ] as const)
    it(`a bucket with versioning ${versioning} keeps ${after.join(", ")}; after a delete ${left.join(", ") || "nothing"}`, () => {
      const objects = scene(versioning);
      put(objects, "one");
      put(objects, "two");
      expect(texts(objects)).to.deep.equal(after);
      objects.delete(KEY);
      expect(texts(objects)).to.deep.equal(left);
      expect(refusal(() => objects.get(KEY))).to.equal(MISSING);
      expect(objects.isEmpty).to.equal(left.length === 0);
    });

  it("an earlier version comes back when the newest one is deleted", () => {
    const objects = scene("Enabled");
    put(objects, "good");
    const bad = put(objects, "bad");
    expect(objects.deleteVersion(KEY, bad.versionId)).to.equal(bad);
    expect(objects.get(KEY).body.toString()).to.equal("good");
    const marker = objects.delete(KEY)!;
    expect(refusal(() => objects.get(KEY, marker.versionId))).to.match(/^MethodNotAllowed/);
    expect(refusal(() => objects.get(KEY, bad.versionId))).to.match(/^NoSuchVersion/);
    objects.deleteVersion(KEY, marker.versionId);
    expect(objects.get(KEY).body.toString()).to.equal("good");
  });
});
