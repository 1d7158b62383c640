import type { Database } from "./database";

export interface Poll {
  id: string;
  title: string;
}

export interface PollStore {
  has(id: string): Promise<boolean>;
  /** Does nothing if the id is taken. */
  add(poll: Poll): Promise<void>;
  /** Returns false if there is no such poll. */
  remove(id: string): Promise<boolean>;
  /** At most `limit` polls, newest first. */
  newest(limit: number): Promise<Poll[]>;
}

/** Polls in PostgreSQL, which all instances of both releases share. Every method may throw DatabaseUnavailable. */
export class PostgresPolls implements PollStore {
  constructor(private readonly database: Database) {}

  async has(id: string): Promise<boolean> {
    return (await this.database.read("SELECT FROM polls WHERE id = $1", [id])).length > 0;
  }

  async add({ id, title }: Poll): Promise<void> {
    const insert = "INSERT INTO polls (id, title) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    await this.database.query(insert, [id, title]);
  }

  async remove(id: string): Promise<boolean> {
    return (await this.database.query("DELETE FROM polls WHERE id = $1", [id])).rowCount === 1;
  }

  newest(limit: number): Promise<Poll[]> {
    return this.database.read<Poll>("SELECT id, title FROM polls ORDER BY number DESC LIMIT $1", [limit]);
  }
}

/** Polls in the memory of this process, to try the service without a database: they end with it. */
export class MemoryPolls implements PollStore {
  /** In the order in which they were added. */
  readonly #polls = new Map<string, Poll>();

  async has(id: string): Promise<boolean> {
    return this.#polls.has(id);
  }

  async add(poll: Poll): Promise<void> {
    if (!this.#polls.has(poll.id)) this.#polls.set(poll.id, poll);
  }

  async remove(id: string): Promise<boolean> {
    return this.#polls.delete(id);
  }

  async newest(limit: number): Promise<Poll[]> {
    return [...this.#polls.values()].slice(-limit).reverse();
  }
}
