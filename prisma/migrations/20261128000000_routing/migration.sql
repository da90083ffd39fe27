ALTER TABLE "users" ADD COLUMN "undo_seconds" INTEGER NOT NULL DEFAULT 10,
  ADD COLUMN "undo_for" TEXT NOT NULL DEFAULT 'lasting',
  ADD COLUMN "last_seen_at" TIMESTAMPTZ(3);
ALTER TABLE "profiles" ADD COLUMN "route_id" UUID;
ALTER TABLE "accounts" ADD COLUMN "standby_id" UUID;
ALTER TABLE "contacts" ADD COLUMN "route_id" UUID;
ALTER TABLE "conversations" ADD COLUMN "route_id" UUID,
  ADD COLUMN "via_account_id" UUID,
  ADD COLUMN "when_stuck" TEXT NOT NULL DEFAULT 'wait',
  ADD COLUMN "mixed" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "relay" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "chats" ADD COLUMN "group_id" UUID,
  ADD COLUMN "group_at" TIMESTAMPTZ(3);
ALTER TABLE "messages" ADD COLUMN "group_id" UUID,
  ADD COLUMN "broadcast_id" UUID,
  ADD COLUMN "relay_of" UUID,
  ADD COLUMN "urgency" TEXT NOT NULL DEFAULT 'normal',
  ADD COLUMN "undo_until" TIMESTAMPTZ(3),
  ADD COLUMN "variants" JSONB,
  ADD COLUMN "shorten_links" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "deliveries" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'first',
  ADD COLUMN "contact_id" UUID,
  ADD COLUMN "why" TEXT,
  ADD COLUMN "conditions" JSONB,
  ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "stands_in_for" UUID;
UPDATE "deliveries" SET "kind" = 'fallback' WHERE "unless" IS NOT NULL;

CREATE INDEX "messages_group_id_sent_at_id_idx" ON "messages"("group_id", "sent_at" DESC, "id" DESC);
CREATE INDEX "messages_broadcast_id_idx" ON "messages"("broadcast_id");

CREATE TABLE "routes" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "policy" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "routes_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "routes_user_id_idx" ON "routes"("user_id");
ALTER TABLE "routes" ADD CONSTRAINT "routes_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "group_members" (
  "conversation_id" UUID NOT NULL,
  "contact_id" UUID NOT NULL,
  "position" INTEGER NOT NULL,
  CONSTRAINT "group_members_pkey" PRIMARY KEY ("conversation_id", "contact_id")
);
CREATE INDEX "group_members_contact_id_idx" ON "group_members"("contact_id");
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_conversation_id_fkey"
  FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_contact_id_fkey"
  FOREIGN KEY ("contact_id") REFERENCES "contacts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "broadcasts" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "letter" JSONB NOT NULL,
  "route" JSONB,
  "state" TEXT NOT NULL DEFAULT 'running',
  "total" INTEGER NOT NULL,
  "starts_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "finished_at" TIMESTAMPTZ(3),
  "rev" BIGINT NOT NULL,
  CONSTRAINT "broadcasts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "broadcasts_user_id_rev_idx" ON "broadcasts"("user_id", "rev");
ALTER TABLE "broadcasts" ADD CONSTRAINT "broadcasts_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "broadcast_recipients" (
  "broadcast_id" UUID NOT NULL,
  "position" INTEGER NOT NULL,
  "contact_id" UUID NOT NULL,
  "message_id" UUID,
  "problem" TEXT,
  CONSTRAINT "broadcast_recipients_pkey" PRIMARY KEY ("broadcast_id", "position")
);
CREATE INDEX "broadcast_recipients_message_id_idx" ON "broadcast_recipients"("message_id");
ALTER TABLE "broadcast_recipients" ADD CONSTRAINT "broadcast_recipients_broadcast_id_fkey"
  FOREIGN KEY ("broadcast_id") REFERENCES "broadcasts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
