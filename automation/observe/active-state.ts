import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";

/** Live state, and the outputs of the stack that it is in. */
export interface ActiveState {
  live: Live;
  outputs: StackOutputs;
}
