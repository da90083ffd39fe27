import type pg from 'pg';
import { AtOnce } from '../../../core/at-once.js';
import { DomainError, notFound } from '../../../core/errors.js';
import { linksOf, mayLook } from '../../../core/link-previews/links.js';
import type { LinkPreviewService } from '../../../core/link-previews/service.js';
import type { LinkPreview, MessageView } from '../../../core/views.js';
import { inTransaction, Revisions } from '../pool.js';

/** Of one user at once; what is asked for beyond is asked again. */
const AT_ONCE = 8;

type Row = {
  text: string;
  known: boolean;
  gone: boolean;
  wanted: boolean;
  network: string;
  encrypted: boolean;
  request: boolean;
};
type Parts = {
  message: (userId: string, id: string) => Promise<MessageView>;
  channelOf: (network: string) => string;
  /** What is at an address; undefined where nothing can be shown of it. */
  read: (userId: string, url: string) => Promise<LinkPreview | undefined>;
  changed: (userId: string) => void;
};

export class LinkPreviews implements LinkPreviewService {
  readonly #looking = new Map<string, Promise<void>>();
  readonly #atOnce = new AtOnce(AT_ONCE, tooMany);

  constructor(
    private readonly pool: pg.Pool,
    private readonly parts: Parts,
  ) {}

  async look(userId: string, messageId: string): Promise<MessageView> {
    const key = `${userId} ${messageId}`;
    const looking = this.#looking.get(key) ?? this.#start(userId, messageId).finally(() => this.#looking.delete(key));
    this.#looking.set(key, looking);
    await looking;
    return this.parts.message(userId, messageId);
  }

  async #start(userId: string, id: string): Promise<void> {
    const row = await this.#row(userId, id);
    const said = { ...row, channel: this.parts.channelOf(row.network) };
    if (row.known || !row.wanted || !mayLook(said)) return;
    await this.#atOnce.run(userId, async () => {
      const found = await Promise.all(linksOf(row.text).map((url) => this.parts.read(userId, url)));
      const previews = found.flatMap((preview) => preview ?? []);
      await this.#keep(userId, id, row.text, previews);
    });
  }

  async #row(userId: string, id: string): Promise<Row> {
    const { rows } = await this.pool.query<Row>(
      `SELECT m.text, m.previews IS NOT NULL AS known, (m.deleted_at IS NOT NULL OR m.unreadable IS NOT NULL) AS gone,
         (u.settings->>'linkPreviews') IS DISTINCT FROM 'false' AS wanted, a.network, c.encrypted, v.request <> 'none' AS request
       FROM messages m JOIN chats c ON c.id = m.chat_id JOIN accounts a ON a.id = c.account_id
         JOIN conversations v ON v.id = c.conversation_id JOIN users u ON u.id = m.user_id
       WHERE m.id = $1 AND m.user_id = $2 AND m.echo_of IS NULL AND m.relay_of IS NULL`,
      [id, userId],
    );
    return rows[0] ?? Promise.reject(notFound('message'));
  }

  /** Not where the words have changed meanwhile. */
  async #keep(userId: string, id: string, text: string, previews: LinkPreview[]): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 1);
      await sql.query(
        `UPDATE messages SET previews = $4, rev = $5
         WHERE id = $1 AND user_id = $2 AND text = $3 AND deleted_at IS NULL`,
        [id, userId, text, JSON.stringify(previews), revs.next()],
      );
    });
    this.parts.changed(userId);
  }
}

const tooMany = () =>
  new DomainError('limited', 'too-many-previews', 'Other links are being looked at. Try again soon.', {
    retryAfterMs: 2_000,
  });
