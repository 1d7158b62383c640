/**
 * Returns plain values as XML elements. It leaves undefined values out, and writes dates as ISO 8601.
 *
 * @param itemName element name of a list's items, from the list's own name
 */
export function elements(value: object, itemName: (list: string) => string): string {
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => `<${name}>${content(inner, name, itemName)}</${name}>`)
    .join("");
}

function content(value: unknown, name: string, itemName: (list: string) => string): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const item = itemName(name);
    return value.map((inner) => `<${item}>${content(inner, item, itemName)}</${item}>`).join("");
  }
  if (typeof value === "object" && value !== null) return elements(value, itemName);
  return String(value).replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
