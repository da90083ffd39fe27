-- CreateIndex
CREATE INDEX "messages_thread_idx" ON "messages"("chat_id", "thread_remote", "sent_at" DESC, "id" DESC) WHERE "thread_remote" IS NOT NULL;
