import { assert } from "chai";
import { FailedStarts } from "../../../automation/observe/failed-starts";
import type { ColourObservation } from "../../../automation/ports/observer";

const NOTHING: ColourObservation = {
  ...{ targets: [], tasks: [], instances: [], inService: 0, minimum: 0, joinedInstances: 0 },
  ...{ failedActivities: [], failedTasks: [] },
};
const tasks = (...ids: string[]) => ({
  ...NOTHING,
  failedTasks: ids.map((id) => ({ id, reason: "exited (exit code 1)" })),
});
const launches = (reason: string, ...starts: number[]) => ({
  ...NOTHING,
  failedActivities: starts.map((startedMs) => ({ startedMs, reason })),
});
const QUOTA = "You have requested more vCPU capacity than your current vCPU limit of 32 allows";
const SHORTAGE =
  "We currently do not have sufficient t3.small capacity in the Availability Zone you requested (ap-northeast-1a)";

/** What a colour of two instances says after each of these looks. */
function reasons(...looks: ColourObservation[]): (string | null)[] {
  const failures = new FailedStarts(2);
  return looks.map((look) => failures.reasonToGiveUp(look));
}

describe("failed starts", () => {
  it("of tasks are given up at the third for each instance", () => {
    assert.deepEqual(reasons(NOTHING, tasks("a", "b", "c", "d", "e"), tasks("b", "c", "d", "e", "f")), [
      null,
      null,
      "its tasks ended 6 times",
    ]);
  });

  it("of earlier runs do not count", () => {
    const old = tasks("a", "b", "c", "d", "e", "f");
    assert.deepEqual(reasons(old, old, tasks("a", "b", "c", "d", "e", "f", "g")), [null, null, null]);
    assert.deepEqual(reasons(launches(QUOTA, 1), launches(QUOTA, 1)), [null, null]);
  });

  it("of launches are given up at once: no later one would do", () => {
    assert.deepEqual(reasons(NOTHING, launches(QUOTA, 1)), [null, "1 instance could not be launched"]);
    assert.deepEqual(reasons(launches(QUOTA, 1), launches(QUOTA, 2, 1)), [null, "1 instance could not be launched"]);
  });

  it("of launches in a zone that is short of instances are given time: Auto Scaling goes on in another zone (A12)", () => {
    assert.deepEqual(reasons(NOTHING, launches(SHORTAGE, 1), launches(SHORTAGE, 5, 4, 3, 2, 1)), [null, null, null]);
    assert.deepEqual(reasons(NOTHING, launches(SHORTAGE, 3, 2, 1), launches(SHORTAGE, 6, 5, 4)), [
      null,
      null,
      "6 instances could not be launched",
    ]);
  });

  for (const reason of [
    "Could not launch On-Demand Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.",
    "Your requested instance type (t3.small) is not supported in your requested Availability Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or choosing us-east-1a, us-east-1b. Launching EC2 instance failed.",
    "Request limit exceeded. Launching EC2 instance failed.",
    "An internal error has occurred. Launching EC2 instance failed.",
    "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Server.InternalError: Internal error on launch",
  ])
    it(`of launches are given time, too, where Auto Scaling tries again: ${reason} (A12)`, () => {
      const looks = [NOTHING, launches(reason, 1), launches(reason, 5, 4, 3, 2, 1), launches(reason, 6)];
      assert.deepEqual(reasons(...looks), [null, null, null, "6 instances could not be launched"]);
      assert.deepEqual(reasons(NOTHING, launches(reason, 1), launches(QUOTA, 2)), [
        null,
        null,
        "2 instances could not be launched",
      ]);
    });

  it("of launches with a key that the instance may not use are given up at once", () => {
    const key =
      "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InternalError: Client error on launch";
    assert.deepEqual(reasons(NOTHING, launches(key, 1)), [null, "1 instance could not be launched"]);
  });

  it("of launches with a profile that is not visible everywhere yet do not count (I7)", () => {
    const unknown = "Invalid IAM Instance Profile name users-green";
    assert.deepEqual(reasons(NOTHING, launches(unknown, 1, 2, 3, 4, 5, 6)), [null, null]);
  });
});
