import type { Input, Protocol } from "./service";
import { elements } from "./xml";

/** What the version of an interface looks like in its form: `2011-12-05`. The SDK sends it, nothing here depends on it. */
const VERSION_KEY = "Version";
/** One item of a list: `AutoScalingGroupNames.member.1`. */
const LIST_ITEM = /^(.+)\.member\.\d+$/;

/** AWS Query (ELBv2, Auto Scaling, STS): a form with an Action in, XML out. Lists are `<member>` elements. */
export const queryProtocol: Protocol = {
  contentType: "text/xml",
  refusals: { accessDenied: "AccessDenied", unknownKey: "InvalidClientTokenId" },
  read: (_, body) => {
    const { Action, [VERSION_KEY]: _version, ...input } = fields(new URLSearchParams(body));
    return { operation: String(Action ?? ""), input };
  },
  write: (operation, output) =>
    `<${operation}Response><${operation}Result>${members(output)}</${operation}Result></${operation}Response>`,
  writeError: (code, message) =>
    `<ErrorResponse><Error><Type>Sender</Type>${members({ Code: code, Message: message })}</Error></ErrorResponse>`,
};

/** Lists of plain values become arrays; deeper structures stay under their flat names and are refused by the operation. */
function fields(form: URLSearchParams): Input {
  const input: Input = {};
  for (const [key, value] of form) {
    const list = LIST_ITEM.exec(key)?.[1];
    if (list === undefined) input[key] = value;
    else input[list] = [...((input[list] as string[] | undefined) ?? []), value];
  }
  return input;
}

function members(value: object): string {
  return elements(value, () => "member");
}
