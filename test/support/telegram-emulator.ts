import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js';
import { eventually } from './parley.js';
import { freePort } from './ports.js';

type Options = { userId: number; chatId: number; firstName: string; chatTitle?: string; type?: 'private' | 'group' };
type Heard = { id: number; text: string; buttons: string[]; markup: unknown };

/** telegram-test-api: an emulated Bot API of other makers, with its own client for the people who write to the bot. */
export class EmulatedTelegram {
  readonly token = '987654321:emulated-token_0123456789abc';

  private constructor(private readonly server: TelegramServer) {}

  static async start(): Promise<EmulatedTelegram> {
    const server = new TelegramServer({ host: '127.0.0.1', port: await freePort(), storeTimeout: 3_600 });
    await server.start();
    return new EmulatedTelegram(server);
  }

  get login() {
    return { token: this.token, apiRoot: this.server.config.apiURL };
  }

  person(options: Options): EmulatedPerson {
    return new EmulatedPerson(this.server, this.token, options);
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

/** Somebody at the emulator's own client. */
export class EmulatedPerson {
  readonly #client: ReturnType<TelegramServer['getClient']>;

  constructor(
    private readonly server: TelegramServer,
    private readonly token: string,
    private readonly options: Options,
  ) {
    this.#client = server.getClient(token, options);
  }

  async say(text: string): Promise<void> {
    await this.#client.sendMessage(this.#client.makeMessage(text));
  }

  async command(text: string): Promise<void> {
    await this.#client.sendCommand(this.#client.makeCommand(text));
  }

  async press({ id, markup }: Heard, data: string): Promise<void> {
    const message = { message_id: id, reply_markup: markup } as object;
    await this.#client.sendCallback(this.#client.makeCallbackQuery(data, { message }));
  }

  /** A message of the bot in this chat with this text, once it is there, as it is now. */
  hears(text: string): Promise<Heard> {
    return eventually(() => {
      const found = this.#messages().find((one) => one.text === text);
      return found;
    });
  }

  /** Everything of the bot that is in the chat now, oldest first. */
  async history(): Promise<string[]> {
    return this.#messages().map(({ text }) => text);
  }

  #messages(): Heard[] {
    return this.server.storage.botMessages
      .filter(
        ({ botToken, message }) => botToken === this.token && String(message.chat_id) === String(this.options.chatId),
      )
      .map(({ messageId, message }) => {
        const markup = message.reply_markup;
        const rows = markup && 'inline_keyboard' in markup ? markup.inline_keyboard : [];
        return {
          id: messageId,
          text: message.text,
          buttons: rows.flat().map((one: { text: string }) => one.text),
          markup,
        };
      });
  }
}
