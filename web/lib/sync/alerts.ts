import type { Alert } from '../api/types';

const listeners = new Set<(alerts: Alert[]) => void>();

/** What the server says that the user is to be told of, as it happens. Answers how to end it. */
export function onAlerts(listener: (alerts: Alert[]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellAlerts(alerts: Alert[]): void {
  for (const listener of listeners) listener(alerts);
}
