export interface User {
  id: string;
  name: string;
}

export interface UserStore {
  /** Returns false, and changes nothing, if the id is taken. */
  add(user: User): Promise<boolean>;
  get(id: string): Promise<User | undefined>;
  /** Returns false if there is no such user. */
  remove(id: string): Promise<boolean>;
  /** At most `limit` users, newest first, from the one created before `after`; undefined if `after` is unknown. */
  list(limit: number, after?: string): Promise<User[] | undefined>;
  /** The number of users, at most a second old, because many streams ask for it. */
  count(): Promise<number>;
}
