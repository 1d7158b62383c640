import type { Assumptions } from "./assumptions";
import type { CloudClock } from "./clock";
import type { CloudEvent } from "./events";
import type { Faults } from "./faults";
import type { Random } from "./random";

/** Given to every part of the cloud. */
export interface CloudContext {
  clock: CloudClock;
  random: Random;
  /** What AWS does not document. */
  assumptions: Assumptions;
  /** Such as `ap-northeast-1`; its zones have the suffixes a, b and c. */
  region: string;
  /** 12 digits. */
  accountId: string;
  /** Writes to the cloud's event file. */
  emit(event: CloudEvent): void;
  /** Undefined where nothing can be made to fail. */
  faults?: Faults;
  /** Writes one line for a person to the cloud's log. */
  log(line: string): void;
}
