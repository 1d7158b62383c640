import type { InjectedRun } from "../../../rehearsal/fault-matrix/case-result";
import type { FaultCase } from "../../../rehearsal/fault-matrix/cases";

export const FAULT_CASE: FaultCase = {
  kind: "restart",
  variant: "",
  step: "cutover",
  request: () => ({ kind: "restart" }),
  ends: ["done"],
  failsRequests: false,
};
export const INJECTED_RUN: InjectedRun = {
  ...{ faultId: "f1", end: "done", reason: "", next: "", problems: [], seconds: 20 },
};
export const NO_IMPACT = { sent: 600, failed: 0, lost: 0, doubled: 0, errors: {} };
