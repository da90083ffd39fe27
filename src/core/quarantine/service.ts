import type { Page, PageRequest } from '../views.js';

/** `storage-refused`: the database does not take it. `internal-error`: a fault of Parley's own. */
export type QuarantineReason = 'storage-refused' | 'internal-error';

export type QuarantinedView = {
  id: string;
  /** `in`: it came and could not be stored; `out`: it was to be sent and could not be made ready. */
  direction: 'in' | 'out';
  accountId: string;
  network: string;
  /** Where it belongs, as far as that is known. */
  conversationId: string | null;
  conversationName: string | null;
  /** The kind of event, or `message`. */
  kind: string;
  reason: QuarantineReason;
  detail: string;
  /** How it begins, as JSON; empty where it could not be written down. */
  excerpt: string;
  /** Bytes of all of it. */
  size: number;
  /** False where it was too large to be kept whole. */
  canRetry: boolean;
  tries: number;
  at: string;
};

/** What could not be processed by a fault of ours: kept for its user, bounded in number, size and time. */
export interface QuarantineService {
  list(userId: string, page: PageRequest): Promise<Page<QuarantinedView>>;
  /** Once more; what succeeds is not kept any longer. @throws DomainError `still-fails`, `cut` */
  retry(userId: string, id: string): Promise<void>;
  discard(userId: string, id: string): Promise<void>;
}
