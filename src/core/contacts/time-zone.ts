/** The zone by its usual name, or as an offset; undefined for what is none. */
export function timeZone(text: string): string | undefined {
  const found = text.trim();
  if (found === '' || found.length > 64) return undefined;
  if (/^z$/i.test(found)) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: found }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
