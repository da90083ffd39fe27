export type Uploaded = { name: string; type: string; bytes: Buffer };
export type Params = Record<string, unknown> & { text?: string; caption?: string };

/** Telegram's own words for a refusal. */
export class Refused extends Error {
  constructor(
    readonly code: number,
    description: string,
    readonly parameters?: Record<string, unknown>,
  ) {
    super(description);
  }
}

export type Posted = {
  chat: number;
  thread: number | undefined;
  id: number;
  text: string;
  entities: unknown[];
  file: Uploaded | undefined;
  kind: string;
  replyTo: number | undefined;
  keyboard: { text: string; url?: string; callback_data?: string }[][] | undefined;
  date: number;
};

export const bot = { id: 123456789, is_bot: true, first_name: 'Inbox', username: 'parley_inbox_bot' };
export const alice = { id: 42, is_bot: false, first_name: 'Alice', last_name: 'Adler', username: 'alice' };

export const groupChat = { id: -1001, type: 'supergroup', title: 'Walkers' };
export const forumChat = { id: -1002, type: 'supergroup', title: 'Club', is_forum: true };

/** What the Bot API does with what it holds: chats, messages of the bot, files. It keeps Telegram's limits. */
export class TelegramWorld {
  readonly chats = new Map<number, Record<string, unknown>>([
    [alice.id, { ...alice, type: 'private' }],
    [groupChat.id, groupChat],
    [forumChat.id, forumChat],
  ]);
  readonly posted: Posted[] = [];
  readonly reactions = new Map<string, string[]>();
  readonly actions: string[] = [];
  readonly answeredPresses: string[] = [];
  readonly files = new Map<string, { path: string; bytes: Buffer; size?: number }>();
  readonly avatars = new Map<number, string>();
  readonly administrators: unknown[] = [{ status: 'creator', user: alice }];
  commands: unknown;
  description = '';
  memberCount = 10_000;
  onPost: () => void = () => {};
  #lastMessage = 100;

  nextMessageId(): number {
    this.#lastMessage += 1;
    return this.#lastMessage;
  }

  readonly methods: Record<string, (params: Params) => unknown> = {
    getMe: () => ({ ...bot, can_join_groups: true, can_read_all_group_messages: false }),
    sendMessage: (params) => this.#post(params, 'text', params.text ?? '', params.entities),
    sendPhoto: (params) => this.#postFile(params, 'photo'),
    sendAnimation: (params) => this.#postFile(params, 'animation'),
    sendVideo: (params) => this.#postFile(params, 'video'),
    sendVoice: (params) => this.#postFile(params, 'voice'),
    sendAudio: (params) => this.#postFile(params, 'audio'),
    sendDocument: (params) => this.#postFile(params, 'document'),
    editMessageText: (params) => {
      const message = this.#mine(params, 'edit');
      if (message.kind !== 'text') throw new Refused(400, 'Bad Request: there is no text in the message to edit');
      return this.#change(message, checkedText(params.text ?? ''), params.entities);
    },
    editMessageCaption: (params) =>
      this.#change(this.#mine(params, 'edit'), params.caption ?? '', params.caption_entities),
    deleteMessage: (params) => {
      this.posted.splice(this.posted.indexOf(this.#mine(params, 'delete')), 1);
      return true;
    },
    setMessageReaction: (params) => {
      const chosen = (params.reaction as { emoji: string }[] | undefined) ?? [];
      this.reactions.set(
        `${params.chat_id}.${params.message_id}`,
        chosen.map(({ emoji }) => emoji),
      );
      return true;
    },
    sendChatAction: (params) => this.actions.push(`${this.#chat(params).id} ${params.action}`) > 0,
    answerCallbackQuery: (params) => this.answeredPresses.push(String(params.callback_query_id)) > 0,
    getChat: (params) => this.#chat(params),
    leaveChat: (params) => this.chats.delete(Number(this.#chat(params).id)),
    getChatMemberCount: () => this.memberCount,
    getChatAdministrators: () => this.administrators,
    getUserProfilePhotos: (params) => {
      const file = this.avatars.get(Number(params.user_id));
      const size = file && { file_id: file, file_unique_id: `u-${file}`, width: 160, height: 160, file_size: 5 };
      return { total_count: size ? 1 : 0, photos: size ? [[size]] : [] };
    },
    getFile: (params) => {
      const file = this.files.get(String(params.file_id));
      if (!file) throw new Refused(400, 'Bad Request: wrong file_id or the file is temporarily unavailable');
      return {
        file_id: params.file_id,
        file_unique_id: 'u',
        file_path: file.path,
        file_size: file.size ?? file.bytes.length,
      };
    },
    setMyCommands: (params) => {
      this.commands = params.commands;
      return true;
    },
    setMyDescription: (params) => {
      this.description = String(params.description ?? '');
      return true;
    },
  };

  #chat(params: Params): Record<string, unknown> {
    const wanted = String(params.chat_id);
    const found = [...this.chats.values()].find((chat) => String(chat.id) === wanted || `@${chat.username}` === wanted);
    if (!found) throw new Refused(400, 'Bad Request: chat not found');
    if (typeof found.moved === 'number')
      throw new Refused(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
        migrate_to_chat_id: found.moved,
      });
    if (found.blocked) throw new Refused(403, 'Forbidden: bot was blocked by the user');
    return found;
  }

  #postFile(params: Params, kind: string): unknown {
    const file = params[kind];
    if (typeof file !== 'object') throw new Refused(400, `Bad Request: there is no ${kind} in the request`);
    const caption = params.caption ?? '';
    if (caption.length > 1_024) throw new Refused(400, 'Bad Request: message caption is too long');
    return this.#post(params, kind, caption, params.caption_entities, file as Uploaded);
  }

  #post(params: Params, kind: string, text: string, entities: unknown, file?: Uploaded): unknown {
    const chat = this.#chat(params);
    const message: Posted = {
      chat: Number(chat.id),
      thread: params.message_thread_id === undefined ? undefined : Number(params.message_thread_id),
      id: this.nextMessageId(),
      text: file ? text : checkedText(text),
      entities: (entities as unknown[] | undefined) ?? [],
      file,
      kind,
      replyTo: (params.reply_parameters as { message_id: number } | undefined)?.message_id,
      keyboard: (params.reply_markup as { inline_keyboard: Posted['keyboard'] } | undefined)?.inline_keyboard,
      date: Math.floor(Date.now() / 1_000),
    };
    this.posted.push(message);
    this.onPost();
    return { message_id: message.id, from: bot, chat, date: message.date, text };
  }

  #change(message: Posted, text: string, entities: unknown): unknown {
    if (message.text === text) throw new Refused(400, 'Bad Request: message is not modified');
    message.text = text;
    message.entities = (entities as unknown[] | undefined) ?? [];
    this.onPost();
    return true;
  }

  #mine(params: Params, what: string): Posted {
    const found = this.posted.find(
      ({ chat, id }) => chat === Number(params.chat_id) && id === Number(params.message_id),
    );
    if (!found) throw new Refused(400, `Bad Request: message to ${what} not found`);
    return found;
  }
}

function checkedText(text: string): string {
  if (text.trim() === '') throw new Refused(400, 'Bad Request: message text is empty');
  if (text.length > 4_096) throw new Refused(400, 'Bad Request: message is too long');
  return text;
}
