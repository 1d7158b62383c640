import { z } from "zod";

/** Schema of JSON as a string, or of an object that the provider writes as JSON, such as a policy. */
export const jsonDocument = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((value) => (typeof value === "string" ? value : JSON.stringify(value)));
