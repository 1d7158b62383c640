import Module, { createRequire } from "node:module";

/**
 * Keeps Pulumi's SDK from loading npm's Arborist; imported before the SDK. Arborist is 780 of the 1,700 modules that a
 * deploy would load, and takes 0.2 s of the processor. The SDK needs it only to serialise functions, which this program
 * has none of; should one be serialised, Arborist is loaded then.
 */
const requireOfSdk = createRequire(require.resolve("@pulumi/pulumi"));
const path = requireOfSdk.resolve("@npmcli/arborist");

if (!require.cache[path]) {
  require.cache[path] = Object.assign(new Module(path), {
    filename: path,
    loaded: true,
    exports: {
      __esModule: true,
      get Arborist() {
        delete require.cache[path];
        return requireOfSdk(path).Arborist;
      },
    },
  });
}
