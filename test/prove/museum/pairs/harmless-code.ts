import { createHmac } from "node:crypto";
import type { MuseumPair, Routes } from "../pair";

const NOTES = `create table notes (id serial primary key, text text, at timestamptz default now());
  insert into notes (text) select 'note ' || i from generate_series(1, 30) i;`;
const ROUTES: Routes = {
  "POST /notes": "insert into notes (text) values ($text) returning id, text, at",
  "PUT /notes/:id": "update notes set text = $text where id = $id returning id",
  "GET /notes/:id": "select id, text from notes where id = $id",
  "GET /notes": { all: "select id, text, at from notes order by id desc limit 3" },
};
const REQUESTS = [
  { request: "POST /notes", body: { text: "text {n}" }, keep: { id: "id" } },
  "GET /notes/{id}",
  { request: "PUT /notes/{id}", body: { text: "changed {n}" } },
  "GET /notes/{id}",
  "GET /notes",
];
const SENT = { all: "delete from jobs returning payload->>'to' as sent" };
const signed = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, 16);

const same = (title: string, more: Partial<MuseumPair>): MuseumPair => ({
  title,
  tables: NOTES,
  old: ROUTES,
  requests: REQUESTS,
  ...more,
});

/** Changes of code that go along with the release before. */
const pairs: Record<string, MuseumPair> = {
  "same-release": same("The same release twice", {}),
  "query-rewritten": same("Another query for the same answer", {
    new: { "GET /notes/:id": "with n as (select * from notes) select id, text from n where id = $id" },
  }),
  "field-added": same("An answer has one more field", {
    new: { "GET /notes/:id": "select id, text, length(text) as size from notes where id = $id" },
  }),
  "route-added": same("There is one more route", {
    new: { "DELETE /notes/:id": "delete from notes where id = $id returning id" },
    newRequests: {
      deleted: [
        { request: "POST /notes", body: { text: "gone" }, keep: { id: "id" } },
        "DELETE /notes/{id}",
        "GET /notes/{id}",
      ],
    },
  }),
  "random-and-time-in-answers": same("Answers have times and random values", {
    tables:
      "create table orders (id uuid primary key default gen_random_uuid(), number text, at timestamptz default now())",
    old: {
      "POST /orders": "insert into orders (number) values (md5(random()::text)) returning id, number, at",
      "GET /orders/:id": "select id, number, at, now() as seen from orders where id = $id",
    },
    requests: [
      "GET /orders/00000000-0000-0000-0000-000000000000",
      { request: "POST /orders", keep: { id: "id" } },
      "GET /orders/{id}",
    ],
  }),
  "job-with-one-more-field": same("A job has one more field", {
    tables: "create table jobs (id serial primary key, payload jsonb)",
    old: { "POST /mails": "insert into jobs (payload) values (jsonb_build_object('to', $to::text)) returning id" },
    new: {
      "POST /mails":
        "insert into jobs (payload) values (jsonb_build_object('to', $to::text, 'lang', 'en')) returning id",
    },
    commands: { old: { work: SENT }, new: { work: SENT } },
    requests: [{ request: "POST /mails", body: { to: "ann" } }, { run: "$RUN work" }],
  }),
  "session-with-one-more-field": same("A session has one more field", {
    tables: "create table sessions (id text primary key, data jsonb)",
    old: {
      "POST /sessions": "insert into sessions values ($id, jsonb_build_object('cart', $item::text)) returning id",
      "GET /sessions/:id": "select data->>'cart' as cart from sessions where id = $id",
    },
    new: {
      "POST /sessions":
        "insert into sessions values ($id, jsonb_build_object('cart', $item::text, 'seen', true)) returning id",
    },
    requests: [{ request: "POST /sessions", body: { id: "s{n}", item: "cup" } }, "GET /sessions/s{n}"],
  }),
  "cookie-key-accepted-before-used": same("A new key of cookies is accepted, and not used yet", {
    old: {
      "POST /login": async ({ input, setCookie }) => {
        setCookie("session", `${input.name}.${signed("one", input.name)}`);
        return {};
      },
      "GET /me": async ({ cookies }) => {
        const [name = "", proof = ""] = (cookies.session ?? "").split(".");
        return proof === signed("one", name) ? { name } : undefined;
      },
    },
    new: {
      "GET /me": async ({ cookies }) => {
        const [name = "", proof = ""] = (cookies.session ?? "").split(".");
        return [signed("one", name), signed("two", name)].includes(proof) ? { name } : undefined;
      },
    },
    requests: [{ request: "POST /login", body: { name: "ann" } }, "GET /me"],
  }),
  "cache-key-with-version": same("A cached entry of another shape has another key", {
    tables:
      "create table prices (id text primary key, price int); create unlogged table cache (key text primary key, value jsonb)",
    old: {
      "PUT /prices/:id":
        "insert into prices values ($id, $price) on conflict (id) do update set price = excluded.price returning id",
      "GET /prices/:id": `with p as (select price from prices where id = $id),
        c as (insert into cache select 'v1:' || $id, to_jsonb(price) from p on conflict do nothing) select price from p`,
    },
    new: {
      "GET /prices/:id": `with p as (select price from prices where id = $id),
        c as (insert into cache select 'v2:' || $id, jsonb_build_object('net', price) from p on conflict do nothing) select price from p`,
    },
    requests: [{ request: "PUT /prices/{n}", body: { price: 5 } }, "GET /prices/{n}"],
  }),
  "writes-both-columns": same("A rename, first release: both columns are written, the old one is read", {
    migrate: "alter table notes add column body text",
    new: {
      "POST /notes": "insert into notes (text, body) values ($text, $text) returning id, text, at",
      "PUT /notes/:id": "update notes set text = $text, body = $text where id = $id returning id",
    },
  }),
  "reads-either-column": same("A rename, second release: the new column is read, or else the old one", {
    tables: `${NOTES} alter table notes add column body text`,
    migrate: "update notes set body = text where body is null",
    old: {
      ...ROUTES,
      "POST /notes": "insert into notes (text, body) values ($text, $text) returning id, text, at",
      "PUT /notes/:id": "update notes set text = $text, body = $text where id = $id returning id",
    },
    new: { "GET /notes/:id": "select id, coalesce(body, text) as text from notes where id = $id" },
  }),
  "trigger-before-back-fill": same("A trigger fills new rows before the others are filled", {
    migrate: [
      "alter table notes add column body text",
      "create function fill() returns trigger language plpgsql as 'begin new.body := new.text; return new; end'",
      "create trigger fill before insert or update on notes for each row execute function fill()",
      "update notes set body = text where body is null",
    ],
    new: { "GET /notes/:id": "select id, body as text from notes where id = $id" },
  }),
  "tolerant-reader-of-enum": same("A value that the old release does not know, and passes on", {
    tables: "create table tasks (id serial primary key, state text default 'open')",
    old: {
      "POST /tasks": "insert into tasks default values returning id",
      "GET /tasks/:id": "select id, state from tasks where id = $id",
    },
    new: { "POST /tasks/:id/archive": "update tasks set state = 'archived' where id = $id returning id" },
    requests: [{ request: "POST /tasks", keep: { id: "id" } }, "GET /tasks/{id}"],
    newRequests: {
      archive: [{ request: "POST /tasks", keep: { id: "id" } }, "POST /tasks/{id}/archive", "GET /tasks/{id}"],
    },
  }),
  "optional-input": same("A request may have one more field", {
    migrate: "alter table notes add column colour text",
    new: {
      "POST /notes":
        "insert into notes (text, colour) values ($text, coalesce($colour, 'white')) returning id, text, at",
      "GET /notes/:id": "select id, text, coalesce(colour, 'white') as colour from notes where id = $id",
    },
    newRequests: {
      coloured: [{ request: "POST /notes", body: { text: "x", colour: "red" }, keep: { id: "id" } }, "GET /notes/{id}"],
    },
  }),
  "values-cleaned": same("Old rows are cleaned, and the new release writes clean ones", {
    tables:
      "create table members (id serial primary key, email text); insert into members (email) values ('Ann@Example.com'), ('bob@example.com')",
    migrate: "update members set email = lower(email) where email <> lower(email)",
    old: {
      "POST /members": "insert into members (email) values ($email) returning id",
      "GET /members/:id": "select id, lower(email) as email from members where id = $id",
    },
    new: { "POST /members": "insert into members (email) values (lower($email)) returning id" },
    requests: [
      { request: "POST /members", body: { email: "Cea@Example.com" }, keep: { id: "id" } },
      "GET /members/{id}",
      "GET /members/1",
    ],
  }),
  "errors-stay-errors": same("Requests that are refused by both", {
    new: { "GET /health": "select 1 as ok" },
    requests: [
      "GET /nothing",
      "GET /notes/999999",
      { request: "POST /notes", body: { text: "a" }, keep: { id: "id" } },
      "GET /notes/{id}",
    ],
  }),
};
export default pairs;
