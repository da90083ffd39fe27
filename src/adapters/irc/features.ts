import { AdapterError, type ChatId, type Features } from '../../sdk/index.js';
import { Chat, type Chats } from './chat.js';
import { usualOffers } from './offers.js';

const sending: Omit<Features['send'], 'message' | 'replies'> = {
  maxBytes: 400,
  maxLength: 20_000,
  formatting: 'dropped',
  attachments: 'rejected',
  idempotent: false,
  proves: 'sent',
};

/** What can be done in one chat with a server that offers so much. */
export function featuresOf(id: ChatId, chats: Chats): Features {
  const offers = chats.offers();
  const target = chats.target(id);
  const channel = target !== undefined && chats.isChannel(target);
  const chat = new Chat(id, chats);
  const inside = channel && chats.isIn(target);
  return {
    send: { ...sending, replies: offers.replies ? 'full' : 'dropped', message: (message) => chat.send(message) },
    presence: true,
    ...(offers.typing && { typing: { set: (on) => chat.typing(on) } }),
    ...(offers.reactions && { reactions: { set: (to, emoji, on) => chat.react(to, emoji, on) } }),
    ...(offers.redaction && { deletions: { message: (to) => chat.redact(to) } }),
    ...(offers.markers && { readReceipts: { upTo: (to) => chat.mark(to) } }),
    ...(offers.history && {
      history: {
        before: async (from, limit, signal) => chats.online().history.before(chat.target, from, limit, signal),
      },
    }),
    ...(inside && {
      members: { list: (signal) => chat.members(signal) },
      invites: { invite: (address) => chat.invite(address) },
      topic: { set: (topic) => chat.setTopic(topic) },
    }),
  };
}

/** A channel of a usual server of today; also the manifest's capabilities. */
export const usualFeatures: Features = featuresOf('#channel', {
  offers: () => usualOffers,
  online: () => {
    throw new AdapterError('temporary', 'not connected');
  },
  target: (id) => id,
  isChannel: () => true,
  isIn: () => true,
  sentOf: () => 0,
});
