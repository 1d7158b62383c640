import type { Protocol } from "./service";

/** AWS Query (ELBv2, Auto Scaling): a form with an Action in, XML out. Lists are `<member>` elements. */
export const queryProtocol: Protocol = {
  contentType: "text/xml",
  read: (_, body) => {
    const { Action, Version: _version, ...input } = Object.fromEntries(new URLSearchParams(body));
    return { operation: Action ?? "", input };
  },
  write: (operation, output) =>
    `<${operation}Response><${operation}Result>${elements(output)}</${operation}Result></${operation}Response>`,
  writeError: (code, message) =>
    `<ErrorResponse><Error><Type>Sender</Type>${elements({ Code: code, Message: message })}</Error></ErrorResponse>`,
};

function elements(value: object): string {
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => `<${name}>${content(inner)}</${name}>`)
    .join("");
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((member) => `<member>${content(member)}</member>`).join("");
  if (typeof value === "object" && value !== null) return elements(value);
  return String(value).replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
