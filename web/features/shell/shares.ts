'use client';
import { useState } from 'react';

/** Kept as long as the window: how wide its conversations are, by how many there are. */
const key = (count: number): string => `parley.shares.${count}`;

const even = (count: number): number[] => Array.from({ length: count }, () => 1);

function kept(count: number): number[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(key(count)) ?? 'null');
    const sound = Array.isArray(found) && found.length === count && found.every((one) => one > 0);
    return sound ? found : even(count);
  } catch {
    return even(count);
  }
}

/** How the width is shared among so many. */
export function useShares(count: number) {
  const [known, setKnown] = useState(() => kept(count));
  const shares = known.length === count ? known : kept(count);
  const change = (next: number[]) => {
    sessionStorage.setItem(key(count), JSON.stringify(next));
    setKnown(next);
  };
  return {
    shares,
    /** Of two neighbours, how much the first has of what they have. */
    of: (index: number): number => first(shares, index) / both(shares, index),
    /** The others stay as they are. */
    set: (index: number, share: number) => {
      const all = both(shares, index);
      change(shares.with(index, all * share).with(index + 1, all * (1 - share)));
    },
    even: () => change(even(count)),
  };
}

const first = (shares: number[], index: number): number => shares[index] ?? 1;
const both = (shares: number[], index: number): number => first(shares, index) + first(shares, index + 1);
