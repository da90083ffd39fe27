import type { Adapter } from '../../sdk/index.js';
import { TelegramConnection } from './connection.js';
import { telegramCapabilities } from './features.js';
import { TelegramLogin } from './login.js';

const adapter: Adapter = {
  manifest: {
    id: 'telegram',
    name: 'Telegram',
    channel: 'im',
    sdk: 1,
    loginFlows: [
      {
        id: 'bot',
        label: 'Bot token',
        description: 'Connects a bot you made with @BotFather. People write to the bot, and you answer from here.',
      },
    ],
    capabilities: telegramCapabilities,
    remark:
      'A bot inbox: people write to a bot of yours, and you answer in its name. Your own Telegram account is not read.',
    addressHint: 'the number of a chat, or @channel; people have to write to the bot first',
  },
  login: (flow, context) => new TelegramLogin(flow, context),
  open: (account, host) => new TelegramConnection(account, host),
};

export default adapter;
