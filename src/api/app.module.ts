import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { alone } from '../core/nodes/peers.js';
import { AuthGuard } from './auth/auth.guard.js';
import { SignIn } from './auth/sign-in.js';
import { type ApiDeps, CONFIG, IDEMPOTENCY, IDENTITY, LOG, PEERS, READINESS, ROOM, SERVICES, USERS } from './deps.js';
import { CallInterceptor } from './http/call.interceptor.js';
import { AccountsController } from './http/controllers/accounts.controller.js';
import { AdminController } from './http/controllers/admin.controller.js';
import { AttachmentsController } from './http/controllers/attachments.controller.js';
import { AttentionController } from './http/controllers/attention.controller.js';
import { BroadcastsController } from './http/controllers/broadcasts.controller.js';
import { ContactsController } from './http/controllers/contacts.controller.js';
import { ConversationsController } from './http/controllers/conversations.controller.js';
import { DigestsController } from './http/controllers/digests.controller.js';
import { DocsController } from './http/controllers/docs.controller.js';
import { GroupsController } from './http/controllers/groups.controller.js';
import { HooksController } from './http/controllers/hooks.controller.js';
import { LinksController } from './http/controllers/links.controller.js';
import { MessagesController } from './http/controllers/messages.controller.js';
import { PreviewsController } from './http/controllers/previews.controller.js';
import { QuarantineController } from './http/controllers/quarantine.controller.js';
import { RoutesController } from './http/controllers/routes.controller.js';
import { SystemController } from './http/controllers/system.controller.js';
import { TemplatesController } from './http/controllers/templates.controller.js';
import { UploadsController } from './http/controllers/uploads.controller.js';
import { UsersController } from './http/controllers/users.controller.js';
import { WebhooksController } from './http/controllers/webhooks.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { StreamGateway } from './ws/stream.gateway.js';

@Module({})
class ApiModule {}

export const apiModule = (deps: ApiDeps): DynamicModule => ({
  module: ApiModule,
  controllers: [
    SystemController,
    UsersController,
    AccountsController,
    ContactsController,
    ConversationsController,
    MessagesController,
    AttentionController,
    DigestsController,
    QuarantineController,
    RoutesController,
    GroupsController,
    BroadcastsController,
    AdminController,
    AttachmentsController,
    UploadsController,
    LinksController,
    TemplatesController,
    PreviewsController,
    WebhooksController,
    HooksController,
    DocsController,
  ],
  providers: [
    ...values(deps),
    SignIn,
    StreamGateway,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_INTERCEPTOR, useClass: CallInterceptor },
  ],
});

const values = (deps: ApiDeps): Provider[] => [
  { provide: SERVICES, useValue: deps.services },
  { provide: IDENTITY, useValue: deps.identity },
  { provide: USERS, useValue: deps.users },
  { provide: IDEMPOTENCY, useValue: deps.idempotency },
  { provide: CONFIG, useValue: deps.config },
  { provide: LOG, useValue: deps.log },
  { provide: PEERS, useValue: deps.peers ?? alone },
  { provide: ROOM, useValue: deps.room ?? (async () => {}) },
  { provide: READINESS, useValue: deps.readiness },
];
