import type { AccountInfo, Connection, Host } from '../../sdk/index.js';
import { HttpConnection } from './http/connection.js';
import { SmppConnection } from './smpp/connection.js';

/** The flow an account was signed in with decides how it is connected. */
export function openConnection(account: AccountInfo, host: Host): Connection {
  return account.session.flow === 'http' ? new HttpConnection(account, host) : new SmppConnection(account, host);
}
