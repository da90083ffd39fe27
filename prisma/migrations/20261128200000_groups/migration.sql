ALTER TABLE "conversations" ADD COLUMN "relay_since" TIMESTAMPTZ(3);
ALTER TABLE "deliveries" ADD COLUMN "proven_at" TIMESTAMPTZ(3);

-- Of the few rows that have them only: messages are stored by the thousand.
DROP INDEX "messages_group_id_sent_at_id_idx";
CREATE INDEX "messages_group_id_sent_at_id_idx" ON "messages"("group_id", "sent_at" DESC, "id" DESC) WHERE "group_id" IS NOT NULL;
DROP INDEX "messages_broadcast_id_idx";
CREATE INDEX "messages_broadcast_id_idx" ON "messages"("broadcast_id") WHERE "broadcast_id" IS NOT NULL;
CREATE UNIQUE INDEX "messages_relay_of_key" ON "messages"("relay_of") WHERE "relay_of" IS NOT NULL;
CREATE INDEX "chats_group_id_idx" ON "chats"("group_id") WHERE "group_id" IS NOT NULL;

CREATE TABLE "unreached" (
  "message_id" UUID NOT NULL,
  "contact_id" UUID NOT NULL,
  "reason" TEXT NOT NULL,
  CONSTRAINT "unreached_pkey" PRIMARY KEY ("message_id", "contact_id")
);
ALTER TABLE "unreached" ADD CONSTRAINT "unreached_message_id_fkey"
  FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "unreached" ADD CONSTRAINT "unreached_contact_id_fkey"
  FOREIGN KEY ("contact_id") REFERENCES "contacts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
