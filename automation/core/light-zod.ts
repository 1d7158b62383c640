import Module from "node:module";

/*
 * Makes a start of zod cheap; imported before zod.
 *
 * Its messages in fifty languages take 17 ms of each start. Nothing here uses them, and they are loaded when something does.
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

/*
 * zod writes a function for each shape and compiles it when the shape is first checked. Here most shapes are checked once in a process:
 * without that, `status` takes some 8 ms less. This is what `z.config({ jitless: true })` sets, without loading zod for it.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
