import type { MuseumPair, Routes } from "../pair";

const USERS = `create table users (id serial primary key, name text not null, email text);
  insert into users (name, email) select 'Ann ' || i, 'ann' || i || '@example.com' from generate_series(1, 50) i;`;
const ROUTES: Routes = {
  "POST /users": "insert into users (name, email) values ($name, $email) returning id",
  "GET /users/:id": "select id, name, email from users where id = $id",
};
const REQUESTS = [
  { request: "POST /users", body: { name: "Bea", email: "bea{n}@example.com" }, keep: { id: "id" } },
  "GET /users/{id}",
  "GET /users/7",
];

/** Incidents by a change of a column. */
const pairs: Record<string, MuseumPair> = {
  "column-dropped": {
    title: "A column is dropped that the old release reads",
    source: "https://github.com/ankane/strong_migrations/pull/35",
    tables: USERS,
    migrate: "alter table users drop column email",
    old: ROUTES,
    new: {
      "POST /users": "insert into users (name) values ($name) returning id",
      "GET /users/:id": "select id, name, 'hidden' as email from users where id = $id",
    },
    requests: REQUESTS,
    expects: /^v1 on v2's schema: .*GET \/users\/\{id\} 500 .*column "email" does not exist/,
  },
  "column-renamed": {
    title: "A column is renamed in one step",
    source: "https://github.com/fatkodima/online_migrations/issues/84",
    tables: USERS,
    migrate: "alter table users rename column name to full_name",
    old: ROUTES,
    new: {
      "POST /users": "insert into users (full_name, email) values ($name, $email) returning id",
      "GET /users/:id": "select id, full_name as name, email from users where id = $id",
    },
    requests: REQUESTS,
    expects: /^v1 on v2's schema: POST \/users 500 .*column "name" of relation "users" does not exist/,
  },
  "column-not-null-without-default": {
    title: "A new column is NOT NULL and has no default",
    source: "https://github.com/solana-foundation/solana-developer-platform/pull/1300",
    tables: USERS,
    migrate: [
      "alter table users add column country text not null default 'jp'",
      "alter table users alter column country drop default",
    ],
    old: ROUTES,
    new: { "POST /users": "insert into users (name, email, country) values ($name, $email, 'jp') returning id" },
    requests: REQUESTS,
    expects: /^v1 on v2's schema: POST \/users 500 .*null value in column "country"/,
  },
  "column-set-not-null": {
    title: "A column becomes NOT NULL that the old release leaves empty",
    source: "https://github.com/internetee/registry/pull/1107",
    tables: USERS,
    migrate: [
      "alter table users add constraint email_set check (email is not null) not valid",
      "update users set email = '' where email is null",
      "alter table users validate constraint email_set",
    ],
    old: { ...ROUTES, "POST /users": "insert into users (name) values ($name) returning id" },
    new: { "POST /users": "insert into users (name, email) values ($name, '') returning id" },
    requests: REQUESTS,
    expects: /^v1 on v2's schema: POST \/users 500 .*violates check constraint "email_set"/,
  },
  "column-type-narrowed": {
    title: "A column becomes shorter than what the old release writes",
    source: "https://docs.rs/squawk/0.1.3",
    tables: USERS,
    migrate: "alter table users alter column name type varchar(12)",
    old: ROUTES,
    new: { "POST /users": "insert into users (name, email) values (left($name, 12), $email) returning id" },
    requests: [
      { request: "POST /users", body: { name: "Beatrix of the Netherlands" }, keep: { id: "id" } },
      "GET /users/7",
    ],
    expects: /^v2's migration while v1 writes rows: exit code 1, .*value too long for type character varying\(12\)/,
  },
  "column-type-text-to-integer": {
    title: "A column changes from text to a number",
    source: "https://awesome-everything.pages.dev/en/learn/databases/06-migrations/05-expand-contract/",
    tables:
      "create table parcels (id serial primary key, weight text); insert into parcels (weight) values ('12'), ('7')",
    migrate: "alter table parcels alter column weight type integer using weight::integer",
    old: {
      "POST /parcels": "insert into parcels (weight) values ($weight || ' kg') returning id",
      "GET /parcels/:id": "select id, weight from parcels where id = $id",
    },
    new: { "POST /parcels": "insert into parcels (weight) values ($weight) returning id" },
    requests: [{ request: "POST /parcels", body: { weight: "3" }, keep: { id: "id" } }, "GET /parcels/{id}"],
    expects: /^v1 on v2's schema: POST \/parcels 500 .*operator does not exist|invalid input syntax for type integer/,
  },
  "column-becomes-bigint": {
    title: "A number becomes a text in answers, because the column is a bigint now",
    source: "https://github.com/JSONbored/metagraphed/pull/9994",
    tables: "create table files (id serial primary key, bytes int); insert into files (bytes) values (10), (20)",
    migrate: "alter table files alter column bytes type bigint",
    old: {
      "POST /files": "insert into files (bytes) values ($bytes) returning id",
      "GET /files/:id": "select id, bytes from files where id = $id",
    },
    requests: [{ request: "POST /files", body: { bytes: 30 }, keep: { id: "id" } }, "GET /files/{id}"],
    expects: /^v1 on v2's schema: GET \/files\/\{id\} answers bytes "30" \(alone: 30\)/,
  },
  "column-becomes-array": {
    title: "A single value becomes a list",
    source: "https://awesome-everything.pages.dev/en/learn/databases/06-migrations/05-expand-contract/",
    tables: "create table posts (id serial primary key, tag text); insert into posts (tag) values ('a'), ('b')",
    migrate: "alter table posts alter column tag type text[] using array[tag]",
    old: {
      "POST /posts": "insert into posts (tag) values ($tag) returning id",
      "GET /posts/:id": "select id, tag from posts where id = $id",
    },
    new: {
      "POST /posts": "insert into posts (tag) values (array[$tag]) returning id",
      "GET /posts/:id": "select id, tag[1] as tag from posts where id = $id",
    },
    requests: [{ request: "POST /posts", body: { tag: "news" }, keep: { id: "id" } }, "GET /posts/{id}"],
    expects: /^v1 on v2's schema: POST \/posts 500 .*malformed array literal: "news"/,
  },
  "column-default-changed": {
    title: "A default changes under the old release",
    source: "https://github.com/fly-apps/safe-ecto-migrations/pull/23",
    tables: "create table orders (id serial primary key, item text, status text not null default 'open')",
    migrate: "alter table orders alter column status set default 'draft'",
    old: {
      "POST /orders": "insert into orders (item) values ($item) returning id",
      "GET /orders/:id": "select id, item, status from orders where id = $id",
    },
    requests: [{ request: "POST /orders", body: { item: "cup" }, keep: { id: "id" } }, "GET /orders/{id}"],
    expects: /^v1 on v2's schema: GET \/orders\/\{id\} answers status "draft" \(alone: "open"\)/,
  },
  "column-default-dropped": {
    title: "A default is dropped on which the old release relies, and no answer shows it",
    source: "https://github.com/fly-apps/safe-ecto-migrations/pull/23",
    tables: "create table orders (id serial primary key, item text, currency text default 'jpy')",
    migrate: "alter table orders alter column currency drop default",
    old: {
      "POST /orders": "insert into orders (item) values ($item) returning id",
      "GET /orders/:id": "select id, item from orders where id = $id",
    },
    new: { "POST /orders": "insert into orders (item, currency) values ($item, 'jpy') returning id" },
    requests: [{ request: "POST /orders", body: { item: "cup" }, keep: { id: "id" } }, "GET /orders/{id}"],
    expects: /^v1 on v2's schema: writes null into orders\.currency/,
  },
  "column-becomes-generated": {
    title: "A column that the old release writes becomes a generated one",
    source: "https://github.com/dimitri/pgcopydb/issues/844",
    tables: "create table boxes (id serial primary key, width int, height int, area int)",
    migrate: [
      "alter table boxes drop column area",
      "alter table boxes add column area int generated always as (width * height) stored",
    ],
    old: {
      "POST /boxes":
        "insert into boxes (width, height, area) values ($width, $height, $width::int * $height::int) returning id",
      "GET /boxes/:id": "select id, area from boxes where id = $id",
    },
    new: { "POST /boxes": "insert into boxes (width, height) values ($width, $height) returning id" },
    requests: [{ request: "POST /boxes", body: { width: 2, height: 3 }, keep: { id: "id" } }, "GET /boxes/{id}"],
    expects: /^v1 on v2's schema: POST \/boxes 500 .*cannot insert a non-DEFAULT value into column "area"/,
  },
  "column-identity-always": {
    title: "Ids that the old release chooses itself are always given by the database now",
    source: "https://github.com/cakephp/phinx/issues/2193",
    tables: "create table rooms (id int primary key, name text); insert into rooms values (1, 'hall')",
    migrate: "alter table rooms alter column id add generated always as identity (start with 1000000)",
    old: {
      "POST /rooms": "insert into rooms (id, name) select coalesce(max(id), 0) + 1, $name from rooms returning id",
      "GET /rooms/:id": "select name from rooms where id = $id",
    },
    new: { "POST /rooms": "insert into rooms (name) values ($name) returning id" },
    requests: [{ request: "POST /rooms", body: { name: "cellar" }, keep: { id: "id" } }, "GET /rooms/{id}"],
    expects: /^v1 on v2's schema: POST \/rooms 500 .*cannot insert a non-DEFAULT value into column "id"/,
  },
  "column-moved-to-table": {
    title: "A column moves to a table of its own, and only the new release writes there",
    source: "https://github.com/code-dot-org/code-dot-org/pull/45342",
    tables: USERS,
    migrate: [
      "create table emails (user_id int primary key references users, email text)",
      "insert into emails select id, email from users",
    ],
    old: ROUTES,
    new: {
      "POST /users": `with u as (insert into users (name) values ($name) returning id)
        insert into emails select id, $email from u returning user_id as id`,
      "GET /users/:id": "select id, name, e.email from users left join emails e on e.user_id = id where id = $id",
    },
    requests: REQUESTS,
    expects: /^back to v1 with rows that v2 wrote: GET \/users\/\{id\} answers email null/,
  },
};
export default pairs;
