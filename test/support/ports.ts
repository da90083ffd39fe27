import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const taken = new Set<number>();

/**
 * Free loopback ports, each answered once a process. They lie outside the range the system gives to outgoing
 * connections: a client that keeps trying a stopped server's port would sooner or later be given that very port
 * itself, and the server could not come back.
 */
export async function freePorts(count: number): Promise<number[]> {
  const { from, to } = serverRange();
  const found: number[] = [];
  for (let tries = 0; found.length < count; tries++) {
    if (tries > 2_000) throw new Error(`no ${count} free ports between ${from} and ${to}`);
    const port = from + Math.floor(Math.random() * (to - from));
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    found.push(port);
  }
  return found;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('no free port');
  return port;
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function serverRange(): { from: number; to: number } {
  const lowest = lowestOutgoing();
  return lowest > 12_000 ? { from: 10_000, to: lowest } : { from: 61_000, to: 65_535 };
}

function lowestOutgoing(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0]) || 32_768;
  } catch {
    return 32_768;
  }
}
