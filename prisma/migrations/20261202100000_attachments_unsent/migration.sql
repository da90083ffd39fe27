-- CreateIndex
CREATE INDEX "attachments_hash_idx" ON "attachments"("hash");

-- CreateIndex
CREATE INDEX "message_attachments_attachment_id_idx" ON "message_attachments"("attachment_id");
