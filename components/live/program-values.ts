import type { ServiceSettings, Settings } from "../settings/settings";

/**
 * What the program passes to a service besides its settings, because only the program knows it: values from resources of
 * its own. The stack's outputs have them as the last `up` left them, and a release takes them along like settings.
 */
export interface ProgramValues {
  /** Environment variables. */
  env: Record<string, string>;
  /** IAM statements for its code. */
  iam: { actions: string[]; resources: string[] }[];
}

/** The same of all services. */
export function servicesWithProgramValues(
  services: Settings["services"],
  outputs: Readonly<Record<string, { program?: ProgramValues }>> | undefined,
): Settings["services"] {
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, withProgramValues(service, outputs?.[name])]),
  );
}

/** A service's settings with what the program passes: what its next release is deployed with. */
export function withProgramValues<Known extends Pick<ServiceSettings, "env" | "iam">>(
  settings: Known,
  outputs: { program?: ProgramValues } | undefined,
): Known {
  const { program } = outputs ?? {};
  if (!program) return settings;
  return { ...settings, env: { ...settings.env, ...program.env }, iam: [...settings.iam, ...program.iam] };
}
