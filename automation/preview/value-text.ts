/** Longer values are cut: who wants all of one reads the JSON. */
const MAX_CHARACTERS = 60;

/** A property's value for people, in one short line. ARNs without their account: it says nothing, and reports are read by many. */
export function valueText(value: unknown): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  const line = text.replace(/arn:[\w-]+:[\w-]*:[\w-]*:[\w-]*:/g, "").replace(/\s+/g, " ");
  const short = /sha256:[0-9a-f]{12}/.test(line) ? line.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/g, "$1…") : line;
  return short.length <= MAX_CHARACTERS ? short : `${short.slice(0, MAX_CHARACTERS - 1)}…`;
}
