import type { AdminService } from '../../src/core/admin/service.js';
import type { BroadcastService } from '../../src/core/broadcasts/service.js';
import type { DeliveryService } from '../../src/core/delivery/service.js';
import type { DigestService } from '../../src/core/digests/service.js';
import { notFound } from '../../src/core/errors.js';
import type { GroupService } from '../../src/core/groups/service.js';
import type { LinkPreviewService } from '../../src/core/link-previews/service.js';
import type { LinkService } from '../../src/core/links/service.js';
import type { PreviewService } from '../../src/core/previews/service.js';
import type { RouteService } from '../../src/core/routing/service.js';
import type {
  AccountService,
  AttachmentService,
  ContactService,
  ConversationService,
  ImageService,
  MessageService,
  RoomService,
  Services,
  SyncService,
} from '../../src/core/services.js';
import type { TemplateService } from '../../src/core/templates/service.js';
import type { UploadService } from '../../src/core/uploads/service.js';
import type { WebhookService } from '../../src/core/webhooks/service.js';

const unknown = async (): Promise<never> => {
  throw notFound('thing');
};

/** Services of a user who has nothing: every id is unknown, every list is empty. Tests replace what they need. */
export function emptyServices(): Services {
  const nothing = async () => ({ items: [], nextCursor: null });
  const accounts: AccountService = {
    networks: () => [],
    startLogin: unknown,
    answerLogin: unknown,
    login: unknown,
    loginCallback: unknown,
    cancelLogin: unknown,
    list: nothing,
    get: unknown,
    patch: unknown,
    remove: unknown,
    reconnect: unknown,
    settings: unknown,
    changeSettings: unknown,
    webhook: unknown,
    publishPresence: async () => {},
  };
  const contacts: ContactService = {
    list: nothing,
    get: unknown,
    create: unknown,
    patch: unknown,
    remove: unknown,
    merge: unknown,
    unmerge: unknown,
    split: unknown,
    patchBuddy: unknown,
    suggestions: async () => [],
  };
  const conversations: ConversationService = {
    openChat: unknown,
    list: nothing,
    get: unknown,
    patch: unknown,
    accept: unknown,
    decline: unknown,
    leave: unknown,
  };
  const rooms: RoomService = { typing: unknown, members: unknown, invite: unknown };
  const messages: MessageService = {
    timeline: unknown,
    thread: unknown,
    fetchOlder: unknown,
    get: unknown,
    send: unknown,
    sendMany: unknown,
    edit: unknown,
    remove: unknown,
    react: unknown,
    deliveries: unknown,
    scheduled: nothing,
    search: nothing,
  };
  const groups: GroupService = {
    create: unknown,
    patch: unknown,
    members: unknown,
    remove: unknown,
    move: unknown,
    recipients: unknown,
  };
  const deliveries: DeliveryService = { retry: unknown, cancel: unknown, resolve: unknown };
  const sync: SyncService = {
    since: async () => ({ changes: [], rev: 0, more: false }),
    subscribe: async () => () => {},
  };
  const attachments: AttachmentService = { put: unknown, open: unknown };
  const uploads: UploadService = { begin: unknown, get: unknown, append: unknown, drop: unknown };
  const linkPreviews: LinkPreviewService = { look: unknown };
  const images: ImageService = { open: unknown };
  const links: LinkService = { file: unknown, target: unknown, list: unknown, revoke: unknown };
  const templates: TemplateService = { list: nothing, create: unknown, patch: unknown, remove: unknown };
  const routes: RouteService = { list: nothing, create: unknown, patch: unknown, remove: unknown, ofProfile: unknown };
  const previews: PreviewService = { conversation: unknown, many: unknown };
  const digests: DigestService = { get: unknown, put: unknown, sendNow: unknown, active: () => {} };
  const broadcasts: BroadcastService = {
    create: unknown,
    list: nothing,
    get: unknown,
    recipients: unknown,
    pause: unknown,
    resume: unknown,
    cancel: unknown,
  };
  const admin: AdminService = { overview: unknown, deadLetters: nothing, replay: unknown };
  const webhooks: WebhookService = { create: unknown, list: nothing, remove: unknown };
  return {
    accounts,
    contacts,
    conversations,
    rooms,
    messages,
    marks: { set: unknown, starred: nothing, pins: unknown, edits: unknown },
    reminders: { ofMessage: unknown, ofConversation: unknown, list: nothing },
    push: {
      publicKey: unknown,
      devices: async () => [],
      subscribe: unknown,
      unsubscribe: unknown,
      looking: () => {},
      away: () => {},
    },
    forwards: { forward: unknown, preview: unknown },
    deliveries,
    quarantine: { list: nothing, retry: unknown, discard: unknown },
    groups,
    sync,
    attachments,
    uploads,
    linkPreviews,
    images,
    links,
    templates,
    routes,
    previews,
    webhooks,
    digests,
    broadcasts,
    admin,
    metrics: { text: async () => '' },
  };
}
