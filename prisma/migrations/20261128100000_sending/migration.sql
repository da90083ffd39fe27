ALTER TABLE "deliveries" ADD COLUMN "key" UUID;

CREATE INDEX "deliveries_key_idx" ON "deliveries" ("key") WHERE "key" IS NOT NULL;
CREATE INDEX "deliveries_lane_idx" ON "deliveries" ("account_id", "priority", "due_at") WHERE "status" = 'queued';
CREATE INDEX "deliveries_stuck_idx" ON "deliveries" ("chat_id", "id") WHERE "status" IN ('failed', 'unknown');
DROP INDEX "deliveries_due_idx";
