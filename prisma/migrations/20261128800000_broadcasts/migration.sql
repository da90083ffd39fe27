ALTER TABLE "deliveries" ADD COLUMN "held" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "broadcasts" ADD COLUMN "progress" JSONB NOT NULL DEFAULT '{}',
  ADD COLUMN "counted_rev" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "broadcast_recipients" ADD COLUMN "status" TEXT NOT NULL DEFAULT 'waiting';

CREATE INDEX "broadcasts_state_idx" ON "broadcasts"("state");
CREATE INDEX "broadcast_recipients_broadcast_id_status_position_idx" ON "broadcast_recipients"("broadcast_id", "status", "position");
CREATE INDEX "deliveries_dead_idx" ON "deliveries" ("id") WHERE "status" IN ('failed', 'unknown');
