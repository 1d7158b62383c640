export interface Answer {
  status: number;
  body: unknown;
}

/** Answers one request: the place to begin. */
export async function route(method: string, path: string): Promise<Answer> {
  // Only of this service itself: if it asked others, their fault would take down every instance of this one.
  if (path === "/healthz") return { status: 200, body: { status: "ok" } };
  if (method === "GET" && path === "/") return { status: 200, body: { service: "__NAME__" } };
  return { status: 404, body: { error: "no such page; there are / and /healthz" } };
}
