const key = 'parley.commands';
const kept = 5;

/** The actions used last in this browser, the last one first. */
export function recentCommands(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function rememberUse(id: string): void {
  const ids = [id, ...recentCommands().filter((one) => one !== id)].slice(0, kept);
  localStorage.setItem(key, JSON.stringify(ids));
}
