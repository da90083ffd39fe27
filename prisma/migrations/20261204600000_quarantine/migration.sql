-- CreateTable
CREATE TABLE "quarantined" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "direction" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "note_id" UUID,
    "delivery_id" UUID,
    "payload" BYTEA,
    "whole" BOOLEAN NOT NULL DEFAULT false,
    "size" INTEGER NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quarantined_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "quarantined_user_id_id_idx" ON "quarantined"("user_id", "id");

-- CreateIndex
CREATE INDEX "quarantined_created_at_idx" ON "quarantined"("created_at");

-- AddForeignKey
ALTER TABLE "quarantined" ADD CONSTRAINT "quarantined_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quarantined" ADD CONSTRAINT "quarantined_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
