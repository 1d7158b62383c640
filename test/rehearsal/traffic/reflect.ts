// @peculiar/x509 is built on a library that wants these two functions of the `reflect-metadata` package to be there. It only
// ever stores values by key and class, so this is all of it that is needed.
const values = new WeakMap<object, Map<unknown, unknown>>();

function getMetadata(key: unknown, target: object): unknown {
  return values.get(target)?.get(key);
}

function defineMetadata(key: unknown, value: unknown, target: object): void {
  values.set(target, (values.get(target) ?? new Map()).set(key, value));
}

if (!("getMetadata" in Reflect)) Object.assign(Reflect, { getMetadata, getOwnMetadata: getMetadata, defineMetadata });
