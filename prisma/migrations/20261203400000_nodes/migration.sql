-- AlterTable
ALTER TABLE "accounts" DROP COLUMN "fence",
DROP COLUMN "lease_owner",
DROP COLUMN "lease_until";

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "fence" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "holder" UUID;

-- CreateTable
CREATE TABLE "nodes" (
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "roles" TEXT[],
    "files" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "nodes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "users_holder_idx" ON "users"("holder");
