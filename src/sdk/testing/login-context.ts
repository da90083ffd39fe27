import type { LoginContext } from '../index.js';
import { FakeHost } from './fake-host.js';

/** What a sign-in leans on, with a callback address that nothing listens at. */
export function loginContext(more: Partial<LoginContext> = {}): LoginContext {
  const host = new FakeHost();
  return {
    signal: new AbortController().signal,
    callbackUrl: 'http://127.0.0.1:9/api/v1/logins/callback',
    callbackState: 'login-under-test',
    clock: host.clock,
    log: host.log,
    fetch: (url, init) => host.fetch(url, init),
    checkServer: () => host.checkServer(),
    ...more,
  };
}
