import { CAPACITY_MINUTES } from "../../components/service/capacity-timeout";

/** For what the engine does besides: writing the state, giving its lock back. */
const ROOM_MINUTES = 5;

/** How long an engine may go on after it was told to stop, in milliseconds: it lets the provider wait to the end for instances that end. */
export const ENGINE_END_MS = (CAPACITY_MINUTES + ROOM_MINUTES) * 60_000;

/** How long a run may go on after it was told to stop, in milliseconds: its engine ends, then the way back has one `up`, in which instances end. */
export const RUN_END_MS = 2 * ENGINE_END_MS;
