import { countOf } from "../../../components/core/count-of";
import { projectSettings } from "../../core/project";
import type { ExportedState } from "../../stack/exported-state";
import { backendUrlOf } from "../../stack/recovery/backend-url";
import { type Check, type Finding, ok, todo } from "../check";

/** Checks that the Pulumi backend answers, that the stack's state can be read, and that its secrets are encrypted. */
export const state: Check = {
  name: "Pulumi state",
  async examine({ state: exported, environment }) {
    const backend = backendUrlOf(projectSettings(), environment);
    try {
      return [stateFinding(await exported(), backend)];
    } catch (error) {
      return [
        todo(
          `cannot read the stack${backend === "" ? "" : ` from ${withoutQuery(backend)}`}: ${(error as Error).message}`,
          "find the cause with `pulumi whoami --verbose` and `pulumi stack ls`",
        ),
      ];
    }
  },
};

export function stateFinding({ deployment }: ExportedState, backend: string): Finding {
  const resources = deployment?.resources?.length ?? 0;
  const secrets = deployment?.secrets_providers?.type;
  const where = backend === "" ? "" : ` in ${withoutQuery(backend)}`;
  const local = backend.startsWith("file:") ? ", on this machine only" : "";
  const found = `${countOf(resources, "resource")}${where}${local}`;
  if (resources === 0)
    return todo(`the stack has no resources yet${where}`, "create the infrastructure with `pulumi up`");
  if (secrets === undefined)
    return todo(`${found}; secrets are not encrypted`, "`pulumi stack change-secrets-provider` encrypts them");
  return ok(`${found}; secrets encrypted by ${secrets}`);
}

/** Returns the URL without its query, which may hold the name of a key. */
function withoutQuery(url: string): string {
  return url.split("?")[0]!;
}
