import { join } from "node:path";
import type { Kind } from "../../components/settings/settings";
import { PACKAGE_DIRECTORY } from "../core/package-directory";
import { filesOf } from "../core/template-files";

/** Stands for the service's name in templates. */
const PLACEHOLDER = /__NAME__/g;

/** Returns the files of a new service, by path below its folder. */
export function serviceFiles(service: string, kind: Kind): Map<string, string> {
  const files = filesOf(join(PACKAGE_DIRECTORY, "templates", kind));
  return new Map([...files].map(([path, text]) => [path, text.replace(PLACEHOLDER, service)]));
}

/** Returns the block of settings for these files. */
export function serviceBlock(service: string, kind: Kind): Record<string, unknown> {
  if (kind === "job") return { kind, schedule: "rate(1 day)" };
  return {
    kind,
    ...(kind === "worker" && { queue: true }),
    size: 1,
    test: `node -r ts-node/register services/${service}/deploy-test/main.ts`,
  };
}
