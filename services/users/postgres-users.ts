import type { Database } from "./database";
import type { User, UserStore } from "./user-store";

const COUNT_KEPT_MS = 1_000;

/** Users in PostgreSQL, which all instances of both releases share. Every method may throw DatabaseUnavailable. */
export class PostgresUsers implements UserStore {
  #count: { value: Promise<number>; untilMs: number } | undefined;

  constructor(private readonly database: Database) {}

  async add({ id, name }: User): Promise<boolean> {
    const insert = "INSERT INTO users (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    return (await this.database.query(insert, [id, name])).rowCount === 1;
  }

  async get(id: string): Promise<User | undefined> {
    const [user] = await this.database.read<User>("SELECT id, name FROM users WHERE id = $1", [id]);
    return user;
  }

  async remove(id: string): Promise<boolean> {
    return (await this.database.query("DELETE FROM users WHERE id = $1", [id])).rowCount === 1;
  }

  async list(limit: number, after?: string): Promise<User[] | undefined> {
    if (after === undefined)
      return this.database.read<User>("SELECT id, name FROM users ORDER BY number DESC LIMIT $1", [limit]);
    const [last] = await this.database.read<{ number: string }>("SELECT number FROM users WHERE id = $1", [after]);
    if (last === undefined) return undefined;
    const older = "SELECT id, name FROM users WHERE number < $2 ORDER BY number DESC LIMIT $1";
    return this.database.read<User>(older, [limit, last.number]);
  }

  count(): Promise<number> {
    if (this.#count === undefined || performance.now() > this.#count.untilMs) {
      const value = this.#counted();
      this.#count = { value, untilMs: performance.now() + COUNT_KEPT_MS };
      // After an error the next one asks again.
      value.catch(() => {
        this.#count = undefined;
      });
    }
    return this.#count.value;
  }

  async #counted(): Promise<number> {
    const [row] = await this.database.read<{ count: number }>("SELECT count(*)::int AS count FROM users");
    return row!.count;
  }
}
