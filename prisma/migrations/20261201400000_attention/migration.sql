-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "marked_unread" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "mentions" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "notify" TEXT,
ADD COLUMN     "remind_at" TIMESTAMPTZ(3),
ADD COLUMN     "reminded_at" TIMESTAMPTZ(3),
ADD COLUMN     "snoozed_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "mentioned" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "remind_at" TIMESTAMPTZ(3),
ADD COLUMN     "reminded_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "push_subscriptions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "endpoint" TEXT NOT NULL,
    "keys" BYTEA NOT NULL,
    "device" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "last_sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "push_subscriptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "push_places" (
    "user_id" UUID NOT NULL,
    "rev" BIGINT NOT NULL,
    "message_id" UUID NOT NULL,

    CONSTRAINT "push_places_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "server_keys" (
    "name" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "private_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "server_keys_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "push_subscriptions_endpoint_key" ON "push_subscriptions"("endpoint");

-- CreateIndex
CREATE INDEX "push_subscriptions_user_id_idx" ON "push_subscriptions"("user_id");

-- AddForeignKey
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "push_places" ADD CONSTRAINT "push_places_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Few rows wait for a time: their indexes hold those alone.
CREATE INDEX "conversations_snoozed_idx" ON "conversations" ("snoozed_until") WHERE "snoozed_until" IS NOT NULL;
CREATE INDEX "conversations_remind_idx" ON "conversations" ("user_id", "remind_at") WHERE "remind_at" IS NOT NULL;
CREATE INDEX "messages_remind_idx" ON "messages" ("user_id", "remind_at") WHERE "remind_at" IS NOT NULL;
CREATE INDEX "conversations_remind_due_idx" ON "conversations" ("remind_at") WHERE "remind_at" IS NOT NULL AND "reminded_at" IS NULL;
CREATE INDEX "messages_remind_due_idx" ON "messages" ("remind_at") WHERE "remind_at" IS NOT NULL AND "reminded_at" IS NULL;
