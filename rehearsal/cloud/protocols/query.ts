import type { Input, Protocol } from "./service";
import { elements } from "./xml";

/** The SDK sends the version of the interface, such as `2011-12-05`. Nothing here depends on it. */
const VERSION_KEY = "Version";

/** AWS Query (ELBv2, Auto Scaling, STS): a form with an Action in, XML out. Lists are `<member>` elements. */
export const queryProtocol: Protocol = {
  contentType: "text/xml",
  refusals: { accessDenied: "AccessDenied", unknownKey: "InvalidClientTokenId", expiredToken: "ExpiredToken" },
  read: (_, body) => {
    const {
      Action,
      [VERSION_KEY]: _version,
      ...input
    } = structureOf([...new URLSearchParams(body.toString())]) as Input;
    return { operation: String(Action ?? ""), input };
  },
  write: (operation, output) =>
    `<${operation}Response><${operation}Result>${members(output)}</${operation}Result></${operation}Response>`,
  writeError: (code, message) =>
    `<ErrorResponse><Error><Type>Sender</Type>${members({ Code: code, Message: message })}</Error></ErrorResponse>`,
};

/** `Actions.member.1.Type` is the key `Type` of the first item of the list `Actions`. */
function structureOf(fields: readonly (readonly [path: string, value: string])[]): unknown {
  const own = fields.find(([path]) => path === "");
  if (own) return own[1];
  const inner = new Map<string, [string, string][]>();
  for (const [path, value] of fields) {
    const [key = "", ...rest] = path.split(".");
    inner.set(key, [...(inner.get(key) ?? []), [rest.join("."), value]]);
  }
  const keys = [...inner.keys()];
  const values = keys.map((key) => structureOf(inner.get(key)!));
  if (keys.length === 1 && keys[0] === "member") return values[0];
  // Only the items of a list have numbers for names, and the SDK sends them in order.
  if (keys.every((key) => /^\d+$/.test(key))) return values;
  return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
}

function members(value: object): string {
  return elements(value, () => "member");
}
