/*
 * Opens listening sockets inside a container's network namespace for the cloud's own process, which is outside:
 * `node listen-inside.cjs PORT...`, with an IPC channel. Each port listens on the namespace's 127.0.0.1; 0 means any
 * free one. A socket belongs to the namespace in which it was opened, whoever takes its connections. The process ends
 * with the channel, also where that breaks off in the middle of a message, of which Node does not tell.
 */
const { createServer } = require("node:net");

/** Connections that the system may queue while the cloud's process is busy. */
const BACKLOG = 1024;
const LOOK_MS = 1000;

/** Ends the process if nobody gets the message. */
const orExit = (error) => error && process.exit(1);

for (const [index, port] of process.argv.slice(2).entries()) {
  const server = createServer();
  server.once("error", ({ message }) => process.send({ failed: message }, undefined, undefined, orExit));
  server.listen({ host: "127.0.0.1", port: Number(port), backlog: BACKLOG }, () =>
    process.send({ index, port: server.address().port }, server, undefined, orExit),
  );
}
process.once("disconnect", () => process.exit());
setInterval(() => process.connected || process.exit(), LOOK_MS);
