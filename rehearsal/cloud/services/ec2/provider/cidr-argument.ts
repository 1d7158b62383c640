import { z } from "zod";
import { Cidr } from "../model/cidr";

/** An IPv4 CIDR block without host bits. The provider refuses any other before it calls EC2. */
export const cidrArgument = z.string().superRefine((text, issues) => {
  const block = Cidr.parse(text);
  if (!block) issues.addIssue(`"${text}" is not a valid IPv4 CIDR block`);
  else if (block.toString() !== text) {
    issues.addIssue(`"${text}" is not a valid IPv4 CIDR block; did you mean "${block}"?`);
  }
});
