import { describe, expect, it } from 'vitest';
import { foresee, isReady, type Kept, keep, mostKept } from './kept';

const pane = (id: string) => ({ id, panel: null });
const still = () => 1;
const show = (ids: string): readonly Kept[] =>
  [...ids].reduce<readonly Kept[]>((kept, id) => keep(kept, pane(id), still), []);
const ids = (kept: readonly Kept[]) => kept.map((one) => one.pane.id).join('');
const nine = 'abcdefghijklm'.slice(0, mostKept + 1);

describe('panes that stay ready', () => {
  it('stay in their order, whichever is shown', () => {
    expect(ids(show('abcab'))).toBe('abc');
  });

  it('are those shown last', () => {
    expect(ids(show(`${nine}a`))).toBe(nine);
    expect(ids(keep(show(`${nine}a`), pane('z'), still))).toBe(`${nine.replace('b', '')}z`);
  });

  it('are the same pane as long as nothing came, and the sheet is the same', () => {
    const kept = show('ab');
    const [a] = kept;
    expect(keep(kept, pane('a'), still)[0]?.pane).toBe(a?.pane);
    expect(keep(kept, pane('a'), () => 2)[0]?.pane).not.toBe(a?.pane);
    const sheet = { id: 'a', panel: { is: 'pins' as const } };
    expect(keep(kept, sheet, still)[0]?.pane).toBe(sheet);
  });

  it('have one more that is foreseen, and one only', () => {
    const kept = foresee(foresee(show(nine), 'x', still), 'y', still);
    expect(ids(kept)).toBe(`${nine}y`);
    expect(foresee(kept, 'y', still)).toBe(kept);
    expect(foresee(kept, 'a', still)).toBe(kept);
    expect(ids(foresee(keep(kept, pane('y'), still), 'x', still))).toBe(`${nine.replace('a', '')}yx`);
  });

  it('are ready as long as nothing came, and drawn anew for it once they are foreseen', () => {
    const kept = show('ab');
    expect(isReady(kept, 'a', still)).toBe(true);
    expect(isReady(kept, 'b', still), 'shown').toBe(false);
    expect(isReady(kept, 'x', still), 'unknown').toBe(false);
    expect(isReady(keep(keep(kept, { id: 'a', panel: { is: 'pins' } }, still), pane('b'), still), 'a', still)).toBe(
      false,
    );
    const later = () => 2;
    expect(isReady(kept, 'a', later)).toBe(false);
    const anew = foresee(kept, 'a', later);
    expect(isReady(anew, 'a', later)).toBe(true);
    expect(anew[0]?.pane).not.toBe(kept[0]?.pane);
    expect(anew[0]?.pane).toEqual(kept[0]?.pane);
  });
});
