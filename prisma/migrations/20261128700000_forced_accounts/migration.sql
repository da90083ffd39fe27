CREATE INDEX "conversations_via_account_id_idx" ON "conversations" ("via_account_id") WHERE "via_account_id" IS NOT NULL;
