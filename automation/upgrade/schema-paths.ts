/** What is used of a JSON schema. */
interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
}

/** What two versions of the settings' schema have each alone, as paths such as `services.*.streams.within`. */
export interface SchemaDifference {
  added: string[];
  removed: string[];
}

export function schemaDifference(old: object, next: object): SchemaDifference {
  const [before, after] = [pathsOf(old), pathsOf(next)];
  const outermost = (paths: Set<string>, others: Set<string>) =>
    [...paths].filter((path) => !others.has(path) && (!path.includes(".") || others.has(parentOf(path)))).sort();
  return { added: outermost(after, before), removed: outermost(before, after) };
}

function pathsOf(root: Schema): Set<string> {
  const paths = new Set<string>();
  const visit = (schema: Schema, path: string, seen: readonly string[]): void => {
    if (schema.$ref !== undefined) {
      if (seen.includes(schema.$ref)) return;
      const target = root.$defs?.[schema.$ref.replace(/^#\/\$defs\//, "")];
      if (target) visit(target, path, [...seen, schema.$ref]);
    }
    for (const one of schema.anyOf ?? []) visit(one, path, seen);
    const within = (name: string, inner: Schema) => {
      const below = path === "" ? name : `${path}.${name}`;
      paths.add(below);
      visit(inner, below, seen);
    };
    for (const [name, inner] of Object.entries(schema.properties ?? {})) within(name, inner);
    if (typeof schema.additionalProperties === "object") within("*", schema.additionalProperties);
  };
  visit(root, "", []);
  return paths;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("."));
}
