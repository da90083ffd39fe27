ALTER TABLE "users" ADD COLUMN "send_typing" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "send_receipts" BOOLEAN NOT NULL DEFAULT true;

ALTER TABLE "buddies" ADD COLUMN "groups" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "listed" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "blocked" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "opted_out" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "avatar_key" TEXT;

ALTER TABLE "conversations" ADD COLUMN "send_typing" BOOLEAN,
  ADD COLUMN "send_receipts" BOOLEAN;

ALTER TABLE "chats" ADD COLUMN "invited" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "encrypted" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "member_count" INTEGER,
  ADD COLUMN "history_position" JSONB,
  ADD COLUMN "history_done" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "read_remote_id" TEXT,
  ADD COLUMN "read_told_remote_id" TEXT;

ALTER TABLE "messages" ADD COLUMN "thread_remote" TEXT,
  ADD COLUMN "unreadable" TEXT,
  ADD COLUMN "buttons" JSONB;

ALTER TABLE "message_attachments" ADD COLUMN "content_id" TEXT;

ALTER TABLE "attempts" ADD COLUMN "provider" TEXT,
  ADD COLUMN "cost_amount" DECIMAL(12,6),
  ADD COLUMN "cost_currency" TEXT;

CREATE TABLE "message_receipts" (
  "message_id" UUID NOT NULL,
  "sender" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "proves" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "message_receipts_pkey" PRIMARY KEY ("message_id", "sender")
);
ALTER TABLE "message_receipts" ADD CONSTRAINT "message_receipts_message_id_fkey"
  FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "account_secrets" (
  "account_id" UUID NOT NULL,
  "key" TEXT NOT NULL,
  "value" BYTEA NOT NULL,
  CONSTRAINT "account_secrets_pkey" PRIMARY KEY ("account_id", "key")
);
ALTER TABLE "account_secrets" ADD CONSTRAINT "account_secrets_account_id_fkey"
  FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is to be healed when it comes again, readable.
CREATE INDEX "messages_unreadable_idx" ON "messages" ("chat_id") WHERE "unreadable" IS NOT NULL;
