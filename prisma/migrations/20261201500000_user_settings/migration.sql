-- What the user set for all their clients, and the revision of the user's own row.
ALTER TABLE "users" ADD COLUMN "settings" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "users" ADD COLUMN "own_rev" BIGINT NOT NULL DEFAULT 0;

-- How a conversation looks to the user.
ALTER TABLE "conversations" ADD COLUMN "scene" JSONB;
