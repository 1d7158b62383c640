/**
 * A client of a rehearsal that sends this header is told in it which release answered. AWS has nothing like it, and nobody
 * else's answers have it.
 */
export const TOLD_RELEASE = "x-rehearsal-release";
