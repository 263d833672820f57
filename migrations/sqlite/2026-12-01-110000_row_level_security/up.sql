-- SQLite has no policies on rows: nothing to do. What PostgreSQL's keep apart, the conditions of statements keep apart
-- here; they are checked in tests.
SELECT 1;
