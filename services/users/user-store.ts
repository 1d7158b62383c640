export interface User {
  id: string;
  name: string;
}

/** About 20 MB of short names. Above it the oldest user is forgotten, so that a long rehearsal cannot fill the memory. */
const MAX_USERS = 100_000;

/** Users in the memory of this process: they end with it, and another instance of the service does not know them. */
export class UserStore {
  readonly #byId = new Map<string, User>();
  #inOrder: User[] = [];

  constructor(private readonly maxUsers = MAX_USERS) {}

  /** Returns false, and changes nothing, if the id is taken. */
  add(user: User): boolean {
    if (this.#byId.has(user.id)) return false;
    this.#byId.set(user.id, user);
    this.#inOrder.push(user);
    if (this.#inOrder.length > this.maxUsers) this.#byId.delete(this.#inOrder.shift()!.id);
    return true;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): User | undefined {
    return this.#byId.get(id);
  }

  /** At most `limit` users, newest first, from the one created before `after`; undefined if `after` is unknown. */
  list(limit: number, after?: string): User[] | undefined {
    const end = after === undefined ? this.#inOrder.length : this.#inOrder.findLastIndex(({ id }) => id === after);
    return end < 0 ? undefined : this.#inOrder.slice(Math.max(0, end - limit), end).reverse();
  }
}
