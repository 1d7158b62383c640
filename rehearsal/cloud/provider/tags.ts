import { z } from "zod";

/** Schema of tags. The engine's state holds them. */
export const tags = z.record(z.string(), z.string()).optional();
