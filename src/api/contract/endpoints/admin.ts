import * as admin from '../admin.js';
import { page } from '../common.js';
import { define } from './endpoint.js';

export const adminEndpoints = define({
  adminOverview: {
    method: 'GET',
    path: '/admin/overview',
    summary: 'How sending fares, of all users',
    auth: 'admin',
    tag: 'Administration',
    status: 200,
    response: admin.overview,
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Figures in the text format of Prometheus',
    auth: 'admin',
    tag: 'Administration',
    status: 200,
  },
  listDeadLetters: {
    method: 'GET',
    path: '/admin/dead-letters',
    summary: 'Deliveries that failed or are in doubt, newest first',
    auth: 'admin',
    tag: 'Administration',
    query: admin.listDeadLettersQuery,
    status: 200,
    response: page(admin.deadLetter),
  },
  replayDeadLetters: {
    method: 'POST',
    path: '/admin/dead-letters/replay',
    summary: 'Send them again',
    auth: 'admin',
    tag: 'Administration',
    body: admin.replayBody,
    status: 200,
    response: admin.replayed,
  },
});
