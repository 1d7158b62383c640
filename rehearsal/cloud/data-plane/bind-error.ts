/** Returns a message of one line that says what could not be bound, why, and what to do. */
export function bindErrorMessage(
  error: NodeJS.ErrnoException,
  listener: { name: string; address: string; port: number },
  platform: NodeJS.Platform = process.platform,
): string {
  const what = `${listener.name} cannot listen on ${listener.address}:${listener.port}`;
  switch (error.code) {
    case "EADDRINUSE":
      return `${what}: another process already does. Stop it (lsof -i :${listener.port} names it) or use another port offset.`;
    case "EADDRNOTAVAIL":
      return platform === "darwin"
        ? `${what}: this machine does not have the address. Add it with: sudo ifconfig lo0 alias ${listener.address} up`
        : `${what}: this machine does not have the address. Use addresses inside 127.0.0.0/8.`;
    case "EACCES":
      return `${what}: ports below 1024 need special permissions here. Use a port offset of 1024 or more.`;
    default:
      return `${what}: ${error.message}`;
  }
}
