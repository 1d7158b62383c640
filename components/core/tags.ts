/** On every resource that takes tags: `project` and `stack`, and `service` and `colour` where there are. */
export type Tags = Readonly<Record<string, string>>;
