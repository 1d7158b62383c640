import type { ObjectVersion } from "../model/bucket-objects";

export interface ListingRequest {
  prefix: string;
  delimiter: string | undefined;
  maxKeys: number;
  /** Keys up to and including this one are left out; common prefixes that begin with it, too. */
  after: string;
}

export interface Listing<Item> {
  items: Item[];
  commonPrefixes: string[];
  /** The last key or common prefix of a page that is not the last one. */
  next: string | undefined;
}

/**
 * Returns one page of a listing: objects, and in place of those with the delimiter behind the prefix their common
 * prefixes. Both count towards the page's size, as in S3.
 * @param all by key, in order
 */
export function listPage<Item extends Pick<ObjectVersion, "key">>(
  all: readonly Item[],
  { prefix, delimiter, maxKeys, after }: ListingRequest,
): Listing<Item> {
  const items: Item[] = [];
  const commonPrefixes: string[] = [];
  let last = "";
  for (const item of all) {
    const end = delimiter ? item.key.indexOf(delimiter, prefix.length) : -1;
    const common = end < 0 ? undefined : item.key.slice(0, end + delimiter!.length);
    const name = common ?? item.key;
    if (name <= after || (common !== undefined && common === commonPrefixes.at(-1))) continue;
    if (items.length + commonPrefixes.length >= maxKeys) return { items, commonPrefixes, next: last };
    if (common === undefined) items.push(item);
    else commonPrefixes.push(common);
    last = name;
  }
  return { items, commonPrefixes, next: undefined };
}
