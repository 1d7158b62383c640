import { nearest } from "../../components/core/nearest";
import { UserError } from "../../components/core/user-error";
import { CONFIG_NAMESPACE } from "../../components/settings/settings";
import { ANY, pathText, type Setting, withAllBelow } from "./setting-tree";

/** Most names that the line about a wrong one proposes. */
const MOST_PROPOSED = 4;

/** Returns the keys of a path as people type it: `aoshingo:deploy.ramp` and `deploy.ramp` are the same. */
function askedPath(text: string): string[] {
  return text
    .replace(new RegExp(`^${CONFIG_NAMESPACE}:`), "")
    .split(".")
    .filter((key) => key !== "");
}

/** A setting that was asked for, and the path with the keys that were named, such as `services.users.size`. */
export interface Found {
  readonly setting: Setting;
  readonly path: readonly string[];
}

/**
 * Finds the setting with a path. `*` stands for any service, database or place in a list, and may be left out; so may the
 * beginning of the path, if only one setting ends like that.
 * @throws UserError with the nearest names, or with all that end like that
 */
export function findSetting(text: string, tree: readonly Setting[]): Found {
  const asked = askedPath(text);
  const settings = withAllBelow(tree);
  for (const way of WAYS) {
    const found = settings.flatMap((setting) => {
      const path = way(setting, asked);
      return path ? [{ setting, path }] : [];
    });
    if (found.length === 1) return found[0]!;
    if (found.length > 1)
      throw new UserError(
        `${text}: several settings end like that, wanted one of ${pathsOf(found.map(({ setting }) => setting)).join(", ")}`,
      );
  }
  const proposed = proposals(asked, settings);
  throw new UserError(
    `${text}: no such setting, wanted ${proposed.length > 0 ? proposed.join(" or ") : "one of those that `npx aoshingo explain` lists"}`,
  );
}

/** True if one of the paths begins with the other; `*` fits any key. */
export function isRelated(one: readonly string[], other: readonly string[]): boolean {
  return one.slice(0, other.length).every((key, place) => fits(key, other[place]!));
}

/** How a path may name a setting, the surest way first. Each returns the whole path, or null. */
const WAYS: readonly ((setting: Setting, asked: readonly string[]) => readonly string[] | null)[] = [
  ({ path }, asked) => (path.length === asked.length && isRelated(path, asked) ? asked : null),
  ({ path }, asked) => withStars(path, asked),
  // One service, or a variable of one.
  ({ path, hasEntries }, asked) =>
    hasEntries && asked.length === path.length + 1 && isRelated(path, asked) ? asked : null,
  ({ path }, asked) => endLike(path, asked),
];

function fits(key: string, asked: string): boolean {
  return key === asked || key === ANY || asked === ANY;
}

/** What was asked for with the keys between, if the path is that when keys that users choose are left out. */
function withStars([key, ...rest]: readonly string[], asked: readonly string[]): string[] | null {
  const [first, ...others] = asked;
  if (key === undefined || first === undefined) return key === first ? [] : null;
  const named = fits(key, first) ? withStars(rest, others) : null;
  if (named) return [first, ...named];
  const left = key === ANY ? withStars(rest, asked) : null;
  return left && [ANY, ...left];
}

/** The whole path, if its end is what was asked for. */
function endLike(path: readonly string[], asked: readonly string[]): string[] | null {
  for (const [place, key] of path.entries()) {
    const end = key === asked[0] ? withStars(path.slice(place), asked) : null;
    if (end) return [...path.slice(0, place), ...end];
  }
  return null;
}

/** The settings whose own name is the nearest; of those in several blocks the ones in the block that was named. */
function proposals(asked: readonly string[], settings: readonly Setting[]): string[] {
  const known = settings.filter(({ isDeprecated }) => !isDeprecated);
  const names = nearest(asked.at(-1) ?? "", [...new Set(known.map(({ path }) => path.at(-1)!))]);
  const alike = pathsOf(known.filter(({ path }) => names.includes(path.at(-1)!)));
  const inBlock = alike.filter((path) => path.split(".")[0] === asked[0]);
  return (inBlock.length > 0 ? inBlock : alike).slice(0, MOST_PROPOSED);
}

function pathsOf(settings: readonly Setting[]): string[] {
  return settings.map(({ path }) => pathText(path));
}
