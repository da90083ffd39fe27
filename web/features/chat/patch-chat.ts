import { call, messageOf } from '../../lib/api/client';
import type { BodyInput } from '../../lib/api/types';
import { takeConversation } from '../../lib/sync/apply';
import { notify } from '../../ui/notice';

type Change = BodyInput<'patchConversation'>;

const patch = async (id: string, body: Change): Promise<void> =>
  takeConversation(await call('patchConversation', { params: { id }, body }));

/** What somebody asked for: what went wrong is said at the foot of the page. */
export async function patchChat(id: string, body: Change): Promise<void> {
  try {
    await patch(id, body);
  } catch (error) {
    notify(messageOf(error));
  }
}

/** What comes of looking at a conversation. It may be merged or gone by now; the next look says it again. */
export async function patchSeen(id: string, body: Change): Promise<void> {
  await patch(id, body).catch(() => {});
}
