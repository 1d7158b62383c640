import type { AwsCall } from "../kernel/aws-services";
import type { Properties } from "../provider/wire";
import { type ApiModel, inputOf, type Shape } from "./api-models";
import { REQUESTS, type RequestForm } from "./requests";

/** Returns the inputs of the calls that an operation makes with these arguments. */
export function requestsOf(token: string, operation: "create" | "update", args: Properties): [AwsCall, object][] {
  return (REQUESTS[token] ?? [])
    .filter(({ on }) => on === undefined || on === operation)
    .map((form) => [form.call, requestOf(form, args)]);
}

/** Returns the path of the member that an argument becomes; undefined if the call has none for it. */
export function memberFor(form: RequestForm, argument: string): string | undefined {
  const input = inputOf(form.call);
  const named = form.members?.[argument];
  if (!input || named !== undefined) return named;
  const own = sameName(input.shape, argument);
  if (own !== undefined || form.below === undefined) return own;
  const below = shapeAt(input.model, input.shape, form.below.split("."));
  const inner = below && sameName(below, argument);
  return inner === undefined ? undefined : `${form.below}.${inner}`;
}

function requestOf(form: RequestForm, args: Properties): object {
  const input = inputOf(form.call);
  if (!input) return {};
  const { model, shape } = input;
  const request = {};
  const put = (value: unknown, path: string, argument: string) => {
    const steps = path.split(".");
    const target = shapeAt(model, shape, steps);
    if (!target) return;
    const one = (item: unknown) => converted(model, target, item, argument, form.members ?? {});
    // Each of several values is in an item of its own, such as the values of a record.
    const isEach = target.type !== "list" && shapeAt(model, shape, steps.slice(0, -1))?.type === "list";
    if (isEach && Array.isArray(value)) place(model, shape, request, steps, value.map(one), true);
    else place(model, shape, request, steps, one(value), false);
  };
  for (const [argument, value] of Object.entries(args)) {
    const member = memberFor(form, argument);
    if (value === undefined || value === null || member === undefined) continue;
    if (member !== "") put(value, member, argument);
    // The argument's own arguments are members of the input.
    else {
      for (const [inner, one] of Object.entries(value as Properties)) {
        const path = form.members?.[`${argument}.${inner}`];
        if (one !== undefined && path !== undefined) put(one, path, `${argument}.${inner}`);
      }
    }
  }
  return request;
}

/**
 * Puts a value at a path. A list on the way gets one item.
 * @param isEach true if the value is a list whose items are in items of their own
 */
function place(
  model: ApiModel,
  shape: Shape,
  into: object,
  [step = "", ...rest]: string[],
  value: unknown,
  isEach: boolean,
): void {
  const holder = into as Record<string, unknown>;
  const inner = model.shapes[shape.members?.[step] ?? ""];
  if (rest.length === 0 || !inner) {
    holder[step] = value;
    return;
  }
  if (inner.type !== "list") {
    holder[step] ??= {};
    place(model, inner, holder[step] as object, rest, value, isEach);
    return;
  }
  const item = model.shapes[inner.member ?? ""]!;
  if (isEach && rest.length === 1) {
    holder[step] = (value as unknown[]).map((one) => ({ [rest[0]!]: one }));
    return;
  }
  holder[step] ??= [{}];
  place(model, item, (holder[step] as object[])[0]!, rest, value, isEach);
}

/** Follows a path of members through structures and the items of lists. */
function shapeAt(model: ApiModel, shape: Shape, [step, ...rest]: string[]): Shape | undefined {
  if (step === undefined) return shape;
  const structure = shape.type === "list" ? model.shapes[shape.member ?? ""] : shape;
  const inner = model.shapes[structure?.members?.[step] ?? ""];
  return inner && shapeAt(model, inner, rest);
}

/** Returns an argument's value in the form of its shape. */
function converted(
  model: ApiModel,
  shape: Shape,
  value: unknown,
  argument: string,
  members: Readonly<Record<string, string>>,
): unknown {
  const inner = (name: string | undefined, one: unknown, at = argument) => {
    const target = model.shapes[name ?? ""];
    return target ? converted(model, target, one, at, members) : one;
  };
  if (shape.type === "structure" && Array.isArray(value)) return converted(model, shape, value[0], argument, members);
  if (shape.type === "structure" && isRecord(value)) {
    const entries = Object.entries(value).flatMap(([key, one]) => {
      const path = `${argument}.${key}`;
      const name = members[path] ?? sameName(shape, key);
      return name === undefined || one === undefined ? [] : [[name, inner(shape.members?.[name], one, path)]];
    });
    return Object.fromEntries(entries);
  }
  if (shape.type === "list") {
    const items = isRecord(value) && isTag(model, shape) ? tagList(model, shape, value) : [value].flat();
    return items.map((item) => inner(shape.member, item));
  }
  if (shape.type === "string") return Array.isArray(value) ? value.join(",") : String(value);
  return value;
}

function isTag(model: ApiModel, list: Shape): boolean {
  const item = model.shapes[list.member ?? ""];
  return item !== undefined && sameName(item, "key") !== undefined && sameName(item, "value") !== undefined;
}

function tagList(model: ApiModel, list: Shape, tags: Properties): object[] {
  const item = model.shapes[list.member ?? ""]!;
  return Object.entries(tags).map(([key, value]) => ({
    [sameName(item, "key")!]: key,
    [sameName(item, "value")!]: value,
  }));
}

/** Returns the member with an argument's name, whatever its capitals and whether it is singular or plural. */
function sameName({ members = {} }: Shape, argument: string): string | undefined {
  const wanted = plain(argument);
  return (
    Object.keys(members).find((name) => name.toLowerCase() === argument.toLowerCase()) ??
    Object.keys(members).find((name) => plain(name) === wanted)
  );
}

function plain(name: string): string {
  return name.toLowerCase().replace(/s$/, "");
}

function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
