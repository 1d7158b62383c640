import type { CloudClock } from "./clock";
import type { CloudEvent } from "./events";
import type { Faults } from "./faults";
import type { Random } from "./random";

/** What every part of the cloud is given. */
export interface CloudContext {
  clock: CloudClock;
  random: Random;
  /** Such as `ap-northeast-1`; zones are the region with a, b, c. */
  region: string;
  /** 12 digits. */
  accountId: string;
  /** Writes to the cloud's event file. */
  emit(event: CloudEvent): void;
  /** Without it nothing fails by itself. */
  faults?: Faults;
  /** One line on the cloud's log, for a person. */
  log(line: string): void;
}
