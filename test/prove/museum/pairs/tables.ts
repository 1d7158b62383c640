import type { MuseumPair, Routes } from "../pair";

const NOTES = "create table notes (id serial primary key, text text); insert into notes (text) values ('one'), ('two')";
const ROUTES: Routes = {
  "POST /notes": "insert into notes (text) values ($text) returning id",
  "GET /notes/:id": "select id, text from notes where id = $id",
};
const REQUESTS = [
  { request: "POST /notes", body: { text: "three" }, keep: { id: "id" } },
  "GET /notes/{id}",
  "GET /notes/1",
];
const renamed = (routes: Routes): Routes =>
  Object.fromEntries(
    Object.entries(routes).map(([route, sql]) => [route, String(sql).replaceAll(/\bnotes\b/g, "memos")]),
  );

/** Incidents by tables, views, functions and constraints. */
const pairs: Record<string, MuseumPair> = {
  "table-renamed": {
    title: "A table is renamed in one step",
    source: "https://gitlab.com/gitlab-org/gitlab/-/issues/121607",
    tables: NOTES,
    migrate: "alter table notes rename to memos",
    old: ROUTES,
    new: renamed(ROUTES),
    requests: REQUESTS,
    expects: /^v1 on v2's schema: .*POST \/notes 500 .*relation "notes" does not exist/,
  },
  "table-dropped": {
    title: "A table is dropped to which the old release still writes",
    source: "https://github.com/discourse/discourse/pull/26887",
    tables: `${NOTES}; create table audit (id serial, what text)`,
    migrate: "drop table audit",
    old: {
      ...ROUTES,
      "POST /notes": `with a as (insert into audit (what) values ('note')) insert into notes (text) values ($text) returning id`,
    },
    new: ROUTES,
    requests: REQUESTS,
    expects: /^v1 on v2's schema: POST \/notes 500 .*relation "audit" does not exist/,
  },
  "table-moved-to-schema": {
    title: "A table moves to another schema",
    source: "https://gitlab.com/gitlab-org/gitlab/-/issues/121607",
    tables: NOTES,
    migrate: ["create schema shop", "alter table notes set schema shop"],
    old: ROUTES,
    new: {
      "POST /notes": "insert into shop.notes (text) values ($text) returning id",
      "GET /notes/:id": "select id, text from shop.notes where id = $id",
    },
    requests: REQUESTS,
    expects: /^v1 on v2's schema: .*POST \/notes 500 .*relation "notes" does not exist/,
  },
  "table-row-security": {
    title: "Row level security hides rows from the release that does not name its tenant",
    source: "https://github.com/ourway/auth/pull/33",
    tables:
      "create table docs (id serial primary key, tenant text default 'a', text text); insert into docs (text) values ('x')",
    migrate: [
      "create policy tenants on docs using (tenant = current_setting('app.tenant', true))",
      "alter table docs enable row level security",
      "alter table docs force row level security",
    ],
    old: {
      "POST /docs": "insert into docs (text) values ($text) returning id",
      "GET /docs/:id": "select id, text from docs where id = $id",
    },
    new: {
      "POST /docs": `with t as materialized (select set_config('app.tenant', 'a', false) as v)
        insert into docs (text) select $text from t where v = 'a' returning id`,
      "GET /docs/:id": `with t as materialized (select set_config('app.tenant', 'a', false) as v)
        select id, text from docs, t where id = $id and tenant = v`,
    },
    requests: ["GET /docs/1"],
    expects: /^v1 on v2's schema: GET \/docs\/1 404 \(alone: 200\)/,
  },
  "view-dropped-and-made-again": {
    title: "A view is dropped and made again, each in a transaction of its own",
    source: "https://github.com/msupply-foundation/open-msupply/issues/4224",
    tables: `${NOTES}; create view note_list as select id, text from notes`,
    migrate: ["drop view note_list", "create view note_list as select id, text, length(text) as size from notes"],
    old: { ...ROUTES, "GET /notes/:id": "select id, text from note_list where id = $id" },
    requests: REQUESTS,
    expects: /^v1 during v2's migration: .*GET \/notes\/\{id\}.* 500 .*relation "note_list" does not exist/,
  },
  "function-arguments-changed": {
    title: "A function gets another argument",
    source: "https://github.com/openmeterio/openmeter/pull/4732",
    tables: `${NOTES}; create function add_note(t text) returns int language sql as 'insert into notes (text) values (t) returning id'`,
    migrate: `drop function add_note(text);
      create function add_note(t text, lang text) returns int language sql as 'insert into notes (text) values (t) returning id'`,
    old: { ...ROUTES, "POST /notes": "select add_note($text) as id" },
    new: { "POST /notes": "select add_note($text, 'en') as id" },
    requests: REQUESTS,
    expects:
      /^v1 on v2's schema: POST \/notes 500 .*function add_note\(unknown\) does not exist|function add_note\(text\) does not exist/,
  },
  "unique-index-on-doubled-rows": {
    title: "A unique index is built on rows that are there twice",
    source: "https://github.com/meeb/tubesync/issues/1225",
    tables: "create table tags (id serial primary key, name text); insert into tags (name) values ('a'), ('b'), ('a')",
    migrate: "create unique index concurrently tags_name on tags (name)",
    old: {
      "POST /tags": "insert into tags (name) values ($name) returning id",
      "GET /tags/:id": "select name from tags where id = $id",
    },
    requests: [{ request: "POST /tags", body: { name: "tag {n}" }, keep: { id: "id" } }, "GET /tags/{id}"],
    expects: /^v2's migration on v1's rows: exit code 1, .*could not create unique index "tags_name"/,
  },
  "unique-index-old-release-doubles": {
    title: "A unique index refuses what the old release writes",
    source: "https://github.com/nightscout/nocturne/issues/828",
    tables: "create table carts (id serial primary key, customer text)",
    migrate: "create unique index concurrently carts_customer on carts (customer)",
    old: { "POST /carts": "insert into carts (customer) values ($customer) returning id" },
    new: {
      "POST /carts":
        "insert into carts (customer) values ($customer) on conflict (customer) do update set customer = $customer returning id",
    },
    requests: [
      { request: "POST /carts", body: { customer: "ann {n}" } },
      { request: "POST /carts", body: { customer: "ann {n}" } },
    ],
    expects:
      /^v1 (on v2's schema: POST \/carts 500|.*duplicate key value violates unique constraint)|^v2's migration .*could not create unique index/,
  },
  "conflict-target-dropped": {
    title: "The unique index that the old release names in ON CONFLICT is replaced",
    source: "https://github.com/akash-network/console/pull/3947",
    tables:
      "create table keys (customer text, region text default 'eu', value text); create unique index keys_customer on keys (customer)",
    migrate: [
      "create unique index concurrently keys_customer_region on keys (customer, region)",
      "drop index concurrently keys_customer",
    ],
    old: {
      "PUT /keys/:customer":
        "insert into keys (customer, value) values ($customer, $value) on conflict (customer) do update set value = $value returning value",
    },
    new: {
      "PUT /keys/:customer": `insert into keys (customer, value) values ($customer, $value)
        on conflict (customer, region) do update set value = $value returning value`,
    },
    requests: [{ request: "PUT /keys/ann", body: { value: "x{n}" } }],
    expects: /^v1 on v2's schema: PUT \/keys\/ann 500 .*no unique or exclusion constraint matching the ON CONFLICT/,
  },
  "check-old-release-violates": {
    title: "A CHECK constraint refuses what the old release writes",
    source: "https://github.com/ls1intum/Artemis/pull/13681",
    tables: "create table phones (id serial primary key, number text)",
    migrate: "alter table phones add constraint international check (number like '+%') not valid",
    old: {
      "POST /phones": "insert into phones (number) values ($number) returning id",
      "GET /phones/:id": "select number from phones where id = $id",
    },
    new: {
      "POST /phones": "insert into phones (number) values ('+81' || $number) returning id",
      "GET /phones/:id": "select replace(number, '+81', '') as number from phones where id = $id",
    },
    requests: [{ request: "POST /phones", body: { number: "901234" }, keep: { id: "id" } }, "GET /phones/{id}"],
    expects: /^v1 on v2's schema: POST \/phones 500 .*violates check constraint "international"/,
  },
  "foreign-key-old-release-violates": {
    title: "A foreign key refuses the order in which the old release writes",
    source: "https://github.com/Gaia3D/mago3d-CMS/pull/163",
    tables: "create table orders (id int primary key); create table lines (id serial primary key, order_id int)",
    migrate: "alter table lines add constraint lines_order foreign key (order_id) references orders not valid",
    old: {
      "POST /orders": async ({ db, input: { id } }) => {
        await db.query("insert into lines (order_id) values ($1)", [id]);
        await db.query("insert into orders values ($1)", [id]);
        return { id };
      },
    },
    new: {
      "POST /orders": async ({ db, input: { id } }) => {
        await db.query("insert into orders values ($1)", [id]);
        await db.query("insert into lines (order_id) values ($1)", [id]);
        return { id };
      },
    },
    requests: [{ request: "POST /orders", body: { id: "{n}" } }],
    expects: /^v1 on v2's schema: POST \/orders 500 .*violates foreign key constraint "lines_order"/,
  },
};
export default pairs;
