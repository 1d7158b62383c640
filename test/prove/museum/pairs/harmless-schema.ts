import type { MuseumPair, Routes } from "../pair";

const USERS = `create table users (id serial primary key, name text not null, email text, plan text default 'free', legacy text);
  insert into users (name, email) select 'Ann ' || i, 'ann' || i || '@example.com' from generate_series(1, 50) i;`;
const ROUTES: Routes = {
  "POST /users": "insert into users (name, email) values ($name, $email) returning id",
  "PUT /users/:id": "update users set name = $name where id = $id returning id",
  "GET /users/:id": "select id, name, email, plan from users where id = $id",
  "GET /users": { all: "select id, name, plan from users order by id desc limit 5" },
};
const REQUESTS = [
  { request: "POST /users", body: { name: "Bea", email: "bea{n}@example.com" }, keep: { id: "id" } },
  "GET /users/{id}",
  { request: "PUT /users/{id}", body: { name: "Cea" } },
  "GET /users/{id}",
  "GET /users",
  "GET /users/7",
];

/** A change of the schema that the old release does not notice. */
const expand = (title: string, migrate: MuseumPair["migrate"], more: Partial<MuseumPair> = {}): MuseumPair => ({
  title,
  tables: USERS,
  migrate,
  old: ROUTES,
  requests: REQUESTS,
  ...more,
});

/** Changes of the schema that only add, or remove what nobody uses. */
const pairs: Record<string, MuseumPair> = {
  "add-column": expand("A column that may be null", "alter table users add column country text", {
    new: {
      "POST /users": "insert into users (name, email, country) values ($name, $email, 'jp') returning id",
      "GET /users/:id": "select id, name, email, plan, country from users where id = $id",
    },
  }),
  "add-column-with-default": expand(
    "A column with a constant default",
    "alter table users add column country text default 'jp'",
  ),
  "add-column-not-null-with-default": expand(
    "A column that is NOT NULL with a default",
    "alter table users add column credits int not null default 0",
    { new: { "GET /users/:id": "select id, name, email, plan, credits from users where id = $id" } },
  ),
  "add-column-with-now": expand(
    "A column with the time of the migration as default",
    "alter table users add column created_at timestamptz not null default now()",
    { new: { "GET /users/:id": "select id, name, email, plan, created_at from users where id = $id" } },
  ),
  "add-column-that-refers": expand("A column that refers to another table", [
    "create table teams (id serial primary key)",
    "alter table users add column team_id int references teams",
  ]),
  "add-table": expand(
    "A table",
    "create table logins (id serial primary key, user_id int references users, at timestamptz default now())",
    {
      new: {
        "POST /users": `with u as (insert into users (name, email) values ($name, $email) returning id),
        l as (insert into logins (user_id) select null from u) select id from u`,
      },
    },
  ),
  "add-table-with-rows": expand("A table with rows", [
    "create table plans (name text primary key, price int)",
    "insert into plans values ('free', 0), ('paid', 10)",
    "create index plans_price on plans (price)",
  ]),
  "add-index-concurrently": expand(
    "An index, built concurrently",
    "create index concurrently users_email on users (email)",
  ),
  "add-unique-index-concurrently": expand(
    "A unique index on what is unique anyway",
    "create unique index concurrently users_email on users (email)",
  ),
  "add-unique-constraint-using-index": expand("A unique constraint that takes an index over", [
    "create unique index concurrently users_email on users (email)",
    "alter table users add constraint users_email_key unique using index users_email",
  ]),
  "add-check-in-two-steps": expand("A CHECK that is validated later", [
    "alter table users add constraint named check (name <> '') not valid",
    "alter table users validate constraint named",
  ]),
  "add-foreign-key-in-two-steps": expand(
    "A foreign key that is validated later",
    [
      "alter table visits add constraint visits_user foreign key (user_id) references users not valid",
      "alter table visits validate constraint visits_user",
    ],
    {
      tables: `${USERS} create table visits (id serial primary key, user_id int); insert into visits (user_id) select i from generate_series(1, 50) i`,
      old: { ...ROUTES, "POST /users/:id/visits": "insert into visits (user_id) values ($id) returning id" },
      requests: [...REQUESTS, "POST /users/{id}/visits"],
    },
  ),
  "set-not-null-by-check": expand("NOT NULL by a constraint that is validated before", [
    "alter table users add constraint email_set check (email is not null) not valid",
    "alter table users validate constraint email_set",
    "alter table users alter column email set not null",
    "alter table users drop constraint email_set",
  ]),
  "drop-unused-column": expand("A column that nobody reads is dropped", "alter table users drop column legacy"),
  "drop-unused-table": expand("A table that nobody uses is dropped", "drop table old_users", {
    tables: `${USERS} create table old_users (id int)`,
  }),
  "drop-unused-index": expand("An index that nobody needs is dropped", "drop index concurrently users_legacy", {
    tables: `${USERS} create index users_legacy on users (legacy)`,
  }),
  "drop-not-null": expand("A column may be null now, and is not", "alter table users alter column name drop not null"),
  "drop-constraint": expand("A constraint is dropped", "alter table users drop constraint named", {
    tables: `${USERS} alter table users add constraint named check (name <> '')`,
  }),
  "widen-varchar": expand("A text may be longer", "alter table users alter column nick type varchar(40)", {
    tables: `${USERS} alter table users add column nick varchar(20)`,
  }),
  "default-for-what-is-always-given": expand(
    "A default of a column that both releases always write",
    "alter table users alter column email set default 'nobody@example.com'",
  ),
  "add-enum-value": expand("An enum gets a value that nobody writes yet", "alter type mood add value 'bored'", {
    tables: `create type mood as enum ('glad', 'sad'); ${USERS} alter table users add column mood mood default 'glad'`,
    old: { ...ROUTES, "GET /users/:id": "select id, name, mood from users where id = $id" },
  }),
  "add-view": expand("A view", "create view user_names as select id, name from users"),
  "replace-view": expand(
    "A view with one more column, replaced in place",
    "create or replace view user_names as select id, name, plan from users",
    {
      tables: `${USERS} create view user_names as select id, name from users`,
      old: { ...ROUTES, "GET /users": { all: "select id, name from user_names order by id desc limit 5" } },
    },
  ),
  "replace-function": expand(
    "A function with the same arguments, replaced in place",
    "create or replace function shown(u text) returns text language sql as 'select u || '''''",
    {
      tables: `${USERS} create function shown(u text) returns text language sql as 'select u'`,
      old: { ...ROUTES, "GET /users/:id": "select shown(name) as name from users where id = $id" },
    },
  ),
  "trigger-that-audits": expand("A trigger that writes an audit", [
    "create table audit (id serial primary key, user_id int, at timestamptz default now())",
    `create function audit() returns trigger language plpgsql as 'begin insert into audit (user_id) values (new.id); return new; end'`,
    "create trigger audit after insert or update on users for each row execute function audit()",
  ]),
  "rename-by-view": expand("A table is renamed, and a view keeps the old name, in one transaction", [
    "begin; alter table users rename to people; create view users as select * from people; commit",
  ]),
  "materialized-view": expand(
    "A materialised view",
    "create materialized view plans as select plan, count(*) from users group by plan",
  ),
  "extension-and-comment": expand("An extension, a comment and statistics", [
    "create extension if not exists pgcrypto",
    "comment on column users.email is 'where mail goes'",
    "create statistics users_plan (dependencies) on plan, email from users",
    "analyze users",
  ]),
  "sequence-cache": expand("A sequence gives more ids at once", "alter sequence users_id_seq cache 20"),
  "lock-timeout": expand("A migration that gives up a lock after two seconds", [
    "set lock_timeout = '2s'; alter table users add column country text",
  ]),
  "small-table-index": expand("An index on a table that stays small", "create index modes_name on modes (name)", {
    tables: `${USERS} create table modes (id serial primary key, name text); insert into modes (name) values ('a'), ('b')`,
    old: { ...ROUTES, "POST /modes": "insert into modes (name) values ('c') returning id" },
    requests: [...REQUESTS, "POST /modes"],
    small: ["modes"],
  }),
  "index-on-unused-table": expand(
    "An index on a table that requests do not write",
    "create index archive_text on archive (text)",
    {
      tables: `${USERS} create table archive (id serial primary key, text text); insert into archive (text) select 'x' from generate_series(1, 500)`,
    },
  ),
};
export default pairs;
