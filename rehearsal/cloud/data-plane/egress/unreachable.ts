/**
 * A name or address cannot be reached. The message is one line and gives the reason; the proxy answers with the
 * status.
 */
export class Unreachable extends Error {
  constructor(
    /** 403 if it must not be reached from here, 502 if it should exist and does not answer. */
    readonly status: 403 | 502,
    message: string,
  ) {
    super(message);
  }
}
