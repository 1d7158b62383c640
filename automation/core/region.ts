import { Region } from "@pulumi/aws/types/enums";
import { nearest } from "../../components/core/nearest";
import { orList } from "../../components/core/or-list";

const EXAMPLE = "ap-northeast-1";
/** The regions that the installed version of the provider knows. AWS may have newer ones. */
const KNOWN: readonly string[] = Object.values(Region);

/**
 * What is wanted instead of a text that is no AWS region; undefined for a region.
 * @param mayBeNewer also takes a name that has the form of a region and is not in the provider's list
 */
export function regionWanted(text: unknown, mayBeNewer = false): string | undefined {
  if (typeof text !== "string" || !/^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(text)) return `a region, such as ${EXAMPLE}`;
  if (mayBeNewer || KNOWN.includes(text)) return undefined;
  const near = nearest(text, KNOWN);
  return `a region that AWS has, such as ${near.length > 0 ? orList(near) : EXAMPLE}`;
}
