-- AlterTable
ALTER TABLE "buddies" ADD COLUMN     "activity" TEXT,
ADD COLUMN     "idle_since" TIMESTAMPTZ(3),
ADD COLUMN     "time_zone" TEXT;

-- AlterTable
ALTER TABLE "contacts" ADD COLUMN     "time_zone" TEXT;
