import { z } from "zod";

/** The engine's state holds them; nothing in the rehearsal reads tags. */
export const tags = z.record(z.string(), z.string()).optional();
