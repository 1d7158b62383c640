import { ASSUMED, withQuickInstances } from "../../../rehearsal/cloud/kernel/assumptions";
import { CloudClock } from "../../../rehearsal/cloud/kernel/clock";
import type { CloudContext } from "../../../rehearsal/cloud/kernel/context";
import { Random } from "../../../rehearsal/cloud/kernel/random";

/** A cloud that keeps its log lines for the test. */
export function silentCloud(speed = 2000): CloudContext & { lines: string[] } {
  const lines: string[] = [];
  return {
    clock: new CloudClock(speed),
    random: new Random(7),
    assumptions: withQuickInstances(ASSUMED),
    region: "ap-northeast-1",
    accountId: "123456789012",
    emit: () => {},
    log: (line) => void lines.push(line),
    lines,
  };
}
