-- Up Migration
CREATE TABLE users (
  id text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The order in which users were added.
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE
);
