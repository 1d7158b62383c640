/** One line for a person: what could not be bound, why, and what to do. */
export function bindErrorMessage(
  error: NodeJS.ErrnoException,
  place: { who: string; address: string; port: number },
  platform: NodeJS.Platform = process.platform,
): string {
  const what = `${place.who} cannot listen on ${place.address}:${place.port}`;
  switch (error.code) {
    case "EADDRINUSE":
      return `${what}: something else does already. End it (lsof -i :${place.port} names it) or take another port offset.`;
    case "EADDRNOTAVAIL":
      return platform === "darwin"
        ? `${what}: this machine lacks the address. Add it with: sudo ifconfig lo0 alias ${place.address} up`
        : `${what}: this machine lacks the address. Take addresses inside 127.0.0.0/8.`;
    case "EACCES":
      return `${what}: ports below 1024 need special rights here. Take a port offset of 1024 or more.`;
    default:
      return `${what}: ${error.message}`;
  }
}
