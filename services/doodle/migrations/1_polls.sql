-- Up Migration
CREATE TABLE polls (
  id text PRIMARY KEY,
  title text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The order in which polls were added.
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE
);
