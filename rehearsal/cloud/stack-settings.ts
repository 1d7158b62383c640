import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parse } from "yaml";
import { asTexts } from "../../components/settings/rules/raw-service";
import {
  type ExistingDatabase,
  type ExistingNetwork,
  existingDatabasesOf,
  existingNetworkOf,
  settingsOf,
} from "../../components/settings/settings";
import { STACK } from "./settings-source";

/** What a stack's settings name that exists before the stack, and that this cloud therefore has from the start. */
interface Beforehand {
  /** Null for a network that the stack makes. */
  network: ExistingNetwork | null;
  /** Domains beside the stack's own: each has a public hosted zone. */
  furtherDomains: readonly string[];
  /** Databases of another owner, by name. */
  databases: Readonly<Record<string, ExistingDatabase>>;
}

/** What a cloud takes from a stack's settings where its command line does not say it. */
export interface StackPlace {
  stack: string;
  region: string;
  domain: string;
  /** Name of the first service; undefined if there is none. */
  service: string | undefined;
}

const NOWHERE: StackPlace = { stack: STACK, region: "ap-northeast-1", domain: "rehearsal.test", service: undefined };

/** @param file path of a `Pulumi.<stack>.yaml`; undefined outside of a project */
export function placeOf(file: string | undefined): StackPlace {
  if (file === undefined) return NOWHERE;
  const [, stack = STACK] = /Pulumi\.(.+)\.yaml$/.exec(basename(file)) ?? [];
  try {
    const config = configIn(file);
    const { domain, services } = settingsOf(config) as { domain?: unknown; services?: object };
    return {
      stack,
      region: String(config["aws:region"] ?? NOWHERE.region),
      domain: String(domain ?? NOWHERE.domain),
      service: Object.keys(services ?? {})[0],
    };
  } catch {
    return { ...NOWHERE, stack };
  }
}

export const NOTHING_BEFOREHAND: Beforehand = { network: null, furtherDomains: [], databases: {} };

/** Nothing where the file is missing or cannot be read; what is wrong with the settings the program says. */
export function beforehandOf(settingsFile: string): Beforehand {
  try {
    const { network, furtherDomains, databases } = settingsOf(configIn(settingsFile));
    return {
      network: existingNetworkOf(network),
      furtherDomains: asTexts(furtherDomains),
      databases: existingDatabasesOf(databases),
    };
  } catch {
    return NOTHING_BEFOREHAND;
  }
}

function configIn(file: string): Record<string, unknown> {
  const { config = {} } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  return config;
}
