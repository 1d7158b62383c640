import { type Linked, TYPES } from "../../policy/linked";
import type { World } from "../components/world";

/**
 * A world's resources with their links, as the engine knows them. They are found by the values that the mocks return,
 * which name the resource.
 */
export function linkedWorld({ resources }: World): Linked[] {
  const linked = resources.map((resource) => ({ ...resource, links: {} as Record<string, Linked[]> }));
  const known = Object.values(TYPES);
  const byArn = new Map(
    linked.filter(({ type }) => known.includes(type)).map((resource) => [`${resource.name}.arn`, resource]),
  );
  for (const { inputs, links } of linked) {
    for (const [input, value] of Object.entries(inputs)) {
      links[input] = stringsIn(value).flatMap((text) => byArn.get(text) ?? []);
    }
  }
  return linked;
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
