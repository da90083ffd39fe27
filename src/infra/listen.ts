import { once } from 'node:events';
import { createServer } from 'node:net';
import { errorCode, errorLine, StartError } from './start-error.js';

/**
 * Tells early, before anything is started, that the port cannot be had.
 * @throws StartError in one line; whoever listens later and fails can make the same line with `listenFailure`
 */
export async function checkPort(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    probe.listen({ host, port, exclusive: true });
    await once(probe, 'listening');
  } catch (error) {
    throw listenFailure(error, host, port);
  }
  probe.close();
  await once(probe, 'close');
}

export function listenFailure(error: unknown, host: string, port: number): StartError {
  return new StartError(lineOf(error, host, port), { cause: error });
}

function lineOf(error: unknown, host: string, port: number): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use by another program. Stop that program, or set PORT to another port.`;
    case 'EACCES':
      return `Port ${port} may not be opened by this user. Set PORT to 1024 or above.`;
    case 'EADDRNOTAVAIL':
      return `HOST ${host} is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all of them.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST ${host} is not known to this machine. Use 127.0.0.1, or 0.0.0.0 for all addresses.`;
    default:
      return `Parley cannot listen on ${host}:${port}: ${errorLine(error)}.`;
  }
}

/** The address people open: never the wildcard, which is none. */
export function addressOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}
