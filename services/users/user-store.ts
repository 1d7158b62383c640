export interface User {
  id: string;
  name: string;
}

/** About 20 MB of short names. Above it the oldest user is forgotten, so that a long rehearsal cannot fill the memory. */
const MAX_USERS = 100_000;

/**
 * Users in the memory of this process: they end with it, and another instance of the service does not know them.
 * Users are numbered as they come and only ever leave from the old end, so the numbers kept have no gaps.
 */
export class UserStore {
  readonly #numbers = new Map<string, number>();
  readonly #users = new Map<number, User>();
  #next = 0;

  constructor(private readonly maxUsers = MAX_USERS) {}

  /** Returns false, and changes nothing, if the id is taken. */
  add(user: User): boolean {
    if (this.#numbers.has(user.id)) return false;
    this.#numbers.set(user.id, this.#next);
    this.#users.set(this.#next, user);
    this.#next += 1;
    if (this.#users.size > this.maxUsers) this.#forgetOldest();
    return true;
  }

  get(id: string): User | undefined {
    const number = this.#numbers.get(id);
    return number === undefined ? undefined : this.#users.get(number);
  }

  /** At most `limit` users, newest first, beginning with the one created before `after`; undefined if `after` is unknown. */
  list(limit: number, after?: string): User[] | undefined {
    const end = after === undefined ? this.#next : this.#numbers.get(after);
    if (end === undefined) return undefined;
    const page: User[] = [];
    for (let number = end - 1; page.length < limit; number -= 1) {
      const user = this.#users.get(number);
      if (user === undefined) break;
      page.push(user);
    }
    return page;
  }

  #forgetOldest(): void {
    const oldest = this.#next - this.#users.size;
    const user = this.#users.get(oldest);
    this.#users.delete(oldest);
    if (user !== undefined) this.#numbers.delete(user.id);
  }
}
