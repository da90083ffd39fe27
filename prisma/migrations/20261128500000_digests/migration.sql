CREATE TABLE "digests" (
  "user_id" UUID NOT NULL,
  "enabled" BOOLEAN NOT NULL,
  "account_id" UUID NOT NULL,
  "address" TEXT NOT NULL,
  "away_minutes" INTEGER NOT NULL,
  "every_minutes" INTEGER NOT NULL,
  "include" TEXT NOT NULL,
  "quiet" JSONB,
  "zone" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "chat_id" UUID,
  "last_sent_at" TIMESTAMPTZ(3),
  "problem" TEXT,
  "looked_rev" BIGINT NOT NULL,
  CONSTRAINT "digests_pkey" PRIMARY KEY ("user_id")
);
ALTER TABLE "digests" ADD CONSTRAINT "digests_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "digest_letters" (
  "message_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "conversation_ids" UUID[],
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "digest_letters_pkey" PRIMARY KEY ("message_id")
);
CREATE INDEX "digest_letters_user_id_created_at_idx" ON "digest_letters"("user_id", "created_at");
ALTER TABLE "digest_letters" ADD CONSTRAINT "digest_letters_message_id_fkey"
  FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "digest_items" (
  "message_id" UUID NOT NULL,
  "letter_id" UUID NOT NULL,
  CONSTRAINT "digest_items_pkey" PRIMARY KEY ("message_id")
);
ALTER TABLE "digest_items" ADD CONSTRAINT "digest_items_message_id_fkey"
  FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "digest_answers" (
  "message_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "conversation_id" UUID,
  "answer_id" UUID,
  "state" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "digest_answers_pkey" PRIMARY KEY ("message_id")
);
CREATE INDEX "digest_answers_state_idx" ON "digest_answers"("state");
ALTER TABLE "digest_answers" ADD CONSTRAINT "digest_answers_message_id_fkey"
  FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;
