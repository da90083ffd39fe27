import { makeAccount, makeUser, open, plain, type World } from './sending.js';

/** A user with one account, in a chat with Bob. */
export async function withBob(world: World, network = 'talk', options: { offline?: boolean } = {}) {
  const userId = await makeUser(world.prisma);
  const account = await makeAccount(world, userId, network, options);
  const { chatId, conversationId } = await open(world, account, 'bob');
  const send = async (text: string, more: object = {}) =>
    (await world.messages.send(userId, conversationId, { ...plain(text), ...more })).message;
  const conversation = () => world.process.conversations.get(userId, conversationId);
  const timeline = async () => (await world.messages.timeline(userId, conversationId, { limit: 50 })).items;
  return { userId, account, chatId, conversationId, send, conversation, timeline };
}
