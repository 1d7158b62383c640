// Keeps a process alive, as a project's program does that starts a server.
setInterval(() => {}, 1_000_000);
