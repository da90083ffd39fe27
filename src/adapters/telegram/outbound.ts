import { InputFile } from 'node-telegram-bot-api';
import { z } from 'zod';
import { AdapterError, type Edit, type Host, type OutgoingMessage, type RemoteId, type Sent } from '../../sdk/index.js';
import { type BotApi, isUnreachable, movedTo } from './api.js';
import { reactionOf } from './emoji.js';
import { messageId, placeOf, readMessageId } from './ids.js';
import { type Ledger, withBegun, withLong, withMoved } from './ledger.js';
import { type FileKind, fileName, pieces, type Step, stepsOf, wordsOf } from './steps.js';
import { sentSchema } from './wire.js';

/** A file takes longer than a word; the host's own limit is 30 s. */
const withinMs = 30_000;
const taken = z.unknown();

type SentStep = z.output<typeof sentSchema>;
type Target = { chat_id: number; message_thread_id?: number };
type Upload = { file: InputFile; caption: object };
type Sender = (
  api: Parameters<Parameters<BotApi['call']>[1]>[0],
  to: object & Target,
  upload: Upload,
  end: AbortSignal,
) => Promise<unknown>;

const senders: Record<FileKind, Sender> = {
  photo: (api, to, { file, caption }, end) => api.sendPhoto({ ...to, ...caption, photo: file }, end),
  animation: (api, to, { file, caption }, end) => api.sendAnimation({ ...to, ...caption, animation: file }, end),
  video: (api, to, { file, caption }, end) => api.sendVideo({ ...to, ...caption, video: file }, end),
  voice: (api, to, { file, caption }, end) => api.sendVoice({ ...to, ...caption, voice: file }, end),
  audio: (api, to, { file, caption }, end) => api.sendAudio({ ...to, ...caption, audio: file }, end),
  document: (api, to, { file, caption }, end) => api.sendDocument({ ...to, ...caption, document: file }, end),
};

/** Sends, changes and takes back; one try each. What came only in part is gone on with at the next try of the same key. */
export class Outbound {
  readonly #host: Host;
  readonly #api: BotApi;
  readonly #ledger: Ledger;
  readonly #onTrouble: (error: AdapterError) => void;

  constructor(host: Host, api: BotApi, ledger: Ledger, onTrouble: (error: AdapterError) => void) {
    this.#host = host;
    this.#api = api;
    this.#ledger = ledger;
    this.#onTrouble = onTrouble;
  }

  async send(chatId: string, message: OutgoingMessage): Promise<Sent> {
    const place = placeOf(chatId);
    const steps = stepsOf(message);
    const { chat, moved } = this.#ledger.present(place.chat);
    const to: Target = { chat_id: chat, ...(place.thread === undefined ? {} : { message_thread_id: place.thread }) };
    const answered = message.replyTo && readMessageId(message.replyTo.remoteId);
    const ids = [...(this.#ledger.state.begun.find(({ key }) => key === message.key)?.ids ?? [])];
    let at: number | undefined;
    for (const [index, step] of steps.entries()) {
      if (index < ids.length) continue;
      const reply = index === 0 && answered && answered.moved === moved ? answered.number : undefined;
      try {
        const sent = await this.#step(step, to, reply, message.signal);
        ids.push(sent.message_id);
        at = sent.date;
      } catch (error) {
        throw await this.#partly(await this.#learn(error, place.chat), message.key, ids, steps.length);
      }
    }
    await this.#keep(chatId, message.key, ids);
    const remoteId = messageId(ids[0] ?? 0, moved);
    return {
      proof: 'sent',
      remoteId,
      providerId: ids.join(','),
      parts: ids.length,
      at: this.#ledger.timeOf(at ?? 0),
    };
  }

  async edit(chatId: string, target: RemoteId, edit: Edit): Promise<void> {
    const at = this.#find(chatId, target);
    const ids = this.#ledger.parts(chatId, at.message_id);
    const words = wordsOf(edit);
    const found = pieces(words, ids.length);
    for (const [index, id] of ids.entries()) {
      const piece = found[index];
      if (piece) await this.#editOne({ chat_id: at.chat_id, message_id: id }, piece);
      else await this.#ask((api, end) => api.deleteMessage({ chat_id: at.chat_id, message_id: id }, end));
    }
    if (found.length < ids.length)
      await this.#ledger.commit([], (state) => withLong(state, chatId, ids.slice(0, found.length)));
  }

  async #editOne(
    at: { chat_id: number; message_id: number },
    { text, entities }: ReturnType<typeof wordsOf>,
  ): Promise<void> {
    try {
      await this.#ask((api, end) => api.editMessageText({ ...at, text, entities }, end));
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      if (/message is not modified/i.test(error.message)) return;
      if (!/no text in the message/i.test(error.message)) throw error;
      await this.#ask((api, end) => api.editMessageCaption({ ...at, caption: text, caption_entities: entities }, end));
    }
  }

  async delete(chatId: string, target: RemoteId): Promise<void> {
    const at = this.#find(chatId, target);
    for (const message_id of this.#ledger.parts(chatId, at.message_id))
      await this.#ask((api, end) => api.deleteMessage({ chat_id: at.chat_id, message_id }, end));
  }

  /** A bot has one reaction to a message: the last one set. */
  async react(chatId: string, target: RemoteId, emoji: string, on: boolean): Promise<void> {
    const at = this.#find(chatId, target);
    const allowed = reactionOf(emoji);
    if (allowed === undefined)
      throw new AdapterError(
        'rejected',
        `Telegram has no reaction ${emoji.slice(0, 20)}. Choose one of its own, such as 👍 or ❤.`,
      );
    const reaction = on ? [{ type: 'emoji', emoji: allowed }] : [];
    await this.#ask((api, end) => api.setMessageReaction({ ...at, reaction }, end));
  }

  /** Telegram shows it for five seconds, or until a message comes; there is no word for having stopped. */
  async typing(chatId: string, on: boolean): Promise<void> {
    const { chat, thread } = placeOf(chatId);
    if (!on) return;
    const to = {
      chat_id: this.#ledger.present(chat).chat,
      ...(thread === undefined ? {} : { message_thread_id: thread }),
    };
    await this.#ask((api, end) => api.sendChatAction({ ...to, action: 'typing' }, end));
  }

  async leave(chatId: string): Promise<void> {
    const { chat, thread } = placeOf(chatId);
    if (thread !== undefined)
      throw new AdapterError('rejected', 'A topic cannot be left alone. Leave the group, and all its topics go.');
    if (chat > 0) throw new AdapterError('rejected', 'A chat with one person cannot be left.');
    await this.#ask((api, end) => api.leaveChat({ chat_id: this.#ledger.present(chat).chat }, end));
  }

  /** @throws AdapterError `rejected` for what is no message, or one that the group left behind when it moved */
  #find(chatId: string, target: RemoteId): { chat_id: number; message_id: number } {
    const place = placeOf(chatId);
    const read = readMessageId(target);
    const { chat, moved } = this.#ledger.present(place.chat);
    if (!read) throw new AdapterError('rejected', 'This is no message that Telegram could change.');
    if (read.moved !== moved)
      throw new AdapterError('rejected', 'The group became a supergroup since; its older messages stay as they are.');
    return { chat_id: chat, message_id: read.number };
  }

  async #step(step: Step, to: Target, reply: number | undefined, signal: AbortSignal): Promise<SentStep> {
    const more = {
      ...to,
      ...(reply === undefined ? {} : { reply_parameters: { message_id: reply, allow_sending_without_reply: true } }),
      ...(step.markup ? { reply_markup: step.markup } : {}),
    };
    if (step.kind === 'text') {
      const { text, entities } = step.words;
      const words = { ...more, text, ...(entities.length > 0 ? { entities } : {}) };
      return this.#once((api, end) => api.sendMessage(words, end), signal);
    }
    const { file, words } = step;
    const caption = words ? { caption: words.text, caption_entities: words.entities } : {};
    const meta = { filename: fileName(file.name), contentType: file.type };
    const as = (kind: FileKind) => {
      const upload = { file: new InputFile(() => file.open(), meta), caption };
      return this.#once((api, end) => senders[kind](api, more, upload, end), signal);
    };
    try {
      return await as(step.kind);
    } catch (error) {
      // A picture Telegram cannot show as one was not sent; as a file it goes.
      const asFile =
        error instanceof AdapterError && error.kind === 'rejected' && /PHOTO_|IMAGE_PROCESS/.test(error.message);
      if (!asFile) throw error;
      return as('document');
    }
  }

  #once(run: Parameters<BotApi['call']>[1], signal: AbortSignal): Promise<SentStep> {
    return this.#watched(this.#api.call(sentSchema, run, { signal, withinMs, once: true }));
  }

  async #ask(run: Parameters<BotApi['call']>[1]): Promise<void> {
    await this.#watched(this.#api.call(taken, run));
  }

  /** A call that finds the token revoked or nobody there tells the connection. */
  async #watched<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof AdapterError && (error.kind === 'auth' || isUnreachable(error))) this.#onTrouble(error);
      throw error;
    }
  }

  /** A group that moved is known from now on, and the core tries again. */
  async #learn(error: unknown, chat: number): Promise<unknown> {
    const now = movedTo(error);
    if (now !== undefined) await this.#ledger.commit([], (state) => withMoved(state, now, chat));
    return error;
  }

  /** Keeps how far it came where a later try goes on; where that cannot be kept, nobody must try again. */
  async #partly(error: unknown, key: string, ids: number[], count: number): Promise<unknown> {
    if (ids.length === 0 || !(error instanceof AdapterError)) return error;
    const why = `${error.message} ${ids.length} of ${count} messages were sent.`;
    const again = ['temporary', 'rate-limited', 'auth'].includes(error.kind);
    const kept = again && (await this.#ledger.commit([], (state) => withBegun(state, key, ids)).then(yes, no));
    const options = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
    return new AdapterError(again && !kept ? 'unknown-outcome' : error.kind, why, options);
  }

  async #keep(chatId: string, key: string, ids: number[]): Promise<void> {
    const begun = this.#ledger.state.begun.some((one) => one.key === key);
    if (ids.length === 1 && !begun) return;
    await this.#ledger
      .commit([], (state) => withLong(withBegun(state, key, []), chatId, ids))
      .catch((error: unknown) =>
        this.#host.log.warn('a long message cannot be changed as a whole later', { error: String(error) }),
      );
  }
}

const yes = () => true;
const no = () => false;
