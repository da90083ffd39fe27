-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "edits" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "forward_of" UUID,
ADD COLUMN     "pinned_at" TIMESTAMPTZ(3),
ADD COLUMN     "starred_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "message_edits" (
    "id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_edits_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "message_edits_message_id_at_idx" ON "message_edits"("message_id", "at");

-- AddForeignKey
ALTER TABLE "message_edits" ADD CONSTRAINT "message_edits_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Few messages are marked: their indexes hold those alone.
CREATE INDEX "messages_starred_idx" ON "messages" ("user_id", "starred_at" DESC, "id" DESC) WHERE "starred_at" IS NOT NULL;
CREATE INDEX "messages_pinned_idx" ON "messages" ("user_id", "pinned_at" DESC) WHERE "pinned_at" IS NOT NULL;
