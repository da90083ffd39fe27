const SHOWN = 2;

/** An address with its middle left out: enough to tell two apart, not enough to write to. */
export function masked(target: string): string {
  const at = target.lastIndexOf('@');
  if (at > 0) return `${part(target.slice(0, at))}@${part(target.slice(at + 1))}`;
  return part(target);
}

function part(text: string): string {
  const characters = [...text];
  if (characters.length <= 2 * SHOWN) return `${characters[0] ?? ''}…`;
  return `${characters.slice(0, SHOWN).join('')}…${characters.slice(-SHOWN).join('')}`;
}
