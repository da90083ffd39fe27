import { describe, expect, it } from 'vitest';
import { statementNames } from './prepared.js';

const again = (nameOf: (text: string) => string | undefined, text: string, times: number) =>
  Array.from({ length: times }, () => nameOf(text)).at(-1);

describe('names of statements', () => {
  it('are given to what comes often, and stay', () => {
    const nameOf = statementNames();
    expect(again(nameOf, 'SELECT a FROM b', 9)).toBeUndefined();
    const name = again(nameOf, 'SELECT a FROM b', 1);
    expect(name).toMatch(/^often-/);
    expect(nameOf('SELECT a FROM b')).toBe(name);
    expect(again(nameOf, 'SELECT c FROM b', 10)).not.toBe(name);
  });

  it.each(['SELECT * FROM a', 'SELECT b.* FROM a b', 'UPDATE a SET b = 1 RETURNING *', 'SELECT 1,* FROM a'])(
    'are not given to whole rows: %s',
    (text) => expect(again(statementNames(), text, 50)).toBeUndefined(),
  );

  it('are given to what counts', () => {
    expect(again(statementNames(), 'SELECT count(*) FROM a', 10)).toBeDefined();
  });

  it('are bounded', () => {
    const nameOf = statementNames();
    const named = Array.from({ length: 500 }, (_, at) => again(nameOf, `SELECT ${at}`, 10)).filter(Boolean);
    expect(named).toHaveLength(200);
  });
});
