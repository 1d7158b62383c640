/** Returns the element name of a list's items from the list's own name; null if the list has no element around it. */
export type ItemName = (list: string) => string | null;

/** Returns plain values as XML elements. It leaves undefined values out, and writes dates as ISO 8601. */
export function elements(value: object, itemName: ItemName): string {
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .flatMap(([name, inner]) => {
      const all = Array.isArray(inner) && itemName(name) === null ? inner : [inner];
      return all.map((one) => `<${name}>${content(one, name, itemName)}</${name}>`);
    })
    .join("");
}

/** Returns the text that XML stands for. */
export function unescaped(xml: string): string {
  return xml
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}

function content(value: unknown, name: string, itemName: ItemName): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const item = itemName(name) ?? name;
    return value.map((inner) => `<${item}>${content(inner, item, itemName)}</${item}>`).join("");
  }
  if (typeof value === "object" && value !== null) return elements(value, itemName);
  return String(value).replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
