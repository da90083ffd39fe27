import { page, pageQuery } from '../common.js';
import * as sync from '../sync.js';
import * as webhooks from '../webhooks.js';
import { define } from './endpoint.js';

export const syncEndpoints = define({
  sync: {
    method: 'GET',
    path: '/sync',
    summary: 'What changed since a revision',
    auth: 'user',
    tag: 'Sync',
    query: sync.syncQuery,
    status: 200,
    response: sync.syncPage,
  },
  listWebhooks: {
    method: 'GET',
    path: '/webhooks',
    summary: 'List webhooks and how their calls fare',
    auth: 'user',
    tag: 'Sync',
    query: pageQuery,
    status: 200,
    response: page(webhooks.webhook),
  },
  createWebhook: {
    method: 'POST',
    path: '/webhooks',
    summary: 'Have changes sent to an address, signed; the secret is shown once',
    auth: 'user',
    tag: 'Sync',
    body: webhooks.createWebhookBody,
    status: 201,
    response: webhooks.webhook,
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/webhooks/{id}',
    summary: 'Stop a webhook',
    auth: 'user',
    tag: 'Sync',
    status: 204,
  },
});
