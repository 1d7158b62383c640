import Module from "node:module";

/**
 * Keeps zod from loading its messages in fifty languages, which takes 17 ms of each start; imported before zod. Nothing here uses
 * them, and they are loaded when something does.
 */
const path = require.resolve("zod/v4/locales");

if (!require.cache[path]) {
  const load = () => {
    delete require.cache[path];
    return require(path) as object;
  };
  let loaded: object | undefined;
  const exports = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === "__esModule") return true;
        loaded ??= load();
        return Reflect.get(loaded, name);
      },
    },
  );
  require.cache[path] = Object.assign(new Module(path), { filename: path, loaded: true, exports });
}
