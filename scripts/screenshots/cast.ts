import { createAvatar } from '@dicebear/core';
import * as lorelei from '@dicebear/lorelei';
import sharp from 'sharp';
import type { PresenceActivity, PresenceState } from '../../src/sdk/index.js';
import { hoursHere } from './here.ts';

/** The clocks of somebody who is so many hours ahead of where the pictures are taken. */
function hoursAway(hours: number): string {
  const shift = ((((hoursHere + hours + 12) % 24) + 24) % 24) - 12;
  return `${shift < 0 ? '-' : '+'}${String(Math.abs(shift)).padStart(2, '0')}:00`;
}

type Look = {
  /** Skin, hair and background. */
  colors: [string, string, string];
  hair: string;
  eyes?: string;
  mouth?: string;
  glasses?: string;
  beard?: string;
};

/** Somebody of the story; `is`: how they are now. */
export type Person = {
  id: string;
  name: string;
  network: 'matrix' | 'xmpp';
  groups: string[];
  is: PresenceState;
  note?: string;
  idleMinutes?: number;
  activity?: PresenceActivity;
  timeZone?: string;
  look?: Look;
};

const [fair, light, tan, brown, dark] = ['ffdbc4', 'f6d2b8', 'e0a67c', 'b9774a', '8a5533'];
const [black, umber, chestnut, blond, grey] = ['1d1b1e', '35221b', '6b3e1f', 'b98a4a', '9aa0a8'];
const [sea, sand, iris, clay, moss, fog, sky, rose] = [
  'a9cfd6',
  'd9c7a3',
  'c7bfe0',
  'e3b7a8',
  'b9d3b0',
  'd5d2cb',
  'b3c5de',
  'd8b6c5',
];

const matrix = (id: string, name: string, more: Omit<Person, 'id' | 'name' | 'network'>): Person => ({
  id: `@${id}:boatshed.example`,
  name,
  network: 'matrix',
  ...more,
});
const xmpp = (id: string, name: string, more: Omit<Person, 'id' | 'name' | 'network'>): Person => ({
  id: `${id}@jabber.example`,
  name,
  network: 'xmpp',
  ...more,
});

export const people = {
  ada: matrix('ada', 'Ada Lindqvist', {
    groups: ['Boat club'],
    is: 'online',
    note: 'On the slip until six',
    look: { colors: [light, umber, sea], hair: '15', eyes: '10' },
  }),
  noor: matrix('noor', 'Noor Haddad', {
    groups: ['Friends'],
    is: 'online',
    note: 'Reading in the sun',
    look: { colors: [tan, black, clay], hair: '24', eyes: '16', mouth: '05' },
  }),
  eske: matrix('eske', 'Eske Jansen', {
    groups: ['Boat club'],
    is: 'away',
    idleMinutes: 40,
    look: { colors: [fair, blond, fog], hair: '48', eyes: '21', glasses: '01' },
  }),
  mateo: matrix('mateo', 'Mateo Ruiz', {
    groups: ['Work'],
    is: 'dnd',
    note: 'Shipping 2.4',
    look: { colors: [tan, black, sky], hair: '22', beard: '02', eyes: '10' },
  }),
  amara: matrix('amara', 'Amara Okafor', {
    groups: ['Work'],
    is: 'online',
    activity: 'call',
    look: { colors: [dark, black, sand], hair: '39', eyes: '21', mouth: '05' },
  }),
  lena: matrix('lena', 'Lena Vogel', {
    groups: ['Work'],
    is: 'online',
    note: 'Back on Monday',
    look: { colors: [fair, chestnut, moss], hair: '19', eyes: '04', glasses: '03' },
  }),
  henrik: matrix('henrik', 'Henrik Dahl', {
    groups: ['Boat club'],
    is: 'online',
    look: { colors: [light, grey, iris], hair: '47', beard: '01', eyes: '10' },
  }),
  sofia: matrix('sofia', 'Sofia Marchetti', {
    groups: ['Boat club', 'Friends'],
    is: 'online',
    look: { colors: [light, black, rose], hair: '32', eyes: '14', mouth: '05' },
  }),
  samuel: xmpp('samuel', 'Samuel Osei', {
    groups: ['Friends'],
    is: 'online',
    note: 'Accra this week',
    timeZone: hoursAway(-1),
    look: { colors: [brown, black, sea], hair: '09', eyes: '16', glasses: '04' },
  }),
  hana: xmpp('hana', 'Hana Kobayashi', {
    groups: ['Friends'],
    is: 'away',
    timeZone: hoursAway(8),
    idleMinutes: 75,
    look: { colors: [fair, black, iris], hair: '23', eyes: '23' },
  }),
  jonas: xmpp('jonas', 'Jonas Lind', {
    groups: ['Family'],
    is: 'offline',
    look: { colors: [light, chestnut, moss], hair: '07', eyes: '10' },
  }),
  ingrid: xmpp('ingrid', 'Ingrid Hale', {
    groups: ['Family'],
    is: 'online',
    note: 'Phone me, I never read these',
    look: { colors: [light, grey, clay], hair: '38', eyes: '21', glasses: '01' },
  }),
  wei: xmpp('wei', 'Wei Zhang', { groups: ['Work'], is: 'offline' }),
} satisfies Record<string, Person>;

export const cast: readonly Person[] = Object.values(people);

/** Their picture, drawn from the features of Lorelei by Lisa Wischofsky (CC0). */
export async function faceOf({ id, look }: Person): Promise<Buffer | null> {
  if (!look) return null;
  const [skin, hair, background] = look.colors;
  const only = <const T extends string>(name: T) => [name];
  const svg = createAvatar(lorelei, {
    seed: id,
    size: 256,
    scale: 112,
    translateY: 8,
    skinColor: [skin],
    hairColor: [hair],
    backgroundColor: [background],
    hair: only(`variant${look.hair}`) as never,
    eyes: only(`variant${look.eyes ?? '10'}`) as never,
    mouth: only(`happy${look.mouth ?? '01'}`) as never,
    eyebrows: ['variant01'],
    nose: ['variant02'],
    head: ['variant03'],
    glasses: only(`variant${look.glasses ?? '01'}`) as never,
    glassesProbability: look.glasses ? 100 : 0,
    glassesColor: ['2a2a30'],
    beard: only(`variant${look.beard ?? '01'}`) as never,
    beardProbability: look.beard ? 100 : 0,
    hairAccessoriesProbability: 0,
    earringsProbability: 0,
    frecklesProbability: 0,
  });
  return sharp(Buffer.from(svg.toString())).png().toBuffer();
}
