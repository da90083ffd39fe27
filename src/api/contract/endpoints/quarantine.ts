import { page, pageQuery } from '../common.js';
import { quarantined } from '../quarantine.js';
import { define } from './endpoint.js';

export const quarantineEndpoints = define({
  listQuarantined: {
    method: 'GET',
    path: '/quarantine',
    summary: 'What could not be processed and is kept apart, newest first',
    auth: 'user',
    tag: 'Quarantine',
    query: pageQuery,
    status: 200,
    response: page(quarantined),
  },
  retryQuarantined: {
    method: 'POST',
    path: '/quarantine/{id}/retry',
    summary: 'Try it again; what succeeds is not kept any longer',
    auth: 'user',
    tag: 'Quarantine',
    status: 204,
  },
  discardQuarantined: {
    method: 'DELETE',
    path: '/quarantine/{id}',
    summary: 'Throw it away',
    auth: 'user',
    tag: 'Quarantine',
    status: 204,
  },
});
