ALTER TABLE "messages" ADD COLUMN "personal" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "templates" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "format" TEXT NOT NULL DEFAULT 'plain',
  "subject" TEXT,
  "variants" JSONB,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "templates_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "templates_user_id_idx" ON "templates"("user_id");
ALTER TABLE "templates" ADD CONSTRAINT "templates_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "file_links" (
  "id" UUID NOT NULL,
  "message_id" UUID NOT NULL,
  "attachment_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "revoked_at" TIMESTAMPTZ(3),
  CONSTRAINT "file_links_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "file_links_message_id_attachment_id_key" ON "file_links"("message_id", "attachment_id");
CREATE INDEX "file_links_attachment_id_idx" ON "file_links"("attachment_id");
CREATE INDEX "file_links_expires_at_idx" ON "file_links"("expires_at");
ALTER TABLE "file_links" ADD CONSTRAINT "file_links_message_id_fkey"
  FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "file_links" ADD CONSTRAINT "file_links_attachment_id_fkey"
  FOREIGN KEY ("attachment_id") REFERENCES "attachments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "short_links" (
  "code" TEXT NOT NULL,
  "message_id" UUID NOT NULL,
  "url" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "revoked_at" TIMESTAMPTZ(3),
  CONSTRAINT "short_links_pkey" PRIMARY KEY ("code")
);
CREATE UNIQUE INDEX "short_links_message_id_url_key" ON "short_links"("message_id", "url");
CREATE INDEX "short_links_expires_at_idx" ON "short_links"("expires_at");
ALTER TABLE "short_links" ADD CONSTRAINT "short_links_message_id_fkey"
  FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;
