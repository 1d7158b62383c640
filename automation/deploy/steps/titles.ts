import type { StepName } from "../../ports/step-names";

const AHEAD: Record<StepName, string> = {
  preflight: "Look before anything changes",
  warm: "Warm the idle colour with the new release",
  migrate: "Run the migration of the new release",
  verify: "Verify that the new release is what runs",
  test: "Run the service's own test",
  approve: "Wait for the approval of the cutover",
  ramp: "Give the new release a share of production",
  cutover: "Cut production over",
  confirm: "Confirm that production answers from the new release",
  bake: "Watch the new release in production",
  drain: "Drain the old colour",
  retire: "Retire the old colour",
  coolDown: "Take the idle colour back to 0",
  recover: "Clear what a crash left",
};

const BACK: Record<StepName, string> = {
  ...AHEAD,
  warm: "Warm the idle colour with the release to go back to",
  verify: "Verify that the release to go back to is what runs",
  cutover: "Cut production back",
  confirm: "Confirm that production is back",
  drain: "Drain the colour that production left",
};

/** What a step is called on the screen and in reports. */
export function titleOf(step: StepName, isRollback: boolean): string {
  return (isRollback ? BACK : AHEAD)[step];
}
