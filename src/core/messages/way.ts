import type { Capabilities } from '../../sdk/index.js';
import type { Supervisor } from '../accounts/supervisor.js';
import { DomainError } from '../errors.js';
import type { Way } from './render.js';

/**
 * What can be done where a message is to go: in that very chat while its account runs, else what is usual on its network.
 * @throws DomainError where its adapter is not there any more
 */
export function wayTo(
  supervisor: Supervisor,
  { accountId, network, chatRemoteId }: { accountId: string; network: string; chatRemoteId: string | null | undefined },
): Way {
  const adapter = supervisor.adapters.get(network);
  if (!adapter) throw new DomainError('conflict', 'no-adapter', `There is no adapter for ${network} installed.`);
  const live = supervisor.get(accountId);
  let send: Capabilities['send'] = adapter.manifest.capabilities.send;
  if (live && typeof chatRemoteId === 'string') send = live.connection.chat(chatRemoteId).send;
  const { channel, name } = adapter.manifest;
  return { channel, network: name, send, parts: adapter.parts };
}
