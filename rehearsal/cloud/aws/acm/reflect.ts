/**
 * Stands in for the package `reflect-metadata`, which a library under @peculiar/x509 wants to find: values by class and key.
 * Import it before @peculiar/x509.
 */
const values = new WeakMap<object, Map<unknown, unknown>>();

function getMetadata(key: unknown, target: object): unknown {
  return values.get(target)?.get(key);
}

function defineMetadata(key: unknown, value: unknown, target: object): void {
  const ofTarget = values.get(target) ?? new Map<unknown, unknown>();
  values.set(target, ofTarget.set(key, value));
}

if (!("getMetadata" in Reflect)) Object.assign(Reflect, { getMetadata, getOwnMetadata: getMetadata, defineMetadata });
