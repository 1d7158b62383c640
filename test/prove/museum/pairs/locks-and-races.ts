import type { MuseumPair, Routes } from "../pair";

const USERS = `create table users (id serial primary key, name text not null, email text);
  insert into users (name, email) select 'Ann ' || i, 'ann' || i || '@example.com' from generate_series(1, 300) i;`;
const ROUTES: Routes = {
  "POST /users": "insert into users (name, email) values ($name, $email) returning id",
  "PUT /users/:id": "update users set name = $name where id = $id returning id",
  "GET /users/:id": "select id, name, email from users where id = $id",
};
const REQUESTS = [
  { request: "POST /users", body: { name: "Bea", email: "bea{n}@example.com" }, keep: { id: "id" } },
  { request: "PUT /users/{id}", body: { name: "Cea" } },
  "GET /users/{id}",
  "GET /users/7",
];
const FULL_NAME: Routes = {
  "POST /users": "insert into users (name, full_name, email) values ($name, $name, $email) returning id",
  "PUT /users/:id": "update users set name = $name, full_name = $name where id = $id returning id",
  "GET /users/:id": "select id, full_name as name, email from users where id = $id",
};
const MANY = `create table items (id serial primary key, name text, filler text);
  insert into items (name, filler) select 'item ' || i, repeat('x', 200) from generate_series(1, 30000) i;`;
const ITEM_ROUTES: Routes = {
  "PUT /items/:id": "update items set name = 'changed' where id = 1 + $id::int * 37 % 30000 returning id",
  "GET /items/:id": "select id from items where id = $id",
};
const ITEM_REQUESTS = ["PUT /items/{n}", "GET /items/5"];

/** Incidents while a migration runs. */
const pairs: Record<string, MuseumPair> = {
  "index-not-concurrently": {
    title: "An index is built without CONCURRENTLY",
    source: "https://dev.to/mickelsamuel/the-5-postgresql-migration-mistakes-that-cause-production-outages-ngg",
    tables: USERS,
    migrate: "create index users_email on users (email)",
    old: ROUTES,
    requests: REQUESTS,
    expects: /^v1 during v2's migration: each write to users waits while CREATE INDEX users_email reads all its rows/,
  },
  "table-rewritten-by-type": {
    title: "A table is rewritten for another type",
    source: "https://docs.rs/squawk/0.1.3",
    tables: USERS,
    migrate: "alter table users alter column id type bigint",
    old: { ...ROUTES, "GET /users/:id": "select name, email from users where id = $id" },
    requests: REQUESTS,
    expects:
      /^v1 during v2's migration: each request to users waits while ALTER TABLE users reads all its rows .*AccessExclusiveLock/,
  },
  "table-rewritten-by-default": {
    title: "A table is rewritten for a default that differs from row to row",
    source: "https://docs.rs/crate/squawk-linter/latest/source/src/rules/snapshots/",
    tables: USERS,
    migrate: "alter table users add column token uuid default gen_random_uuid()",
    old: ROUTES,
    requests: REQUESTS,
    expects: /^v1 during v2's migration: each request to users waits while ALTER TABLE users reads all its rows/,
  },
  "check-validated-at-once": {
    title: "A constraint is checked for all rows under a lock",
    source:
      "https://github.com/Schema-Weaver/pg-migration-engine/wiki/Safe-Migration-Patterns/3bd743d752b56728ee4638acc23225a569aaa872",
    tables: USERS,
    migrate: "alter table users add constraint named check (name <> '')",
    old: ROUTES,
    requests: REQUESTS,
    expects: /^v1 during v2's migration: each request to users waits while ALTER TABLE users reads all its rows/,
  },
  "foreign-key-validated-at-once": {
    title: "A foreign key is checked for all rows under a lock",
    source: "https://gocardless.com/blog/zero-downtime-postgres-migrations-the-hard-parts/",
    tables: `${USERS} create table visits (id serial primary key, user_id int);
      insert into visits (user_id) select i from generate_series(1, 300) i`,
    migrate: "alter table visits add foreign key (user_id) references users",
    old: { ...ROUTES, "POST /visits": "insert into visits (user_id) values (7) returning id" },
    requests: [...REQUESTS, "POST /visits"],
    expects:
      /^v1 during v2's migration: each write to (users|visits) waits while ALTER TABLE visits reads all its rows/,
  },
  "lock-held-during-back-fill": {
    title: "A column is added and filled in one transaction",
    source: "https://github.com/ankane/strong_migrations/pull/21",
    tables: USERS,
    migrate:
      "alter table users add column full_name text; update users set full_name = name; alter table users alter column full_name set default ''",
    old: ROUTES,
    requests: REQUESTS,
    expects:
      /^v1 during v2's migration: each request to users waits while .* reads all its rows .*AccessExclusiveLock on users/,
  },
  "rows-locked-by-one-update": {
    title: "One statement changes all rows, and requests wait for theirs",
    source: "https://github.com/tldraw/tldraw/pull/9309",
    tables: MANY,
    migrate: ["alter table items add column size int", "update items set size = length(md5(repeat(filler, 100)))"],
    old: ITEM_ROUTES,
    requests: ITEM_REQUESTS,
    expects:
      /^v1 during v2's migration: PUT \/items\/\{n\} waits \d+ ms for the migration .*the migration has locked its row/,
  },
  "table-locked-by-name": {
    title: "A migration takes a lock on a table while it works",
    source: "https://monpg.app/blog/postgresql-lock-queues-ddl-migrations",
    tables: MANY,
    migrate:
      "lock table items in share mode; create table sums as select count(md5(filler || name)) from items, generate_series(1, 12)",
    old: ITEM_ROUTES,
    requests: ITEM_REQUESTS,
    expects: /^v1 during v2's migration: .*(PUT \/items\/\{n\} waits|each write to items waits)/,
  },
  "lock-queue": {
    title: "A migration waits for a long report, and everybody waits behind it",
    source: "https://minhle.xyz/blog/postgres-nine-hour-migration-locks",
    tables: USERS,
    migrate: "alter table users add column country text",
    old: {
      ...ROUTES,
      "GET /report": "select count(*)::int as users, pg_sleep(0.5)::text as slept from users where id < 8",
    },
    requests: { users: REQUESTS, report: ["GET /report"] },
    expects: /^v1 during v2's migration: .*\/users.* waits \d+ ms for the migration .*users/,
  },
  "cached-plan": {
    title: "A prepared statement with * has another result after the migration",
    source: "https://github.com/apache/devlake/issues/4867",
    tables: USERS,
    migrate: "alter table users add column country text",
    old: {
      ...ROUTES,
      "GET /users/:id": async ({ db, input }) =>
        (await db.query({ name: "user", text: "select * from users where id = $1", values: [input.id] })).rows[0],
    },
    requests: REQUESTS,
    expects:
      /^v1 (on v2's schema|during v2's migration): GET \/users\/.* 500 .*cached plan must not change result type/,
  },
  "back-fill-race": {
    title: "Rows that the old release writes after the back-fill are not filled",
    source: "https://github.com/PrairieLearn/PrairieLearn/pull/14882",
    tables: USERS,
    migrate: ["alter table users add column full_name text", "update users set full_name = name"],
    old: ROUTES,
    new: FULL_NAME,
    requests: REQUESTS,
    expects: /^v2 with rows that v1 wrote: GET \/users\/\{id\} answers name null/,
  },
  "trigger-after-back-fill": {
    title: "Rows that are written between the back-fill and the trigger are not filled",
    source: "https://github.com/webhookdb/webhookdb/issues/454",
    tables: USERS,
    migrate: [
      "alter table users add column full_name text",
      "create function fill() returns trigger language plpgsql as 'begin new.full_name := new.name; return new; end'",
      "update users set full_name = name",
      "create trigger fill before insert or update on users for each row execute function fill()",
    ],
    old: ROUTES,
    new: FULL_NAME,
    requests: [REQUESTS[0], REQUESTS[2], REQUESTS[3]],
    expects: /^v2 with rows that v1 wrote: GET \/users\/\{id\} answers name null/,
  },
  "trigger-in-wrong-direction": {
    title: "A trigger overwrites what the old release writes",
    source: "https://github.com/xataio/pgroll/pull/63",
    tables: USERS,
    migrate: [
      "alter table users add column full_name text",
      "update users set full_name = name",
      "create function fill() returns trigger language plpgsql as 'begin new.name := coalesce(new.full_name, new.name); return new; end'",
      "create trigger fill before insert or update on users for each row execute function fill()",
    ],
    old: ROUTES,
    new: FULL_NAME,
    requests: ["GET /users/7", { request: "PUT /users/7", body: { name: "Dea {n}" } }, "GET /users/7"],
    expects: /^v1 on v2's schema: GET \/users\/7 answers name "/,
  },
  "start-needs-migration": {
    title: "The new release does not become healthy before its migration",
    source: "https://appunite.com/blog/renaming-column-and-table-in-migrations",
    tables: USERS,
    migrate: "alter table users add column country text",
    old: ROUTES,
    new: { "GET /": "select count(country)::int as ready from users" },
    requests: REQUESTS,
    expects: /^v2 on v1's schema: is not ready: GET \/ 500, column "country" does not exist/,
  },
  "api-field-removed": {
    title: "Callers get an answer without a field",
    source: "https://github.com/basicmachines-co/basic-memory/issues/638",
    tables: USERS,
    old: ROUTES,
    new: { "GET /users/:id": "select id, name as full_name, email from users where id = $id" },
    requests: REQUESTS,
    expects: /^v2 alone: GET \/users\/\{id\}.* has no name/,
  },
};
export default pairs;
