import { createHash, createHmac } from "node:crypto";
import type { MuseumPair, Routes } from "../pair";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const signed = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, 16);

const TASKS: Routes = {
  "POST /tasks": "insert into tasks (title) values ($title) returning id",
  "GET /tasks/:id": async ({ db, input }) => {
    const { rows } = await db.query("select id, title, state::text from tasks where id = $1", [input.id]);
    if (!rows[0]) return undefined;
    const shown = { open: "to do", done: "finished" }[rows[0].state as string];
    if (shown === undefined) throw new Error(`unknown state ${rows[0].state}`);
    return { ...rows[0], state: shown };
  },
};

/** Incidents by what values mean. */
const pairs: Record<string, MuseumPair> = {
  "enum-value-unknown": {
    title: "The new release writes a value of an enum that the old one does not know",
    source: "https://github.com/opensearch-project/query-insights/issues/673",
    tables:
      "create type state as enum ('open', 'done'); create table tasks (id serial primary key, title text, state state default 'open')",
    migrate: "alter type state add value 'archived'",
    old: TASKS,
    new: {
      "POST /tasks/:id/archive": "update tasks set state = 'archived' where id = $id returning id",
      "GET /tasks/:id":
        "select id, title, case state when 'open' then 'to do' when 'done' then 'finished' else 'archived' end as state from tasks where id = $id",
    },
    requests: [{ request: "POST /tasks", body: { title: "t" }, keep: { id: "id" } }, "GET /tasks/{id}"],
    newRequests: {
      archive: [
        { request: "POST /tasks", body: { title: "t" }, keep: { id: "id" } },
        "POST /tasks/{id}/archive",
        "GET /tasks/{id}",
      ],
    },
    expects: /^back to v1 with rows that v2 wrote: GET \/tasks\/\{id\} 500 .*unknown state archived/,
  },
  "enum-value-renamed": {
    title: "A value of an enum is renamed under the old release",
    source: "https://github.com/OmniTrustILM/core/issues/2028",
    tables:
      "create type state as enum ('open', 'done'); create table tasks (id serial primary key, title text, state state default 'open')",
    migrate: "alter type state rename value 'open' to 'todo'",
    old: TASKS,
    new: {
      "GET /tasks/:id":
        "select id, title, case state when 'todo' then 'to do' else 'finished' end as state from tasks where id = $id",
    },
    requests: [{ request: "POST /tasks", body: { title: "t" }, keep: { id: "id" } }, "GET /tasks/{id}"],
    expects: /^v1 on v2's schema: GET \/tasks\/\{id\} 500 .*unknown state todo/,
  },
  "unit-changed": {
    title: "An amount is in cents now",
    source: "https://github.com/stella/stella/pull/2967",
    tables: "create table prices (id serial primary key, amount numeric)",
    old: {
      "POST /prices": "insert into prices (amount) values ($euro) returning id",
      "GET /prices/:id": "select amount::float as euro from prices where id = $id",
    },
    new: {
      "POST /prices": "insert into prices (amount) values ($euro::numeric * 100) returning id",
      "GET /prices/:id": "select (amount / 100)::float as euro from prices where id = $id",
    },
    requests: [{ request: "POST /prices", body: { euro: 12.5 }, keep: { id: "id" } }, "GET /prices/{id}"],
    expects: /^back to v1 with rows that v2 wrote: GET \/prices\/\{id\} answers euro 1250 \(alone: 12\.5\)/,
  },
  "time-zone-changed": {
    title: "Times are written in UTC instead of local time",
    source: "https://github.com/glowfic-constellation/glowfic/pull/195",
    tables: "create table visits (id serial primary key, at timestamp)",
    old: {
      "POST /visits": "insert into visits (at) values ($at::timestamp) returning id",
      "GET /visits/:id": "select to_char(at, 'HH24:MI') as at from visits where id = $id",
    },
    new: {
      "POST /visits": "insert into visits (at) values ($at::timestamp - interval '9 hours') returning id",
      "GET /visits/:id": "select to_char(at + interval '9 hours', 'HH24:MI') as at from visits where id = $id",
    },
    requests: [{ request: "POST /visits", body: { at: "2026-03-01 18:00" }, keep: { id: "id" } }, "GET /visits/{id}"],
    expects: /^v2 with rows that v1 wrote: GET \/visits\/\{id\} answers at "03:00" \(alone: "18:00"\)/,
  },
  "soft-delete-ignored": {
    title: "The new release marks rows as deleted, and the old one shows them",
    source: "https://github.com/alphagov/signon/pull/530",
    tables: "create table photos (id serial primary key, name text); insert into photos (name) values ('sea')",
    migrate: "alter table photos add column deleted_at timestamptz",
    old: {
      "POST /photos": "insert into photos (name) values ($name) returning id",
      "DELETE /photos/:id": "delete from photos where id = $id returning id",
      "GET /photos/:id": "select name from photos where id = $id",
    },
    new: {
      "DELETE /photos/:id": "update photos set deleted_at = now() where id = $id returning id",
      "GET /photos/:id": "select name from photos where id = $id and deleted_at is null",
    },
    requests: [
      { request: "POST /photos", body: { name: "wood" }, keep: { id: "id" } },
      "DELETE /photos/{id}",
      "GET /photos/{id}",
    ],
    expects: /^back to v1 with rows that v2 wrote: GET \/photos\/\{id\} 200 \(alone: 404\)/,
  },
  "null-old-release-does-not-expect": {
    title: "The new release leaves a column empty that the old one needs",
    source: "https://github.com/sidekiq/sidekiq/issues/5163",
    tables: "create table people (id serial primary key, name text not null)",
    migrate: ["alter table people alter column name drop not null", "alter table people add column first_name text"],
    old: {
      "POST /people": "insert into people (name) values ($name) returning id",
      "GET /people/:id": async ({ db, input }) => {
        const { rows } = await db.query("select name from people where id = $1", [input.id]);
        return rows[0] && { name: rows[0].name.trim() };
      },
    },
    new: {
      "POST /people": "insert into people (first_name) values ($name) returning id",
      "GET /people/:id": "select coalesce(first_name, name) as name from people where id = $id",
    },
    requests: [{ request: "POST /people", body: { name: "Ann" }, keep: { id: "id" } }, "GET /people/{id}"],
    expects:
      /^back to v1 with rows that v2 wrote: GET \/people\/\{id\} 500 .*TypeError: Cannot read properties of null/,
  },
  "password-hash-changed": {
    title: "The old release cannot check passwords that the new one has hashed",
    source: "https://github.com/otwcode/otwarchive/pull/4926",
    tables: "create table accounts (name text primary key, hash text)",
    old: {
      "POST /accounts": async ({ db, input }) => {
        await db.query("insert into accounts values ($1, $2)", [input.name, md5(input.password)]);
        return {};
      },
      "POST /login": async ({ db, input }) => {
        const { rows } = await db.query("select hash from accounts where name = $1", [input.name]);
        return rows[0]?.hash === md5(input.password) ? {} : undefined;
      },
    },
    new: {
      "POST /accounts": async ({ db, input }) => {
        await db.query("insert into accounts values ($1, $2)", [input.name, sha(input.password)]);
        return {};
      },
      "POST /login": async ({ db, input }) => {
        const { rows } = await db.query("select hash from accounts where name = $1", [input.name]);
        return [md5(input.password), sha(input.password)].includes(rows[0]?.hash) ? {} : undefined;
      },
    },
    requests: [
      { request: "POST /accounts", body: { name: "ann{n}", password: "secret" } },
      { request: "POST /login", body: { name: "ann{n}", password: "secret" } },
    ],
    expects: /^back to v1 with rows that v2 wrote: POST \/login 404 \(alone: 201\)/,
  },
  "spelling-of-keys-changed": {
    title: "The new release writes addresses in lower case, and the old one looks for them as they are given",
    source: "https://github.com/chrisvel/tududi/pull/1470",
    tables: "create table members (email text primary key, name text)",
    old: {
      "POST /members": "insert into members values ($email, $name) returning name",
      "GET /members/:email": "select name from members where email = $email",
    },
    new: {
      "POST /members": "insert into members values (lower($email), $name) returning name",
      "GET /members/:email": "select name from members where lower(email) = lower($email)",
    },
    requests: [
      { request: "POST /members", body: { email: "Ann{n}@Example.com", name: "Ann" } },
      "GET /members/Ann{n}@Example.com",
    ],
    expects: /^back to v1 with rows that v2 wrote: GET \/members\/Ann\{n\}@Example\.com 404 \(alone: 200\)/,
  },
  "id-overflows": {
    title: "Ids grow past what the old release can hold",
    source: "https://blog.vonng.com/en/pg/sequence-overflow",
    tables: "create table events (id bigint primary key, what text); create sequence event_ids",
    migrate: "alter sequence event_ids restart with 3000000000",
    old: {
      "POST /events": "insert into events values (nextval('event_ids')::int, $what) returning id",
      "GET /events/:id": "select what from events where id = $id::int",
    },
    new: {
      "POST /events": "insert into events values (nextval('event_ids'), $what) returning id",
      "GET /events/:id": "select what from events where id = $id",
    },
    requests: [{ request: "POST /events", body: { what: "x" }, keep: { id: "id" } }, "GET /events/{id}"],
    expects: /^v1 on v2's schema: POST \/events 500 .*integer out of range/,
  },
  "id-becomes-text": {
    title: "The new release gives ids that are no numbers",
    source: "https://github.com/trenpixster/addict/pull/119",
    tables: "create table items (id text primary key, name text); create sequence item_ids",
    old: {
      "POST /items": "insert into items values (nextval('item_ids')::text, $name) returning id",
      "GET /items/:id": "select name from items where id::int = $id::int",
    },
    new: {
      "POST /items": "insert into items values ('item-' || nextval('item_ids'), $name) returning id",
      "GET /items/:id": "select name from items where id = $id",
    },
    requests: [{ request: "POST /items", body: { name: "cup" }, keep: { id: "id" } }, "GET /items/{id}"],
    expects: /^back to v1 with rows that v2 wrote: .*GET \/items\/\{id\} 500 .*invalid input syntax for type integer/,
  },
  "version-not-counted": {
    title: "The old release changes rows without counting the version on which the new one relies",
    source: "https://github.com/MichaCo/CacheManager/issues/183",
    tables: "create table pages (id serial primary key, text text)",
    migrate: "alter table pages add column etag text",
    old: {
      "POST /pages": "insert into pages (text) values ($text) returning id",
      "PUT /pages/:id": "update pages set text = $text where id = $id returning id",
      "GET /pages/:id": "select text from pages where id = $id",
    },
    new: {
      "POST /pages": "insert into pages (text, etag) values ($text, $text) returning id",
      "PUT /pages/:id": "update pages set text = $text, etag = $text where id = $id returning id",
      "GET /pages/:id": "select coalesce(etag, text) as text from pages where id = $id",
    },
    requests: [
      { request: "POST /pages", body: { text: "first" }, keep: { id: "id" } },
      "GET /pages/{id}",
      { request: "PUT /pages/{id}", body: { text: "second" } },
      "GET /pages/{id}",
    ],
    expects:
      /^v1 and v2 at once: .*GET \/pages\/\{id\} of v[12] answers text "first"|GET \/pages\/\{id\}.* answers text/,
  },
  "cookie-signed-otherwise": {
    title: "The old release does not accept the cookies of the new one",
    source: "https://github.com/rails/rails/pull/37628",
    tables: "create table visits (id serial)",
    old: {
      "POST /login": async ({ input, setCookie }) => {
        setCookie("session", `${input.name}.${signed("one", input.name)}`);
        return {};
      },
      "GET /me": async ({ cookies }) => {
        const [name = "", proof] = (cookies.session ?? "").split(".");
        return proof === signed("one", name) ? { name } : undefined;
      },
    },
    new: {
      "POST /login": async ({ input, setCookie }) => {
        setCookie("session", `${input.name}.${signed("two", input.name)}`);
        return {};
      },
      "GET /me": async ({ cookies }) => {
        const [name = "", proof] = (cookies.session ?? "").split(".");
        return [signed("one", name), signed("two", name)].includes(proof ?? "") ? { name } : undefined;
      },
    },
    requests: [{ request: "POST /login", body: { name: "ann" } }, "GET /me"],
    expects: /^back to v1 with rows that v2 wrote: GET \/me 404 \(alone: 200\)/,
  },
  "session-shape-changed": {
    title: "A session has another JSON shape",
    source: "https://github.com/mbvlabs/andurel/pull/702",
    tables: "create table sessions (id text primary key, data jsonb)",
    old: {
      "POST /sessions":
        "insert into sessions values ($id, jsonb_build_object('cart', jsonb_build_array($item::text))) returning id",
      "GET /sessions/:id": async ({ db, input }) => {
        const { rows } = await db.query("select data from sessions where id = $1", [input.id]);
        return rows[0] && { items: rows[0].data.cart.length };
      },
    },
    new: {
      "POST /sessions": `insert into sessions values ($id, jsonb_build_object('v2', jsonb_build_object('items', 1))) returning id`,
      "GET /sessions/:id": async ({ db, input }) => {
        const { rows } = await db.query("select data from sessions where id = $1", [input.id]);
        return rows[0] && { items: rows[0].data.v2?.items ?? rows[0].data.cart.length };
      },
    },
    requests: [{ request: "POST /sessions", body: { id: "s{n}", item: "cup" } }, "GET /sessions/s{n}"],
    expects: /^back to v1 with rows that v2 wrote: GET \/sessions\/s\{n\} 500 .*TypeError/,
  },
  "cache-entry-shape-changed": {
    title: "A cached entry has another shape under the same key",
    source: "https://github.com/rubygems/rubygems.org/pull/6548",
    tables: "create unlogged table cache (key text primary key, value jsonb)",
    old: {
      "PUT /prices/:id":
        "insert into cache values ('price:' || $id, to_jsonb($price::int)) on conflict (key) do update set value = excluded.value returning key",
      "GET /prices/:id": "select value::int as price from cache where key = 'price:' || $id",
    },
    new: {
      "PUT /prices/:id": `insert into cache values ('price:' || $id, jsonb_build_object('net', $price::int))
        on conflict (key) do update set value = excluded.value returning key`,
      "GET /prices/:id":
        "select coalesce(value->>'net', value #>> '{}')::int as price from cache where key = 'price:' || $id",
    },
    requests: [{ request: "PUT /prices/{n}", body: { price: 5 } }, "GET /prices/{n}"],
    expects: /^back to v1 with rows that v2 wrote: GET \/prices\/\{n\} 500 .*cannot cast jsonb object to type integer/,
  },
  "cache-key-new-meaning": {
    title: "The key of a cached entry means something else",
    source: "https://github.com/taoensso/carmine/issues/216",
    tables: "create unlogged table cache (key text primary key, value text)",
    old: {
      "PUT /pages/:id":
        "insert into cache values ('page:' || $id, $text) on conflict (key) do update set value = excluded.value returning key",
      "GET /pages/:id": "select value as text from cache where key = 'page:' || $id",
    },
    new: {
      "PUT /pages/:id":
        "insert into cache values ('page:' || $id, upper($text)) on conflict (key) do update set value = excluded.value returning key",
      "GET /pages/:id": "select lower(value) as text from cache where key = 'page:' || $id",
    },
    requests: [{ request: "PUT /pages/{n}", body: { text: "hello" } }, "GET /pages/{n}"],
    expects: /^back to v1 with rows that v2 wrote: GET \/pages\/\{n\} answers text "HELLO" \(alone: "hello"\)/,
  },
  "job-shape-changed": {
    title: "A job in the queue has another JSON shape",
    source: "https://github.com/department-of-veterans-affairs/caseflow/issues/4227",
    tables: "create table jobs (id serial primary key, payload jsonb)",
    old: { "POST /mails": "insert into jobs (payload) values (jsonb_build_object('to', $to::text)) returning id" },
    new: {
      "POST /mails":
        "insert into jobs (payload) values (jsonb_build_object('recipients', jsonb_build_array($to::text))) returning id",
    },
    commands: {
      old: {
        work: async ({ db }) => {
          const { rows } = await db.query("delete from jobs returning payload");
          return rows.map(({ payload }) => payload.to.toUpperCase());
        },
      },
      new: {
        work: async ({ db }) => {
          const { rows } = await db.query("delete from jobs returning payload");
          return rows.map(({ payload }) => (payload.recipients?.[0] ?? payload.to).toUpperCase());
        },
      },
    },
    requests: [{ request: "POST /mails", body: { to: "ann" } }, { run: "$RUN work" }],
    expects: /^back to v1 with rows that v2 wrote: \$RUN work exit code 1 .*TypeError/,
  },
  "job-kind-unknown": {
    title: "The queue has a kind of job that the old worker does not know",
    source: "https://github.com/mastodon/mastodon/pull/9730",
    tables: "create table jobs (id serial primary key, kind text)",
    old: { "POST /jobs": "insert into jobs (kind) values ('resize') returning id" },
    new: { "POST /jobs": "insert into jobs (kind) values ('resize-fast') returning id" },
    commands: {
      old: {
        work: async ({ db }) => {
          const { rows } = await db.query("delete from jobs returning kind");
          const unknown = rows.find(({ kind }) => kind !== "resize");
          if (unknown) throw new Error(`no handler for ${unknown.kind}`);
          return rows.length;
        },
      },
      new: { work: async ({ db }) => (await db.query("delete from jobs")).rowCount },
    },
    requests: ["POST /jobs", { run: "$RUN work" }],
    expects: /^back to v1 with rows that v2 wrote: \$RUN work exit code 1 .*no handler for resize-fast/,
  },
};
export default pairs;
