import telegram from '../../src/adapters/telegram/index.js';
import { conformance } from '../../src/sdk/testing/conformance.js';
import { TelegramPeer } from '../support/telegram-peer.js';

const common = {
  adapter: telegram,
  badAddresses: ['', 'alice', '@x', '@two words', '0', '42:0', '42;43', 'https://example.org/alice', '999999'],
  losesWhileAway: false,
  room: '-1001',
};

conformance({
  ...common,
  name: 'telegram, asking a scripted Bot API server',
  start: () => TelegramPeer.start('polling'),
});
conformance({
  ...common,
  name: 'telegram, called by a scripted Bot API server',
  start: () => TelegramPeer.start('webhook'),
});
