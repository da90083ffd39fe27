import type { ReadinessCheck } from '../api/deps.js';
import { unreached } from '../core/accounts/health.js';
import type { Supervisor } from '../core/accounts/supervisor.js';
import { errorText } from '../core/log.js';
import type { createPool } from '../infra/database/pool.js';
import type { Nodes } from '../infra/nodes/nodes.js';
import type { QueueBell } from '../infra/queue/bell.js';
import type { DiskRoom } from '../infra/storage/disk-room.js';

type Dependencies = {
  pool: ReturnType<typeof createPool>;
  bell: QueueBell;
  room: DiskRoom;
  checkFiles: (() => Promise<unknown>) | undefined;
  nodes: Nodes | undefined;
  supervisor: Supervisor;
  /** Adapters that could not be loaded. */
  skipped: readonly { from: string; why: string }[];
};

/** What `/ready` answers: one entry a dependency. */
export function readinessOf(on: Dependencies): () => Promise<Record<string, ReadinessCheck>> {
  const { pool, bell, room, checkFiles, nodes, supervisor, skipped } = on;
  return async () => ({
    database: await checked(() => pool.query('SELECT 1')),
    queue: await checked(() => bell.check()),
    disk: fine(await room.trouble()),
    ...(checkFiles && { files: await checked(checkFiles) }),
    ...(nodes && { nodes: fine(nodes.isValid ? undefined : 'no lease') }),
    accounts: fine(
      unreached(supervisor.all().map(({ account, state }) => ({ network: account.network, state: state.is }))),
    ),
    adapters: fine(skipped.map(({ from, why }) => `${from}: ${why}`).join('; ') || undefined),
  });
}

const fine = (trouble: string | undefined): ReadinessCheck =>
  trouble === undefined ? { ok: true } : { ok: false, detail: trouble };

async function checked(check: () => Promise<unknown>): Promise<ReadinessCheck> {
  const since = performance.now();
  try {
    await check();
    return { ok: true, ms: Math.round(performance.now() - since) };
  } catch (error) {
    return { ok: false, detail: errorText(error) };
  }
}
