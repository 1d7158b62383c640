/** Tags of every resource that takes tags: `project` and `stack`, and `service` and `colour` where they apply. */
export type Tags = Readonly<Record<string, string>>;

/** True if all wanted tags are among these. */
export function hasTags(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([key, value]) => tags[key] === value);
}

/** Returns tags as people read them, such as `project=shop, stack=prod`. */
export function tagsInWords(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}
