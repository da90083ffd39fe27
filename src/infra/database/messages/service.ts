import type pg from 'pg';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import type { Place as Turn } from '../../../core/delivery/lanes.js';
import type { History } from '../../../core/messages/history.js';
import { formatted, type Letter, letterOf, placeholdersIn, sendTime } from '../../../core/messages/letter.js';
import { sendableSubject, sendableText } from '../../../core/messages/sendable.js';
import { sendTimes } from '../../../core/messages/terms.js';
import type {
  FetchedHistory,
  MessageEdit,
  MessageService,
  SearchRequest,
  SendRequest,
  TimelinePage,
  TimelineRequest,
} from '../../../core/services.js';
import type { DeliveryView, MessageView, Page, PageRequest } from '../../../core/views.js';
import type { Clock } from '../../../sdk/index.js';
import type { Place } from '../deliveries/chats.js';
import { type Alongside, GroupSender } from '../groups/sending.js';
import { inTransaction } from '../pool.js';
import { deliveriesOf } from '../views/deliveries.js';
import { messagePage, messageViewOf, messageViews } from '../views/messages.js';
import { type Accepted, accept, type Terms } from './accept.js';
import { editMessage, reactTo, removeMessage } from './change.js';
import { acceptOnce } from './once.js';
import { Owned } from './owned.js';
import { Planner, type Ways } from './planner.js';
import { MessageReader } from './reader.js';
import { scheduledIds } from './scheduled.js';
import { encodeCursor, searchIds } from './timeline.js';
import { changeWaiting, hideTakenBack } from './waiting.js';

/** Told once a change is committed. */
export type MessageEvents = {
  changed(userId: string): void;
  /** These have something to send now. A lost call loses nothing. */
  ready(places: readonly Turn[]): void;
  /** The chat has something to send, now or after `delayMs`. A lost call loses nothing. */
  ring(chatId: string, delayMs?: number): Promise<void>;
};

export class Messages implements MessageService {
  readonly #planner: Planner;
  readonly #groups: GroupSender;
  readonly #reader: MessageReader;
  readonly #owned: Owned;

  constructor(
    private readonly pool: pg.Pool,
    private readonly supervisor: Supervisor,
    private readonly history: History,
    private readonly clock: Clock,
    private readonly events: MessageEvents,
    private readonly linkBase: string | undefined,
  ) {
    this.#planner = new Planner(supervisor, clock, linkBase);
    this.#groups = new GroupSender(pool, this.#planner);
    this.#reader = new MessageReader(pool, history);
    this.#owned = new Owned(pool, this.#reader);
  }

  async timeline(userId: string, conversationId: string, request: TimelineRequest): Promise<TimelinePage> {
    await this.#owned.place(userId, conversationId);
    return this.#reader.timeline(userId, conversationId, request);
  }

  thread(userId: string, id: string, request: { before?: string; limit: number }): Promise<Page<MessageView>> {
    return this.#reader.thread(userId, id, request);
  }

  async fetchOlder(userId: string, conversationId: string): Promise<FetchedHistory> {
    await this.#owned.place(userId, conversationId);
    const { added, history } = await this.history.fetchOlder(userId, conversationId);
    return { added, ...(history === undefined ? {} : { history }) };
  }

  get(userId: string, id: string): Promise<MessageView> {
    return messageViewOf(this.pool, userId, id);
  }

  /** What runs `alongside` is in the transaction that accepts the message. */
  async send(userId: string, conversationId: string, request: SendRequest, alongside?: Alongside) {
    const write = async (place: Place & { mixed: boolean }) => {
      const letter = letterOf(request, placeholdersIn(place));
      letter.named = await this.#owned.check(userId, place, request);
      return letter;
    };
    return this.sendLetter(userId, conversationId, write, request, alongside);
  }

  /** Sends what was not written by a person just now; `write` makes it for its place. */
  async sendLetter(
    userId: string,
    conversationId: string,
    write: (place: Place & { mixed: boolean }) => Promise<Letter>,
    request: Omit<SendRequest, 'text' | 'format' | 'attachments'>,
    alongside?: Alongside,
  ) {
    const now = this.clock.now();
    const times = sendTimes(request, now);
    const place = await this.#owned.place(userId, conversationId);
    const letter = await write(place);
    const { via, route, urgency, onceKey } = request;
    const ways = { via, route, urgency, at: times.at };
    const terms = { now, ...times, route, urgency, onceKey };
    const accepted = await acceptOnce(this.pool, userId, onceKey, () =>
      place.mixed
        ? this.#groups.send(userId, place.id, letter, ways, terms, alongside)
        : this.#sendTo(userId, place, letter, ways, terms, alongside),
    );
    await this.#tell(userId, [accepted], now);
    const [message, deliveries] = await Promise.all([
      this.get(userId, accepted.messageId),
      deliveriesOf(this.pool, userId, accepted.messageId),
    ]);
    return { message, deliveries };
  }

  async #sendTo(
    userId: string,
    place: Place,
    letter: Letter,
    ways: Ways,
    terms: Terms,
    alongside: Alongside | undefined,
  ): Promise<Accepted> {
    const [planned] = await this.#planner.plan(this.pool, userId, [place], letter, ways);
    return inTransaction(this.pool, async (sql) => {
      const one = await accept(sql, userId, [planned!], letter, terms);
      await alongside?.(sql, one.messageId);
      return one;
    });
  }

  /** All or none is accepted. */
  async sendMany(userId: string, request: Parameters<MessageService['sendMany']>[1]): Promise<MessageView[]> {
    const now = this.clock.now();
    const { route, urgency } = request;
    const letter = letterOf({ format: 'plain', ...request, attachments: [] });
    const { places, made } = await this.#owned.placesOf(userId, [...new Set(request.to)]);
    if (made) this.events.changed(userId);
    const planned = await this.#planner.plan(this.pool, userId, places, letter, { route, urgency });
    const accepted = await inTransaction(this.pool, async (sql) => {
      const all: Accepted[] = [];
      for (const [index, one] of planned.entries()) {
        const onceKey = request.onceKey === undefined ? undefined : `${request.onceKey} ${index}`;
        // Their transaction was one: where the first was accepted before, all were.
        all.push(
          await acceptOnce(sql, userId, onceKey, () =>
            accept(sql, userId, [one], letter, { now, at: now, route, urgency, onceKey }),
          ),
        );
      }
      return all;
    });
    await this.#tell(userId, accepted, now);
    const ids = accepted.map((one) => one.messageId);
    const views = await messageViews(this.pool, userId, ids);
    const byId = new Map(views.map((view) => [view.id, view]));
    return accepted.flatMap((one) => byId.get(one.messageId) ?? []);
  }

  async edit(userId: string, id: string, edit: MessageEdit): Promise<MessageView> {
    const { text, subject, sendAt } = edit;
    const now = this.clock.now();
    const written = text === undefined ? undefined : formatted(sendableText(text, false), edit.format);
    let rings: { chatId: string; at: number }[] = [];
    if (written && subject === undefined && sendAt === undefined)
      await editMessage(this.#change(), userId, id, written);
    else
      rings = await changeWaiting(this.#change(), userId, id, {
        ...(written === undefined ? {} : { written }),
        ...(subject === undefined ? {} : { subject: sendableSubject(subject ?? undefined) ?? null }),
        ...(sendAt === undefined ? {} : { at: sendTime(sendAt, now) }),
      });
    await this.#ring(userId, rings, now);
    return this.get(userId, id);
  }

  /** What was still held back is answered as it was, and is gone. */
  async remove(userId: string, id: string): Promise<MessageView> {
    await removeMessage(this.#change(), userId, id);
    const message = await this.get(userId, id);
    if (message.status === 'cancelled') await hideTakenBack(this.#change(), userId, id);
    this.events.changed(userId);
    return message;
  }

  async scheduled(userId: string, page: PageRequest): Promise<Page<MessageView>> {
    const now = this.clock.now();
    const found = await scheduledIds(this.pool, userId, { ...page, limit: page.limit + 1 }, now);
    const { items, last } = await messagePage(this.pool, userId, found, page.limit);
    return { items, nextCursor: last ? encodeCursor(last) : null };
  }

  async react(userId: string, id: string, emoji: string, on: boolean): Promise<MessageView> {
    await reactTo(this.#change(), userId, id, emoji, on);
    this.events.changed(userId);
    return this.get(userId, id);
  }

  async deliveries(userId: string, id: string): Promise<DeliveryView[]> {
    await this.#reader.find(userId, id);
    return deliveriesOf(this.pool, userId, id);
  }

  async search(userId: string, request: SearchRequest & PageRequest): Promise<Page<MessageView>> {
    if (request.in !== undefined) await this.#owned.place(userId, request.in);
    if (request.from !== undefined) await this.#owned.mustKnow(userId, request.from);
    const found = await searchIds(this.pool, userId, request);
    const { items, last } = await messagePage(this.pool, userId, found, request.limit);
    return { items, nextCursor: last ? encodeCursor(last) : null };
  }

  #change() {
    return { pool: this.pool, supervisor: this.supervisor, clock: this.clock, linkBase: this.linkBase };
  }

  /** What is to go now goes, before anything else is read for the answer. */
  #tell(userId: string, accepted: readonly Accepted[], now: number): Promise<void> {
    const rings = accepted.flatMap((one) => one.ring);
    const ready = rings.filter(({ at }) => at <= now);
    const later = rings.filter(({ at }) => at > now);
    this.events.ready(ready.map(({ chatId, accountId }) => ({ chatId, accountId, userId, bulk: false, fresh: true })));
    return this.#ring(userId, later, now);
  }

  async #ring(userId: string, rings: readonly { chatId: string; at: number }[], now: number): Promise<void> {
    this.events.changed(userId);
    await Promise.all(rings.map(({ chatId, at }) => this.events.ring(chatId, Math.max(0, at - now) || undefined)));
  }
}
