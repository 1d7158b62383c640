import { EXPOSURES, type Exposure, KINDS, type Kind } from "../schema/kinds";

export type Raw = Record<string, unknown>;

/**
 * What rules between settings read of a service, from values that may be wrong. A value that cannot be read counts as
 * absent.
 */
export interface RawService {
  name: string;
  values: Raw;
  kind: Kind | undefined;
  edges: readonly Exposure[];
  hasQueue: boolean;
  calls: readonly string[];
  sends: readonly string[];
  uses: readonly string[];
  /** From `egress`, or from `reaches`, its former name. */
  egress: readonly unknown[];
  hosts: readonly string[];
  /** Undefined for all paths. */
  paths: readonly string[] | undefined;
}

export function rawServices(services: unknown): RawService[] {
  return Object.entries(asMap(services)).map(([name, service]) => {
    const values = asMap(service);
    const kind = KINDS.find((each) => each === values.kind);
    return {
      name,
      values,
      kind,
      edges: kind === "worker" || kind === "job" ? [] : edgesOf(values.exposure),
      hasQueue: kind === "worker" && (values.queue === true || isMap(values.queue)),
      calls: asTexts(values.calls),
      sends: asTexts(values.sends),
      uses: asTexts(values.uses),
      egress: asList(values.egress ?? values.reaches),
      hosts: asTexts(values.hosts),
      paths: values.paths === undefined ? undefined : asTexts(values.paths),
    };
  });
}

function edgesOf(exposure: unknown): readonly Exposure[] {
  return exposure === undefined ? ["public"] : EXPOSURES.filter((edge) => asTexts(exposure).includes(edge));
}

function isMap(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asMap(value: unknown): Raw {
  return isMap(value) ? value : {};
}

export function asTexts(value: unknown): string[] {
  return asList(value).filter((item) => typeof item === "string");
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
