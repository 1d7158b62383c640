import { expect } from "chai";
import { checkRequest } from "../../../../rehearsal/cloud/refusals/api-models";
import { refusal } from "../refusal";

describe("rehearsal/cloud/refusals/api-models", () => {
  it("refuses a request to the API by the model (V1)", () => {
    expect(refusal(() => checkRequest("ecs:DescribeTasks", { cluster: "web" }, true))).to.equal(
      "InvalidParameterException: 1 validation error detected: Value null at 'tasks' failed to satisfy constraint: Member must not be null",
    );
    expect(refusal(() => checkRequest("ecs:DescribeTasks", { cluster: "web", tasks: [] }, true))).to.equal("accepted");
    expect(refusal(() => checkRequest("logs:GetLogEvents", { logStreamName: "a:b", limit: 0 }, true))).to.equal(
      "InvalidParameterException: 2 validation errors detected: Value 'a:b' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*; Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  });

  it("takes numbers as texts, as AWS Query has them", () => {
    const call = (MaxRecords: unknown) =>
      refusal(() => checkRequest("monitoring:DescribeAlarms", { MaxRecords }, true));
    expect(call("100")).to.equal("accepted");
    expect(call("101")).to.match(/^ValidationError: .*Value '101' at 'maxRecords' .* less than or equal to 100$/);
  });

  it("asks a resource's request only for what is in it", () => {
    expect(refusal(() => checkRequest("ecs:DescribeTasks", {}, false))).to.equal("accepted");
  });

  it("leaves the body of a REST request to its service", () => {
    expect(refusal(() => checkRequest("s3:PutBucketPolicy", { Bucket: "shop", Body: "{}" }, true))).to.equal(
      "accepted",
    );
    expect(refusal(() => checkRequest("s3:PutObject", { Bucket: "shop" }, true))).to.match(/Value null at 'key'/);
  });

  it("lets a call pass that the models do not have", () => {
    expect(refusal(() => checkRequest("ecs:DoNothing", { a: 1 }, true))).to.equal("accepted");
  });

  it("writes a long list of values as a short one", () => {
    const answer = refusal(() => checkRequest("monitoring:PutMetricAlarm", { Unit: "Apples" }, false));
    expect(answer).to.match(/Member must satisfy enum value set: \[(?:[\w/]+, ){20}\.\.\.\]$/);
  });
});
