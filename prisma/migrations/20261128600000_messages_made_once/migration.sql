ALTER TABLE "messages" ADD COLUMN "once_key" TEXT;
CREATE UNIQUE INDEX "messages_user_id_once_key_key" ON "messages"("user_id", "once_key") WHERE "once_key" IS NOT NULL;
ALTER TABLE "broadcasts" ADD COLUMN "once_key" TEXT;
CREATE UNIQUE INDEX "broadcasts_user_id_once_key_key" ON "broadcasts"("user_id", "once_key") WHERE "once_key" IS NOT NULL;
