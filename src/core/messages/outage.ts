const OUTAGE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'STORE_AWAY',
]);

/** The database or the store of files, not the event, is the trouble (SQLSTATE classes 08, 53, 57, serialization and deadlock of 40). */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (OUTAGE.has(code) || /^(08|40|53|57)/.test(code)) return true;
  return /terminat|timeout|Connection|connect/i.test(error.message) && !/^(22|23)/.test(code);
}
