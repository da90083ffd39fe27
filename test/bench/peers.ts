import { type Line, part, type Ratio } from './part.ts';
import { type ContestFigures, type Entrant, lostOf } from './peers/contest.ts';
import { measurePeers, type PeersFigures } from './peers/measure.ts';
import { against, both, kib, mib, perSecond, times, whole } from './words.ts';

/** Side by side with what else one would take for the same. */
export const peers = part<PeersFigures>({
  name: 'peers',
  table: 'peers',
  long: true,
  measure: ({ tell }) => measurePeers(tell),
  notes: ({ versions, missing }) => [`${versions}.`, ...(missing ? [missing] : [])],
  lines: ({ irc, xmpp, memory: { accounts, pssKiB, emptyPssKiB, floorPssKiB, znc } }) => [
    ...linesOf('IRC line → client', irc),
    ...(xmpp ? linesOf('XMPP message → client', xmpp) : []),
    {
      what: `memory of one more connected IRC network (of ${whole(accounts)})`,
      parley: kib(pssKiB),
      against: {
        ...(znc && { [names.znc]: `${kib(znc.pssKiB)}, of ${znc.networks} (${times(pssKiB / znc.pssKiB)})` }),
        ...(floorPssKiB !== undefined && { [names.relay]: `${kib(floorPssKiB)} (${times(pssKiB / floorPssKiB)})` }),
      },
    },
    {
      what: 'memory of the program without networks',
      parley: mib(emptyPssKiB),
      ...(znc && { against: { [names.znc]: mib(znc.emptyPssKiB) } }),
    },
  ],
  ratios: ({ irc, xmpp, memory: { pssKiB, znc } }) => [
    ...ratiosOf('IRC', irc),
    ...(xmpp ? ratiosOf('XMPP', xmpp) : []),
    ...(znc ? [{ what: 'memory of an IRC network, to ZNC', value: pssKiB / znc.pssKiB }] : []),
  ],
});

const names: Record<Exclude<Entrant, 'parley'>, string> = {
  znc: 'ZNC',
  zncLog: 'ZNC, log module',
  biboumi: 'biboumi, Prosody',
  bitlbee: 'BitlBee',
  relay: 'bare relay',
};
const others = Object.keys(names) as (keyof typeof names)[];

function linesOf(what: string, { rates, burst, counted }: ContestFigures): Line[] {
  const column = (cell: (other: keyof typeof names) => string | undefined) =>
    Object.fromEntries(
      others.flatMap((other) => {
        const text = cell(other);
        return text === undefined ? [] : [[names[other], text]];
      }),
    );
  return [
    ...rates.flatMap(({ perSecond: rate, latencies: { parley, ...rest } }) =>
      parley === undefined
        ? []
        : [
            {
              what: `${what} at ${perSecond(rate)}: p50, p99`,
              parley: both(parley),
              against: column((other) => rest[other] && against(parley, rest[other])),
            },
          ],
    ),
    ...(burst?.perSecond.parley === undefined
      ? []
      : [
          {
            what: `${what}, ${whole(burst.count)} at once`,
            parley: perSecond(burst.perSecond.parley),
            against: column((other) => throughput(burst.perSecond.parley, burst.perSecond[other])),
          },
        ]),
    {
      what: `${what}: lost, doubled, out of order, of ${whole(counted.parley?.sent ?? 0)}`,
      parley: lostOf(counted.parley) ?? '',
      against: column((other) => lostOf(counted[other])),
      goal: '0, 0, 0',
      met: lostOf(counted.parley) === '0, 0, 0',
    },
  ];
}

const throughput = (parley: number | undefined, other: number | undefined) =>
  parley && other ? `${perSecond(other)} (${times(parley / other)})` : undefined;

/** How often theirs goes into Parley's latency, and Parley's into their messages a second. */
const ratiosOf = (what: string, { rates, burst }: ContestFigures): Ratio[] =>
  others.flatMap((other) => [
    ...rates.flatMap(({ perSecond: rate, latencies: { parley, [other]: theirs } }) =>
      (['p50', 'p99'] as const).map((rank) => ({
        what: `${what} at ${perSecond(rate)}: ${rank}, to ${names[other]}`,
        value: (parley?.[rank] ?? Number.NaN) / (theirs?.[rank] ?? Number.NaN),
      })),
    ),
    {
      what: `${what} at once, ${names[other]} to it`,
      value: (burst?.perSecond[other] ?? Number.NaN) / (burst?.perSecond.parley ?? Number.NaN),
    },
  ]);
