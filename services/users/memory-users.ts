import type { User, UserStore } from "./user-store";

/** Users in the memory of this process, to try the service without a database: they end with it. */
export class MemoryUsers implements UserStore {
  /** In the order in which they were added. */
  readonly #users = new Map<string, User>();

  async add(user: User): Promise<boolean> {
    if (this.#users.has(user.id)) return false;
    this.#users.set(user.id, user);
    return true;
  }

  async get(id: string): Promise<User | undefined> {
    return this.#users.get(id);
  }

  async remove(id: string): Promise<boolean> {
    return this.#users.delete(id);
  }

  async list(limit: number, after?: string): Promise<User[] | undefined> {
    const newestFirst = [...this.#users.values()].reverse();
    if (after === undefined) return newestFirst.slice(0, limit);
    const place = newestFirst.findIndex(({ id }) => id === after);
    return place < 0 ? undefined : newestFirst.slice(place + 1, place + 1 + limit);
  }

  async count(): Promise<number> {
    return this.#users.size;
  }
}
