import { projectSettings } from "../../core/project";
import type { ExportedState } from "../../stack/exported-state";
import { backendUrlOf } from "../../stack/recovery/backend-url";
import { type Check, type Finding, ok, todo } from "../check";

/** Pulumi's backend answers, the stack's state can be read, and secrets in it are encrypted. */
export const state: Check = {
  name: "Pulumi state",
  async look({ state: exported, environment }) {
    const backend = backendUrlOf(projectSettings(), environment);
    try {
      return [judgeState(await exported(), backend)];
    } catch (error) {
      return [
        todo(
          `the stack cannot be read${backend === "" ? "" : ` from ${withoutQuery(backend)}`}: ${(error as Error).message}`,
          "`pulumi whoami --verbose` and `pulumi stack ls` show what the backend says",
        ),
      ];
    }
  },
};

export function judgeState({ deployment }: ExportedState, backend: string): Finding {
  const resources = deployment?.resources?.length ?? 0;
  const secrets = deployment?.secrets_providers?.type;
  const where = backend === "" ? "" : ` in ${withoutQuery(backend)}`;
  const local = backend.startsWith("file:") ? ", on this machine alone" : "";
  const seen = `${resources} resources${where}${local}`;
  if (resources === 0) return todo(`nothing is there yet${where}`, "bring the infrastructure up with `pulumi up`");
  if (secrets === undefined)
    return todo(`${seen}; secrets are not encrypted`, "`pulumi stack change-secrets-provider` encrypts them");
  return ok(`${seen}; secrets encrypted by ${secrets}`);
}

/** A backend's options may hold a key's name. */
function withoutQuery(url: string): string {
  return url.split("?")[0]!;
}
