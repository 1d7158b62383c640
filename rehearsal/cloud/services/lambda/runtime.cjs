/*
 * The Node.js runtime of a Lambda function: `node runtime.cjs DIRECTORY HANDLER`, with an IPC channel. It gets one message,
 * `{ payload, routes }`, calls the handler of the code in the directory, and answers with `{ payload, isError }`.
 *
 * Connections to the hosts and ports in `routes` go to the ports of this machine that stand for them.
 */
const { Socket } = require("node:net");
const { join } = require("node:path");

const [directory, handler] = process.argv.slice(2);

process.once("message", ({ payload, routes }) => {
  divert(routes);
  run(payload).then(
    (result) => process.send({ payload: JSON.stringify(result ?? null), isError: false }),
    (error) =>
      process.send({ payload: JSON.stringify({ errorType: error.name, errorMessage: error.message }), isError: true }),
  );
});
process.once("disconnect", () => process.exit());

async function run(payload) {
  // The name of the file, and that of the function that it exports.
  const [, file, name] = /^(.+)\.(\w+)$/.exec(handler);
  return require(join(directory, file))[name](JSON.parse(payload));
}

function divert(routes) {
  const connect = Socket.prototype.connect;
  Socket.prototype.connect = function (...args) {
    // Node's own callers pass the arguments as one list that it has brought into order.
    const given = Array.isArray(args[0]) ? args[0] : args;
    const options =
      typeof given[0] === "object"
        ? given[0]
        : { port: given[0], ...(typeof given[1] === "string" && { host: given[1] }) };
    const route = routes.find(({ host, port }) => host === options.host && port === Number(options.port));
    if (!route) return connect.apply(this, args);
    const callback = given.find((one) => typeof one === "function");
    return connect.call(this, { ...options, host: "127.0.0.1", port: route.localPort, lookup: undefined }, callback);
  };
}
