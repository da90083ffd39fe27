import type { Channel } from '../../sdk/index.js';
import type { Page, PageRequest } from '../views.js';

export type OverviewView = {
  queued: number;
  sending: number;
  failedToday: number;
  unknown: number;
  oldestDueAt: string | null;
  networks: {
    network: string;
    accounts: number;
    online: number;
    queued: number;
    failedToday: number;
    resting: number;
  }[];
  broadcasts: number;
  /** What users have in quarantine: came in, was to go out. */
  quarantined: { in: number; out: number };
};

export type DeadLetterView = {
  id: string;
  user: { id: string; name: string; email: string };
  network: string;
  channel: Channel;
  accountName: string;
  target: string;
  status: 'failed' | 'unknown';
  reason: string;
  attempts: number;
  at: string;
};

export type DeadLetterFilter = { status?: 'failed' | 'unknown'; network?: string; userId?: string };

/** `ids`: these; else failed ones alone, as a doubtful one may have arrived. */
export type Replay = { ids: string[] } | { network?: string; userId?: string; since?: string };

/** How sending fares, of all users. The API lets administrators alone come here; what was written is never shown. */
export interface AdminService {
  overview(): Promise<OverviewView>;
  deadLetters(request: PageRequest & DeadLetterFilter): Promise<Page<DeadLetterView>>;
  /** Sends at most 500 again; `left` are those that fit and were not. */
  replay(adminId: string, request: Replay): Promise<{ replayed: number; left: number }>;
}
