/** The client's fault: answered with `status` and the message as one line of JSON, `{"error":"..."}`. */
export class BadRequest extends Error {
  constructor(
    readonly status: 400 | 404 | 405 | 409 | 413,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}
