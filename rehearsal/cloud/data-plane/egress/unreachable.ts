/** Why a place cannot be reached: one line for a person, and the status that a proxy answers with. */
export class Unreachable extends Error {
  constructor(
    /** 403 for what must not be reached from here, 502 for what should be there and is not. */
    readonly status: 403 | 502,
    message: string,
  ) {
    super(message);
  }
}
