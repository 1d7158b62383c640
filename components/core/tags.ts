/** Tags of every resource that takes tags: `project` and `stack`, and `service` and `colour` where they apply. */
export type Tags = Readonly<Record<string, string>>;
