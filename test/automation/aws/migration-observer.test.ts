import { assert } from "chai";
import { AwsMigrationObserver } from "../../../automation/aws/migration-observer";
import type { MigrationDatabase } from "../../../components/live/outputs";
import { AwsServer } from "./server";

const INVOKE = "POST /2015-03-31/functions/observe/invocations";
const SEEN = { schema: { "table users": "" }, locks: [] };

describe("AwsMigrationObserver", () => {
  let aws: AwsServer;
  beforeEach(async () => {
    aws = await AwsServer.open();
    aws.replies = { [INVOKE]: () => SEEN };
  });
  afterEach(() => aws.close());

  const observe = (database: MigrationDatabase) =>
    new AwsMigrationObserver("ap-northeast-1").observe(database, false, new AbortController().signal);

  it("names a service and its database, and not where that is", async () => {
    assert.deepEqual(await observe({ functionName: "observe", service: "users", database: "main" }), SEEN);
    assert.deepEqual(aws.inputs(INVOKE), [
      { service: "users", database: "main", application: "migrate", watchesLocks: false },
    ]);
  });

  it("asks the function of an older program as that one's outputs say", async () => {
    const place = {
      ...{ host: "db.test", port: 5432, database: "main", user: "users" },
      ...{ secret: "arn:secret", certificates: "https://certificates.test" },
    };
    const older: object = { functionName: "observe", ...place };
    assert.deepEqual(await observe(older as MigrationDatabase), SEEN);
    assert.deepEqual(aws.inputs(INVOKE), [{ ...place, application: "migrate", watchesLocks: false }]);
  });
});
