/**
 * Options of a connection by a user who may do more than others in the database: it finds nothing but what PostgreSQL itself brings.
 * Otherwise it would run functions of whoever may create some in `public`, where their parameters fit better (CVE-2018-1058).
 */
export const PRIVILEGED = { options: "-c search_path=pg_catalog" };
