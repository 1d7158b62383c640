/** `application_name` of the sessions, by which PostgreSQL's log and locks tell who it was. */
export const APPLICATIONS = { old: "aoshingo-old", new: "aoshingo-new", migration: "aoshingo-migration" } as const;
