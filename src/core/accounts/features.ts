import type { ChatId, Features } from '../../sdk/index.js';
import type { Keeps } from '../views.js';
import { isConnected } from './ask.js';
import type { Supervisor } from './supervisor.js';

/** What can be done in a chat now; undefined while its account is away, or where the adapter does not know the chat. */
export function featuresOf(supervisor: Supervisor, accountId: string, chat: ChatId): Features | undefined {
  const live = supervisor.get(accountId);
  if (!isConnected(live)) return undefined;
  try {
    return live.connection.chat(chat);
  } catch {
    return undefined;
  }
}

/** What the account's network keeps and lets it change; undefined while it does not run. */
export function keptFor(supervisor: Supervisor, accountId: string): Keeps | undefined {
  const connection = supervisor.get(accountId)?.connection;
  return (
    connection && {
      contacts: connection.roster !== undefined,
      blocking: connection.blocking !== undefined,
      settings: connection.settings !== undefined,
    }
  );
}
