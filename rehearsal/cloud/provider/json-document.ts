import { z } from "zod";

/** JSON as a string, or an object that the provider writes as JSON, such as a policy. */
export const jsonDocument = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((value) => (typeof value === "string" ? value : JSON.stringify(value)));
