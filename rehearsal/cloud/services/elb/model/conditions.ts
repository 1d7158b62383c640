import { AwsError } from "../../../kernel/aws-error";

/** A condition in the form of CreateRule, with exactly one of the fields. */
export interface ConditionInput {
  hostHeader?: { values?: string[] | undefined; regexValues?: string[] | undefined } | undefined;
  pathPattern?: { values: string[] } | undefined;
  httpHeader?: { httpHeaderName: string; values: string[] } | undefined;
}

export interface RuleConditions {
  hostHeaders: string[];
  hostRegexes: string[];
  pathPatterns: string[];
  /** All of them have to match. */
  httpHeaders: { name: string; values: string[] }[];
}

/** Limits over all conditions of a rule (E17). */
const MAX_VALUES = 5;
const MAX_WILDCARDS = 5;
/** Characters (E17). */
const MAX_VALUE_LENGTH = 128;

/** Characters of a header's name (E55). */
const MAX_HEADER_NAME = 40;
/** A token as RFC 9110 has it. */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const HOST = /^[A-Za-z0-9.*?-]+$/;
const PATH = /^[A-Za-z0-9_.$/~"'@:+&*?-]+$/;

/**
 * Validates the conditions of a rule and returns their values by field.
 * @throws AwsError ValidationError (E17)
 */
export function parseConditions(conditions: readonly ConditionInput[]): RuleConditions {
  if (conditions.length === 0) throw invalid("A rule must have at least one condition");
  const hosts = conditions.flatMap((condition) => condition.hostHeader ?? []);
  const paths = conditions.flatMap((condition) => condition.pathPattern ?? []);
  if (hosts.length > 1) throw invalid("A rule can have at most one 'host-header' condition");
  if (paths.length > 1) throw invalid("A rule can have at most one 'path-pattern' condition");
  const headers = conditions.flatMap((condition) => condition.httpHeader ?? []);
  if (hosts.length + paths.length + headers.length !== conditions.length) {
    throw invalid("Each condition must have exactly one field: 'host-header', 'path-pattern' or 'http-header'");
  }
  if (hosts.some(({ values, regexValues }) => values && regexValues)) {
    throw invalid("A host-header condition takes either values or regular expressions");
  }
  const hostHeaders = hosts.flatMap(({ values }) => values ?? []);
  const hostRegexes = hosts.flatMap(({ regexValues }) => regexValues ?? []);
  const pathPatterns = paths.flatMap((condition) => condition.values);
  const given = [
    ...hosts.map(({ values, regexValues }) => values ?? regexValues ?? []),
    ...[...paths, ...headers].map(({ values }) => values),
  ];
  if (given.some((values) => values.length === 0)) throw invalid("A condition value must be specified");
  for (const host of hostHeaders) checkHost(host);
  for (const regex of hostRegexes) checkHostRegex(regex);
  for (const path of pathPatterns) checkPath(path);
  for (const header of headers) checkHeader(header);
  checkCounts(given.flat(), [...hostHeaders, ...pathPatterns, ...headers.flatMap(({ values }) => values)]);
  const httpHeaders = headers.map(({ httpHeaderName, values }) => ({ name: httpHeaderName, values }));
  return { hostHeaders, hostRegexes, pathPatterns, httpHeaders };
}

/** @param patterns those of the values in which `*` and `?` are wildcards */
function checkCounts(values: string[], patterns: string[]): void {
  if (values.length > MAX_VALUES) throw invalid(`A rule can only have '${MAX_VALUES}' condition values`);
  const wildcards = patterns.join("").replace(/[^*?]/g, "").length;
  if (wildcards > MAX_WILDCARDS) throw invalid(`A rule can only have '${MAX_WILDCARDS}' condition wildcards`);
}

function checkHost(host: string): void {
  if (host === "") throw invalid("A condition value cannot be empty");
  if (host.length > MAX_VALUE_LENGTH) {
    throw invalid(`The host-header value '${host}' cannot be longer than '${MAX_VALUE_LENGTH}' characters`);
  }
  if (!HOST.test(host)) {
    throw invalid(`The host-header value '${host}' may contain only A-Z a-z 0-9 - . * ?`);
  }
  if (!/\.[A-Za-z]+$/.test(host)) {
    throw invalid(`The host-header value '${host}' must have a dot, and only letters after the last one`);
  }
}

function checkHostRegex(regex: string): void {
  if (regex === "") throw invalid("A condition value cannot be empty");
  if (regex.length > MAX_VALUE_LENGTH) {
    throw invalid(
      `The host-header regular expression '${regex}' cannot be longer than '${MAX_VALUE_LENGTH}' characters`,
    );
  }
  try {
    new RegExp(regex);
  } catch {
    throw invalid(`The host-header regular expression '${regex}' is not valid`);
  }
}

function checkPath(path: string): void {
  if (path === "") throw invalid("A condition value cannot be empty");
  if (path.length > MAX_VALUE_LENGTH) {
    throw invalid(`The path-pattern value '${path}' cannot be longer than '${MAX_VALUE_LENGTH}' characters`);
  }
  if (!PATH.test(path)) throw invalid(`The path-pattern value '${path}' has a character that ELB does not allow`);
}

/** @throws AwsError ValidationError (E55), without the values: they may be secret */
function checkHeader({ httpHeaderName: name, values }: { httpHeaderName: string; values: string[] }): void {
  if (name.length > MAX_HEADER_NAME || !HEADER_NAME.test(name)) {
    throw invalid(`The HTTP header name '${name}' is not valid`);
  }
  if (name.toLowerCase() === "host") {
    throw invalid("An http-header condition cannot specify the host header; use a host-header condition");
  }
  if (values.some((value) => value === "" || value.length > MAX_VALUE_LENGTH)) {
    throw invalid(`A value of the HTTP header '${name}' must have 1 to ${MAX_VALUE_LENGTH} characters`);
  }
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}
