-- Up Migration
ALTER TABLE users DROP COLUMN name;
