/** How fast a server may be written to: lines at once, then lines a second. */
export type Flow = { burst: number; perSecond: number };

const usual: Flow = { burst: 10, perSecond: 2 };

/**
 * By what a server calls itself (numeric 004), as it is set up when nobody changes it. Bouncers pace by themselves;
 * servers that only slow down who is too fast need no entry, as no more is written than they have answered.
 */
const known: [version: RegExp, flow: Flow][] = [
  [/^(soju|znc|bnc)/i, { burst: 20, perSecond: 10 }],
  [/^(u2\.|snircd|nefarious|ircu)/i, { burst: 5, perSecond: 0.5 }],
  [/^(ergo|oragono)/i, { burst: 5, perSecond: 2 }],
  [/^(solanum|charybdis|ircd-seven|ratbox|hybrid|libera)/i, { burst: 5, perSecond: 2 }],
  [/^ngircd/i, { burst: 3, perSecond: 2 }],
];

/** `own` is what the person has set. */
export function flowOf(version: string, own: number | undefined): Flow {
  if (own !== undefined) return { burst: 10, perSecond: own };
  return known.find(([pattern]) => pattern.test(version))?.[1] ?? usual;
}

const least = 1 / 8;

/** What is learned of a server that was written to too fast after all: half as fast from then on, down to an eighth. */
export class Patience {
  #part = 1;

  /** The connection ended for this reason. */
  onEnd(why: string): void {
    if (/excess flood|flooding|recvq exceeded/i.test(why)) this.#part = Math.max(least, this.#part / 2);
  }

  of({ burst, perSecond }: Flow): Flow {
    return { burst: Math.max(1, Math.floor(burst * this.#part)), perSecond: perSecond * this.#part };
  }
}
