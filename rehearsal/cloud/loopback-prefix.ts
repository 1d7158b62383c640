import { InvalidArgumentError } from "commander";

/** The parser of the first two numbers of loopback addresses, such as `127.20`. */
export function loopbackPrefix(text: string): string {
  if (!/^127\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(text))
    throw new InvalidArgumentError(`wanted 127.N, such as 127.20, given ${text}`);
  return text;
}
