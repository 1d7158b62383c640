import { other } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";
import type { ColourOutputs, StackOutputs } from "../../components/live/outputs";

/** Live state, and the outputs of the stack that it is in. */
export interface ActiveState {
  live: Live;
  outputs: StackOutputs;
}

/** Returns what the stack says of the colour of a service that is not active. */
export function idleOutputs({ live, outputs }: ActiveState, service: string): ColourOutputs {
  return outputs.services[service]!.colours[other(live.services[service]!.active)];
}
