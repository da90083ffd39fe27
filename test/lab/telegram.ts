import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js';
import { freePorts } from '../support/ports.ts';
import { restartable } from './switch.ts';
import type { TelegramLab, TelegramMessage, TelegramPerson } from './types.ts';
import { host } from './wait.ts';

const token = '987654321:emulated-token_0123456789abc';

type PersonOptions = Parameters<TelegramLab['person']>[0];

/** An emulated Bot API of other makers (telegram-test-api), with its own client for the people who write to the bot. */
export async function startTelegram(): Promise<TelegramLab> {
  const [port = 0] = await freePorts(1);
  const server = new TelegramServer({ host, port, storeTimeout: 24 * 3_600 });
  let running = false;
  const listeners = new Set<(message: TelegramMessage & { chatId: number }) => void>();
  const all = () =>
    server.storage.botMessages.map(({ messageId, message }) => {
      const markup = message.reply_markup;
      const rows: { text: string }[][] = markup && 'inline_keyboard' in markup ? markup.inline_keyboard : [];
      const buttons = rows.flat().map((one) => one.text);
      return { chatId: Number(message.chat_id), id: messageId, text: message.text, buttons, markup };
    });
  server.on('AddedBotMessage', () => {
    const latest = all().at(-1);
    for (const listener of listeners) if (latest) listener(latest);
  });
  const person = (options: PersonOptions): TelegramPerson => {
    const client = server.getClient(token, options);
    return {
      say: async (text) => {
        const command = text.startsWith('/');
        if (command) await client.sendCommand(client.makeCommand(text));
        else await client.sendMessage(client.makeMessage(text));
      },
      press: async ({ id, markup }, data) => {
        const message: object = { message_id: id, reply_markup: markup };
        await client.sendCallback(client.makeCallbackQuery(data, { message }));
      },
      seen: () => all().filter(({ chatId }) => chatId === options.chatId),
    };
  };
  const lab = {
    up: async () => {
      if (!running) await server.start();
      running = true;
    },
    down: async () => {
      if (running) await server.stop();
      running = false;
    },
  };
  await lab.up();
  return {
    ...{ apiRoot: server.config.apiURL, token, person },
    onMessage: (listener) => void listeners.add(listener),
    ...restartable(lab),
  };
}
