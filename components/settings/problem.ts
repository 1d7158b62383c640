/** Namespace of every config key of this program, such as `aoshingo:domain`, whatever the project is called. */
export const CONFIG_NAMESPACE = "aoshingo";

const LONGEST_VALUE_SHOWN = 60;
/** Shown in the place of a secret. */
const SECRET_SHOWN = "[secret]";

/**
 * One line about one wrong value: its path, the value given and the value wanted.
 *
 * @param given undefined for a value that is missing
 */
export function problem(path: readonly PropertyKey[], given: unknown, wanted: string): string {
  const shown = isSecret(path) ? "a value that is not shown" : short(given);
  return `${pathText(path)}: ${given === undefined ? "missing" : `given ${shown}`}, wanted ${wanted}`;
}

/**
 * One line about a key that no setting has.
 * @param known all keys of the block
 * @param meant the one that was probably meant
 */
export function unknownKey(path: readonly PropertyKey[], known: string, meant?: string): string {
  return `${pathText(path)}: unknown key, wanted ${meant === undefined ? known : `${meant}, or else one of ${known}`}`;
}

/** True where a user who misread the setting may have written a secret instead of the name of one. */
function isSecret([group, , setting, ofDatabase, ofSidecar]: readonly PropertyKey[]): boolean {
  const isOfService = setting === "secrets" || (setting === "sidecars" && ofSidecar === "secrets");
  const isOfDatabase = setting === "existing" && ofDatabase === "secret";
  return (
    (group === "services" && isOfService) ||
    (group === "databases" && isOfDatabase) ||
    group === "notify" ||
    group === "testHeader"
  );
}

/** A path as people write it, such as `aoshingo:services.users.size`. */
export function pathText(path: readonly PropertyKey[]): string {
  return `${CONFIG_NAMESPACE}:${path.map(step).join(".")}`;
}

/** A key in a path. A key that would break the line is quoted. */
function step(key: PropertyKey): string {
  const text = String(key);
  return /^[!-~]+$/.test(text) ? text : JSON.stringify(text);
}

function short(value: unknown): string {
  const text = JSON.stringify(value, withoutSecrets) ?? String(value);
  return text.length > LONGEST_VALUE_SHOWN ? `${text.slice(0, LONGEST_VALUE_SHOWN - 3)}...` : text;
}

/** Replaces what Pulumi writes in the place of a secret, for `JSON.stringify`: not even its ciphertext is shown. */
export function withoutSecrets(_key: string, value: unknown): unknown {
  return isPulumiSecret(value) ? SECRET_SHOWN : value;
}

function isPulumiSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "secure";
}
