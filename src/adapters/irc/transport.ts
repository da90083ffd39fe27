import { tlsOptions } from '../../sdk/index.js';
import type { Settings } from './settings.js';
import { LineSocket, type Lines, type SocketHandlers } from './socket.js';
import { WebSocketLines } from './websocket.js';

/** The way to the server that the account asks for; nothing is connected yet. */
export function transportOf(settings: Settings, handlers: SocketHandlers): Lines {
  const { server, port, tls, path, transport, certificate, clientCertificate: cert, clientKey: key } = settings;
  const own = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  const secure = tls === 'on' ? tlsOptions(server, certificate, own) : undefined;
  const options = { host: server, port, tls: secure, path };
  return transport === 'websocket' ? new WebSocketLines(options, handlers) : new LineSocket(options, handlers);
}
