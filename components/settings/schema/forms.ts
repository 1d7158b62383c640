import ipaddr from "ipaddr.js";
import { z } from "zod";
import { orList } from "../../core/or-list";
import { isTimeZone } from "../../core/time-zone";

// Texts in `describe` are shown by editors (docs/settings.schema.json). Texts in `error` end the line about a wrong
// value: "..., wanted <text>".

/** A name whose label with "-test" appended fits into DNS, and whose derived names fit into AWS's limits. */
export const SERVICE_NAME = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,29}$/;
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
export const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** Systems Manager requires a leading slash in a name that contains one. */
export const SECRET = /^(?:ssm:(?:[\w.-]+|(?:\/[\w.-]+)+)|secretsmanager:[\w/+=.@-]+)$/;
const ZONE_WANTED = "a time zone, such as Asia/Tokyo";
export const timeZone = () => z.string({ error: ZONE_WANTED }).refine(isTimeZone, ZONE_WANTED);

export const wholeNumber = (min: number, max: number) => {
  const wanted = `a whole number from ${min} to ${max}`;
  return z.int({ error: wanted }).min(min, wanted).max(max, wanted);
};

/** Seconds; fractions are for rehearsals, in which time runs faster. */
export const seconds = () => {
  const wanted = "a number of seconds from 0 to 3600";
  return z.number({ error: wanted }).min(0, wanted).max(3600, wanted);
};

export const text = (pattern: RegExp, wanted: string) => z.string({ error: wanted }).regex(pattern, wanted);
export const command = () => z.string({ error: "a shell command" }).min(1, "a shell command");
export const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, { error: orList(values) });

export const object = <T extends Record<string, z.ZodType>>(shape: T) => {
  const keys = Object.keys(shape).filter((key) => !shape[key]!.meta()?.deprecated);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? orList(keys) : "a map of settings"),
  });
};

export const list = <T extends z.ZodType<string>>(item: T, wanted: string) =>
  z
    .array(item, { error: wanted })
    .refine((items) => new Set(items).size === items.length, `${wanted}, each once`)
    .meta({ uniqueItems: true });

/** The rules between settings check the keys, because a wrong key must not hide what is wrong with its value. */
export const map = <T extends z.ZodType>(keys: RegExp, value: T, wanted: string) =>
  z.record(z.string(), value, { error: wanted }).meta({ propertyNames: { pattern: keys.source } });

export const SECURITY_GROUP = /^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
export const SECURITY_GROUP_WANTED = "the id of a security group, such as sg-0123456789abcdef0";

export const VARIABLES_WANTED = "a map from variable names to values";

const SECRET_WANTED = "where the value is kept, such as ssm:/prod/users/token or secretsmanager:prod/users/token";

/** Says which part of a reference is wrong, without the text: it may be the secret itself. */
export const secret = () =>
  z
    .string({ error: SECRET_WANTED })
    .regex(SECRET, { error: ({ input }) => secretMeant(String(input)) ?? SECRET_WANTED });

function secretMeant(given: string): string | undefined {
  if (/^(?:\w+:)?arn:/.test(given)) return "the name alone and no ARN, such as secretsmanager:prod/users/token";
  return /^ssm:[^/]+\//.test(given)
    ? "a slash after ssm:, as in ssm:/prod/users/token: the name of a parameter with levels begins with one"
    : undefined;
}

/** An IPv4 network whose length is within the limits. */
export const network = (minLength: number, maxLength: number, wanted: string) => {
  const isTaken = (cidr: string) => isNetwork(cidr, minLength, maxLength);
  return z
    .string({ error: wanted })
    .refine(isTaken, { error: ({ input }) => networksMeant(String(input)).find(isTaken) ?? wanted });
};

/** The networks that an address, or an address with a length, may stand for. */
function networksMeant(given: string): string[] {
  if (ipaddr.IPv4.isValidFourPartDecimal(given)) return [`${given}/32`];
  return ipaddr.IPv4.isValidCIDR(given) ? [canonical(given)] : [];
}

/** True for an IPv4 network in its canonical form, such as `10.20.0.0/24`, whose length is within the limits. */
function isNetwork(cidr: string, minLength: number, maxLength: number): boolean {
  if (!ipaddr.IPv4.isValidCIDR(cidr)) return false;
  const [, length] = ipaddr.IPv4.parseCIDR(cidr);
  return cidr === canonical(cidr) && length >= minLength && length <= maxLength;
}

function canonical(cidr: string): string {
  return `${ipaddr.IPv4.networkAddressFromCIDR(cidr)}/${ipaddr.IPv4.parseCIDR(cidr)[1]}`;
}
