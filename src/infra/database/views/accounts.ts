import { shownCapabilities } from '../../../core/links/capabilities.js';
import type { AccountStateView, AccountView, Keeps } from '../../../core/views.js';
import { type Adapter, type Capabilities, capabilitiesOf, type Features, type SetupLine } from '../../../sdk/index.js';
import type { Prisma, PrismaClient } from '../prisma.js';

export type Db = PrismaClient | Prisma.TransactionClient;

/** What a view needs that no table holds. */
export type ViewContext = {
  adapters: ReadonlyMap<string, Adapter>;
  /** Whether files go as links where a network has none. */
  filesAsLinks: boolean;
  /** What the person has to enter at the network's side; empty for most. */
  setup(accountId: string): SetupLine[];
  /** What the network keeps for an account; undefined while it does not run. */
  keeps(accountId: string): Keeps | undefined;
  /** Until when nothing is sent by an account that failed again and again. */
  resting(accountId: string): { until: number; why: string } | undefined;
  /** What can be done in a chat now; undefined while its account is away. */
  features(accountId: string, chatRemoteId: string): Features | undefined;
};

const NOTHING: Capabilities = {
  send: {
    maxLength: 0,
    formatting: 'dropped',
    attachments: 'rejected',
    replies: 'dropped',
    idempotent: false,
    proves: 'sent',
  },
  edits: false,
  deletions: false,
  reactions: false,
  typing: false,
  readReceipts: false,
  presence: false,
  history: false,
  members: false,
  invites: false,
  topic: false,
};

export const capabilitiesFor = (context: ViewContext, network: string): Capabilities =>
  shownCapabilities(context.adapters.get(network)?.manifest.capabilities ?? NOTHING, context.filesAsLinks);

/** Of one chat: what its adapter runs on, where that is connected. */
export function chatCapabilities(
  context: ViewContext,
  chat: { accountId: string; remoteId: string; address: string | null; network: string },
): Capabilities {
  const features = chat.address === null ? context.features(chat.accountId, chat.remoteId) : undefined;
  if (features === undefined) return capabilitiesFor(context, chat.network);
  return shownCapabilities(capabilitiesOf(features), context.filesAsLinks);
}

export async function accountViews(
  db: Db,
  context: ViewContext,
  where: Prisma.AccountWhereInput,
): Promise<AccountView[]> {
  const rows = await db.account.findMany({
    where: { ...where, deletedAt: null },
    orderBy: { id: 'asc' },
    omit: { session: true },
  });
  return rows.map((row) => {
    const setup = context.setup(row.id);
    const keeps = context.keeps(row.id);
    const rest = context.resting(row.id);
    return {
      id: row.id,
      network: row.network,
      channel: row.channel as AccountView['channel'],
      name: row.name,
      state: stateView(row),
      enabled: row.enabled,
      lastEventAt: row.lastEventAt?.toISOString() ?? null,
      profileId: row.profileId,
      capabilities: capabilitiesFor(context, row.network),
      ...(setup.length === 0 ? {} : { setup }),
      ...(keeps === undefined ? {} : { keeps }),
      standbyId: row.standbyId,
      ...(rest === undefined ? {} : { resting: { until: new Date(rest.until).toISOString(), why: rest.why } }),
      rev: Number(row.rev),
    };
  });
}

function stateView(row: { state: string; stateWhy: string | null; retryAt: Date | null }): AccountStateView {
  return {
    is: row.state as AccountStateView['is'],
    ...(row.stateWhy === null ? {} : { why: row.stateWhy }),
    ...(row.retryAt === null ? {} : { retryAt: row.retryAt.toISOString() }),
  };
}
